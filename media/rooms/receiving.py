"""What one participant publishes: its sections, and which packet belongs to which (RFC 9143 §9.2).

A section's simulcast layers are told apart by their rid (RFC 8852, RFC 8853 §5.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from media.forward.arrivals import Arrivals
from media.forward.interfaces import NEVER, nothing
from media.forward.keyframes import LOWEST_INTERVAL_S, MIN_INTERVAL_S
from media.forward.layers import Layers
from media.forward.source import TrackSource
from media.metrics import Counters
from media.negotiation.events import Publish
from media.rtp.errors import MalformedPacket
from media.rtp.extensions import MID, REPAIRED_RID, RID, TRANSPORT_WIDE_CC, read_extension
from media.rtp.header import Header, parse_header
from media.rtp.rtcp import SenderReport, build_remb
from media.rtp.twcc import NO_NUMBER, transport_number

REBIND_S = 1.0  # a layer takes a new SSRC at most so often, whatever a peer sends
# bit/s told to a publisher that takes no transport-wide feedback: a 720p camera and a screen fit
UPLINK_BITRATE = 3_000_000
REMB_INTERVAL_S = 1.0
LONG_AGO = float("-inf")


@dataclass(slots=True)
class Section:
    """One published section of the participant's description, and its layers once packets are known.

    `bound_at` tells by layer when it took its SSRC."""

    publish: Publish
    layers: Layers | None = None
    bound_at: dict[int, float] = field(default_factory=dict)

    @property
    def sources(self) -> Iterator[TrackSource]:
        return self.layers.known if self.layers else iter(())

    def source(self, index: int) -> TrackSource | None:
        return self.layers.sources[index] if self.layers else None


class Receiving:
    """`changed(section)` is called when a section has a new track or lost the one it had; layers that
    come and go are the track's own affair. `stir` is called when `next_poll` may be sooner."""

    def __init__(
        self,
        local_ssrc: int,
        send_rtcp: Callable[[bytes], None],
        changed: Callable[[Section, float], None],
        counters: Counters,
        stir: Callable[[], None] = nothing,
    ) -> None:
        self._local_ssrc = local_ssrc
        self._send_rtcp = send_rtcp
        self._changed = changed
        self._counters = counters
        self._stir = stir
        self._sections: dict[str, Section] = {}
        self._by_ssrc: dict[int, TrackSource] = {}
        self._by_rtx_ssrc: dict[int, TrackSource] = {}
        self._remb_at = 0.0
        self._arrivals = Arrivals(local_ssrc)
        self._number_id = 0  # of the transport-wide number; one for all sections of a bundle

    @property
    def sections(self) -> Iterator[Section]:
        return iter(self._sections.values())

    @property
    def sources(self) -> Iterator[TrackSource]:
        return (source for section in self._sections.values() for source in section.sources)

    # --- what the description says

    def publish(self, publish: Publish, now: float) -> None:
        """Accept a section, or take over what a new description says about a known one."""
        self._number_id = publish.extensions.get(TRANSPORT_WIDE_CC, self._number_id)
        section = self._sections.get(publish.mid)
        if section is None:
            section = self._sections[publish.mid] = Section(publish)
        elif section.publish != publish:
            if _is_another(section.publish, publish):
                self._release(section, now)
            section.publish = publish
        if publish.ssrc is not None:
            source = section.source(0)
            if source is None or source.ssrc != publish.ssrc:
                self._bind(section, 0, publish.ssrc, now)

    def unpublish(self, mid: str, now: float) -> None:
        section = self._sections.pop(mid, None)
        if section is not None:
            self._release(section, now)

    def clear(self, now: float) -> None:
        for mid in tuple(self._sections):
            self.unpublish(mid, now)
        self._arrivals, self._number_id = Arrivals(self._local_ssrc), 0

    # --- packets, on the hot path

    def receive(self, packet: bytes, now: float) -> None:
        try:
            header = parse_header(packet)
        except MalformedPacket:
            self._counters.drop("malformed")
            return
        if self._number_id:
            number = transport_number(packet, header, self._number_id)
            if number != NO_NUMBER:
                self._arrivals.receive(number, header.ssrc, now)
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
        publish = section.publish
        if header.payload_type == publish.payload_type:
            index = _layer_of(publish, packet, header, RID)
            if index is None or now - section.bound_at.get(index, LONG_AGO) < REBIND_S:
                return None
            return self._bind(section, index, header.ssrc, now)
        if header.payload_type == publish.rtx_payload_type:
            index = _layer_of(publish, packet, header, REPAIRED_RID)
            source = None if index is None else section.source(index)
            if source is not None:
                self._bind_rtx(source, header.ssrc)
            return source
        return None

    def _section_of(self, packet: bytes, header: Header) -> Section | None:
        if header.ssrc in self._by_ssrc:
            return None  # a known stream that changed its payload type to one we did not agree on
        for section in self._sections.values():
            mid = _extension(section.publish, packet, header, MID)
            if mid is not None:
                return self._sections.get(mid)
        wanted = header.payload_type
        fits = [
            section
            for section in self._sections.values()
            if wanted in (section.publish.payload_type, section.publish.rtx_payload_type)
        ]
        return fits[0] if len(fits) == 1 else None

    def _bind(self, section: Section, index: int, ssrc: int, now: float) -> TrackSource:
        """Give a layer of `section` a source for `ssrc`; sinks move to it from the one it had."""
        publish, old = section.publish, section.source(index)
        if old is not None:
            self._forget(old)
        lowest = index == 0 and len(publish.rids) > 1
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
            LOWEST_INTERVAL_S if lowest else MIN_INTERVAL_S,
            self._stir,
        )
        section.bound_at[index] = now
        self._by_ssrc[ssrc] = source
        if source.rtx_ssrc is not None:
            self._by_rtx_ssrc[source.rtx_ssrc] = source
        self._put(section, index, source, now)
        if old is not None:
            self._retire(old)
        return source

    def _put(self, section: Section, index: int, source: TrackSource, now: float) -> None:
        publish, known = section.publish, section.layers is not None
        if section.layers is None:
            section.layers = Layers(publish.kind, publish.clock_rate, publish.rids)
        section.layers.put(index, source, now)
        if not known:
            self._changed(section, now)

    def _bind_rtx(self, source: TrackSource, ssrc: int) -> None:
        if source.rtx_ssrc is not None:
            self._by_rtx_ssrc.pop(source.rtx_ssrc, None)
        source.rtx_ssrc = ssrc
        self._by_rtx_ssrc[ssrc] = source

    def _release(self, section: Section, now: float) -> None:
        layers, section.layers = section.layers, None
        if layers is None:
            return
        for source in layers.known:
            self._forget(source)
        self._changed(section, now)
        layers.end(now)
        for source in layers.known:
            self._retire(source)

    def _forget(self, source: TrackSource) -> None:
        self._by_ssrc.pop(source.ssrc, None)
        if source.rtx_ssrc is not None:
            self._by_rtx_ssrc.pop(source.rtx_ssrc, None)

    def _retire(self, source: TrackSource) -> None:
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
        """Send the reports, repairs and requests that are due; notice layers that died."""
        for section in self._sections.values():
            if section.layers is not None:
                section.layers.poll(now)
        for source in self.sources:
            due = source.next_poll
            if due is not None and now >= due:
                for packet in source.poll(now):
                    self._send_rtcp(packet)
        self._tell_of_arrivals(now)

    def next_poll(self) -> float:
        """When `poll` has something to do; `stir` tells when it is sooner."""
        if not self._by_ssrc:
            return NEVER
        due = self._arrivals.next_poll if self._arrivals.any else self._remb_at
        for section in self._sections.values():
            if section.layers is not None:
                due = min(due, section.layers.next_poll)
        for source in self.sources:
            wants = source.next_poll
            if wants is not None and wants < due:
                due = wants
        return due

    def _tell_of_arrivals(self, now: float) -> None:
        """Transport-wide feedback to one who numbers packets: a bitrate besides would hold it down."""
        for packet in self._arrivals.poll(now):
            self._send_rtcp(packet)
        if now >= self._remb_at and self._by_ssrc and not self._arrivals.any:
            self._remb_at = now + REMB_INTERVAL_S
            self._send_rtcp(build_remb(self._local_ssrc, UPLINK_BITRATE, list(self._by_ssrc)))


def _is_another(known: Publish, publish: Publish) -> bool:
    """True when what the section carried so far is not what it carries now."""
    return (known.source, known.codec, known.rids) != (publish.source, publish.codec, publish.rids)


def _layer_of(publish: Publish, packet: bytes, header: Header, uri: str) -> int | None:
    """Which layer the packet names by its rid, or its repaired rid (RFC 8852 §3); 0 of a plain stream."""
    if not publish.rids:
        return 0
    rid = _extension(publish, packet, header, uri)
    return publish.rids.index(rid) if rid in publish.rids else None


def _extension(publish: Publish, packet: bytes, header: Header, uri: str) -> str | None:
    id = publish.extensions.get(uri)
    try:
        value = read_extension(packet, header, id) if id else None
    except MalformedPacket:
        return None
    return None if value is None else value.decode("ascii", "replace")
