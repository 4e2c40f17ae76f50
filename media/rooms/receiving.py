"""What one participant publishes: its sections, and which packet belongs to which (RFC 9143 §9.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from media.forward.source import TrackSource
from media.metrics import Counters
from media.negotiation.events import Publish
from media.rtp.errors import MalformedPacket
from media.rtp.extensions import MID, read_extension
from media.rtp.header import Header, parse_header
from media.rtp.rtcp import SenderReport, build_remb

REBIND_S = 1.0  # a section takes a new SSRC at most so often, whatever a peer sends
UPLINK_BITRATE = 3_000_000  # bit/s told to a publisher: a 720p camera and a screen fit
REMB_INTERVAL_S = 1.0


@dataclass(slots=True)
class Section:
    """One published section of the participant's description, and its source once packets are known."""

    publish: Publish
    source: TrackSource | None = None
    bound_at: float = float("-inf")


class Receiving:
    """`changed(section)` is called when a section has a new source or lost the one it had."""

    def __init__(
        self,
        local_ssrc: int,
        send_rtcp: Callable[[bytes], None],
        changed: Callable[[Section, float], None],
        counters: Counters,
    ) -> None:
        self._local_ssrc = local_ssrc
        self._send_rtcp = send_rtcp
        self._changed = changed
        self._counters = counters
        self._sections: dict[str, Section] = {}
        self._by_ssrc: dict[int, TrackSource] = {}
        self._by_rtx_ssrc: dict[int, TrackSource] = {}
        self._remb_at = 0.0

    @property
    def sections(self) -> Iterator[Section]:
        return iter(self._sections.values())

    @property
    def sources(self) -> Iterator[TrackSource]:
        return (section.source for section in self._sections.values() if section.source)

    # --- what the description says

    def publish(self, publish: Publish, now: float) -> None:
        """Accept a section, or take over what a new description says about a known one."""
        section = self._sections.get(publish.mid)
        if section is None:
            section = self._sections[publish.mid] = Section(publish)
        elif section.publish != publish:
            moved = section.publish.source != publish.source or section.publish.codec != publish.codec
            if moved:
                self._release(section, now)
            section.publish = publish
        if publish.ssrc is not None and (section.source is None or section.source.ssrc != publish.ssrc):
            self._bind(section, publish.ssrc, now)

    def unpublish(self, mid: str, now: float) -> None:
        section = self._sections.pop(mid, None)
        if section is not None:
            self._release(section, now)

    def clear(self, now: float) -> None:
        for mid in tuple(self._sections):
            self.unpublish(mid, now)

    # --- packets, on the hot path

    def receive(self, packet: bytes, now: float) -> None:
        try:
            header = parse_header(packet)
        except MalformedPacket:
            self._counters.drop("malformed")
            return
        source = self._by_ssrc.get(header.ssrc)
        if source is not None and header.payload_type == source.payload_type:
            source.receive(packet, header, now)
            return
        self._receive_rare(packet, header, now)

    def _receive_rare(self, packet: bytes, header: Header, now: float) -> None:
        """A retransmission, or the first packet of a stream that no description named."""
        source = self._by_rtx_ssrc.get(header.ssrc) or self._find(packet, header, now)
        if source is None:
            self._counters.drop("unknown_ssrc")
        elif header.payload_type == source.payload_type and header.ssrc == source.ssrc:
            source.receive(packet, header, now)
        elif header.payload_type == source.rtx_payload_type and header.ssrc == source.rtx_ssrc:
            self._counters.rtx_in += 1
            source.receive_rtx(packet, header, now)
        else:
            self._counters.drop("unknown_ssrc")

    def _find(self, packet: bytes, header: Header, now: float) -> TrackSource | None:
        """By the mid header extension, else by a payload type that only one section has."""
        section = self._section_of(packet, header)
        if section is None:
            return None
        if header.payload_type == section.publish.payload_type:
            if now - section.bound_at < REBIND_S:
                return None
            self._bind(section, header.ssrc, now)
        elif header.payload_type == section.publish.rtx_payload_type and section.source:
            self._bind_rtx(section.source, header.ssrc)
        return section.source

    def _section_of(self, packet: bytes, header: Header) -> Section | None:
        if header.ssrc in self._by_ssrc:
            return None  # a known stream that changed its payload type to one we did not agree on
        for section in self._sections.values():
            mid_id = section.publish.extensions.get(MID)
            mid = read_extension(packet, header, mid_id) if mid_id else None
            if mid is not None:
                return self._sections.get(mid.decode("ascii", "replace"))
        wanted = header.payload_type
        fits = [
            section
            for section in self._sections.values()
            if wanted in (section.publish.payload_type, section.publish.rtx_payload_type)
        ]
        return fits[0] if len(fits) == 1 else None

    def _bind(self, section: Section, ssrc: int, now: float) -> None:
        """Give `section` a source for `ssrc`; the room moves sinks from the old one, which then ends."""
        old, publish = section.source, section.publish
        if old is not None:
            self._forget(old)
        source = TrackSource(
            publish.kind,
            publish.clock_rate,
            ssrc,
            publish.rtx_ssrc if ssrc == publish.ssrc else None,
            publish.payload_type,
            publish.rtx_payload_type,
            self._local_ssrc,
            self._send_rtcp,
            publish.codec,  # type: ignore[arg-type]
        )
        section.source, section.bound_at = source, now
        self._by_ssrc[ssrc] = source
        if source.rtx_ssrc is not None:
            self._by_rtx_ssrc[source.rtx_ssrc] = source
        self._changed(section, now)
        if old is not None:
            self._retire(old, now)

    def _bind_rtx(self, source: TrackSource, ssrc: int) -> None:
        if source.rtx_ssrc is not None:
            self._by_rtx_ssrc.pop(source.rtx_ssrc, None)
        source.rtx_ssrc = ssrc
        self._by_rtx_ssrc[ssrc] = source

    def _release(self, section: Section, now: float) -> None:
        source, section.source = section.source, None
        if source is not None:
            self._forget(source)
            self._changed(section, now)
            self._retire(source, now)

    def _forget(self, source: TrackSource) -> None:
        self._by_ssrc.pop(source.ssrc, None)
        if source.rtx_ssrc is not None:
            self._by_rtx_ssrc.pop(source.rtx_ssrc, None)

    def _retire(self, source: TrackSource, now: float) -> None:
        source.end(now)
        self._counters.retired.add("in", source.kind, source.packets, source.bytes)

    # --- reports

    def on_sender_report(self, report: SenderReport, now: float) -> None:
        source = self._by_ssrc.get(report.ssrc)
        if source is not None:
            source.on_sender_report(report.ssrc, report.ntp, report.rtp_timestamp, now)

    def set_round_trip(self, rtt: float | None) -> None:
        """Seconds to the publisher: requests for one lost packet are spaced by it."""
        if rtt is not None:
            for source in self.sources:
                source.rtt = rtt

    def poll(self, now: float) -> None:
        """Send the reports, repairs and requests that are due."""
        for source in self.sources:
            due = source.next_poll
            if due is not None and now >= due:
                for packet in source.poll(now):
                    self._send_rtcp(packet)
        if now >= self._remb_at and self._by_ssrc:
            self._remb_at = now + REMB_INTERVAL_S
            self._send_rtcp(build_remb(self._local_ssrc, UPLINK_BITRATE, list(self._by_ssrc)))
