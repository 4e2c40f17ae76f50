"""One stream of a published track: takes its packets, keeps the newest, gives them to every sink."""

from __future__ import annotations

import logging
from collections.abc import Callable

from media.forward.cache import PacketCache
from media.forward.flow import Flow
from media.forward.interfaces import Kind, Sink, nothing
from media.forward.keyframes import MIN_INTERVAL_S, STARTS_KEYFRAME, Codec, KeyframeThrottle, frame_size
from media.forward.missing import MAX_MISSING, MissingPackets
from media.forward.reception import IN_ORDER, MAX_MISORDER, REFUSED, RESTARTED, Reception
from media.rtp.header import Header
from media.rtp.rtcp import ReceiverReport, build_nack, build_pli, build_receiver_report
from media.rtp.rtx import original_sequence_number, restore
from media.rtp.sequence import SEQUENCE_MASK, sequence_step

logger = logging.getLogger(__name__)

REPORT_INTERVAL_S = 1.0  # between receiver reports of one source
DEFAULT_RTT_S = 0.1  # until the owner has measured the publisher's
KEYFRAME_RECENT_S = 1.0  # older ones are not played to a joiner: it would lag behind
KEYFRAME_BURST = 256  # packets at most that a joiner is sent at once
NO_TIMESTAMP = -1  # the next packet is looked at as if it began a frame


class TrackSource:
    """Implements `Source`. The owner sets `rtt` (seconds to the publisher) when it knows better.

    `size` is (width, height) of the newest keyframe in pixels, None while unknown. `keyframe_interval` is
    the least time between two keyframe requests. `restarts` counts how often the sender began anew: its
    sequence numbers, timestamps and picture ids before that mean nothing any more.

    `send_rtcp` takes what must go out at once; everything else is returned by `poll`. `stir` is called
    when `next_poll` may be sooner than it was."""

    def __init__(
        self,
        kind: Kind,
        clock_rate: int,
        ssrc: int,
        rtx_ssrc: int | None,
        payload_type: int,
        rtx_payload_type: int | None,
        local_ssrc: int,
        send_rtcp: Callable[[bytes], None],
        codec: Codec | None = None,
        keyframe_interval: float = MIN_INTERVAL_S,
        stir: Callable[[], None] = nothing,
    ) -> None:
        self._kind = kind
        self._clock_rate = clock_rate
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.payload_type = payload_type
        self.rtx_payload_type = rtx_payload_type
        self.local_ssrc = local_ssrc
        self.codec: Codec = codec or ("VP8" if kind == "video" else "opus")
        self.rtt = DEFAULT_RTT_S
        self.bytes = 0
        self.nacks = self.plis = self.recovered = self.sink_errors = self.restarts = 0
        self.size: tuple[int, int] | None = None
        self._send_rtcp = send_rtcp
        self._stir = stir
        self._sinks: tuple[Sink, ...] = ()
        self._cache = PacketCache()
        self._reception = Reception(clock_rate)
        self._missing = MissingPackets()
        self._throttle = KeyframeThrottle(keyframe_interval)
        self._flow = Flow()
        self._starts_keyframe = STARTS_KEYFRAME[self.codec]
        self._frame_timestamp = NO_TIMESTAMP
        self._keyframe: tuple[int, float] | None = None  # first sequence number, arrival
        self._sender_report: tuple[int, int, float] | None = None
        self._report_at: float | None = None
        self._ended = False

    # --- what sinks see

    @property
    def kind(self) -> Kind:
        return self._kind

    @property
    def clock_rate(self) -> int:
        return self._clock_rate

    def attach(self, sink: Sink, now: float) -> None:
        """Give `sink` every packet from now on; a source that has ended says so at once."""
        if self._ended:
            sink.ended(now)
        elif sink not in self._sinks:
            self._sinks = (*self._sinks, sink)

    def detach(self, sink: Sink) -> None:
        self._sinks = tuple(other for other in self._sinks if other is not sink)

    def cached(self, sequence_number: int) -> bytes | None:
        return self._cache.get(sequence_number)

    def sender_clock(self) -> tuple[int, int, float] | None:
        return self._sender_report

    def request_keyframe(self, now: float) -> None:
        if self._kind != "video" or self._ended:
            return
        if self._throttle.ask(now):
            self.plis += 1
            self._send_rtcp(build_pli(self.local_ssrc, self.ssrc))
        else:
            self._stir()

    def since_keyframe(self, now: float) -> list[bytes]:
        """All packets from the newest keyframe on, for a joiner; none unless it is recent and whole."""
        if self._keyframe is None or now - self._keyframe[1] > KEYFRAME_RECENT_S:
            return []
        first = self._keyframe[0]
        count = ((self._reception.newest - first) & SEQUENCE_MASK) + 1
        if count > KEYFRAME_BURST:
            return []
        found = [self._cache.get((first + ahead) & SEQUENCE_MASK) for ahead in range(count)]
        whole = [packet for packet in found if packet is not None]
        return whole if len(whole) == count else []

    # --- packets in

    def receive(self, packet: bytes, header: Header, now: float) -> None:
        """One packet of `ssrc`, on the hot path."""
        step = self._reception.receive(header.sequence_number, header.timestamp, now)
        if step == IN_ORDER or self._irregular(step, header.sequence_number, now):
            self._deliver(packet, header, now)

    def receive_rtx(self, packet: bytes, header: Header, now: float) -> None:
        """One packet of `rtx_ssrc`: restored, then as received, but not in the loss report.

        Probes and what came already are passed over."""
        number = original_sequence_number(packet, header)
        if number is None or not self._reception.started or self._cache.get(number) is not None:
            return
        if not -MAX_MISORDER < sequence_step(self._reception.newest, number) <= 0:
            return
        self._missing.found(number)
        self._frame_timestamp = NO_TIMESTAMP
        self.recovered += 1
        restored, restored_header = restore(packet, header, self.ssrc, self.payload_type)
        self._deliver(restored, restored_header, now)

    def on_sender_report(self, ssrc: int, ntp: int, rtp_timestamp: int, now: float) -> None:
        """Keep the publisher's clock; reports of other SSRCs (the RTX one) are passed over."""
        if ssrc == self.ssrc:
            self._sender_report = (ntp, rtp_timestamp, now)

    def end(self, now: float) -> None:
        """The track is gone: tell every sink once."""
        sinks, self._sinks = self._sinks, ()
        self._ended = True
        self._missing.clear()
        self._report_at = None
        for sink in sinks:
            try:
                sink.ended(now)
            except Exception:
                self._sink_failed()

    def _deliver(self, packet: bytes, header: Header, now: float) -> None:
        self.bytes += len(packet)
        self._cache.put(header.sequence_number, packet)
        if header.timestamp != self._frame_timestamp:
            self._begin_frame(packet, header, now)
        for sink in self._sinks:
            try:
                sink.forward(packet, header, now)
            except Exception:
                self._sink_failed()

    def _begin_frame(self, packet: bytes, header: Header, now: float) -> None:
        """A packet with another timestamp than the one before, or a late one: a keyframe may start."""
        self._frame_timestamp = header.timestamp
        self._flow.frame(self.bytes, now)
        if self._report_at is None and not self._ended:
            self._report_at = now
            self._stir()
        if self._starts_keyframe(packet, header):
            self.size = frame_size(self.codec, packet, header)
            self._keyframe = (header.sequence_number, now)
            self._throttle.arrived()
            self._missing.forget_before(header.sequence_number)

    def _irregular(self, step: int, sequence_number: int, now: float) -> bool:
        """Book gaps, late packets and restarts; False when the packet must be dropped."""
        if step == RESTARTED:
            self._begin_anew()
        elif step == REFUSED or (step < IN_ORDER and self._cache.get(sequence_number) is not None):
            return False
        elif step > IN_ORDER:
            self._miss(step, sequence_number, now)
        else:
            self._missing.found(sequence_number)
            self._frame_timestamp = NO_TIMESTAMP
        return True

    def _begin_anew(self) -> None:
        """The first packet, or one of a sender that restarted: what is known holds no more."""
        self._missing.clear()
        self._cache.clear()
        self._keyframe = None
        if self.packets > 1:
            self.restarts += 1
            self._sender_report = None

    def _miss(self, step: int, sequence_number: int, now: float) -> None:
        """Audio is not asked for again: it would come too late to be heard."""
        if self._kind == "audio":
            return
        if len(self._missing) + step - 1 > MAX_MISSING:
            self._missing.clear()
            self.request_keyframe(now)
            return
        for behind in range(step - 1, 0, -1):
            number = (sequence_number - behind) & SEQUENCE_MASK
            if self._cache.get(number) is None:
                self._missing.add(number, now)
        self._stir()

    def _sink_failed(self) -> None:
        """A sink's fault must not reach the others or the socket loop; the first is logged whole."""
        if self.sink_errors == 0:
            logger.exception("a sink of %s source %d failed", self._kind, self.ssrc)
        self.sink_errors += 1

    # --- feedback to the publisher

    def poll(self, now: float) -> list[bytes]:
        """RTCP that is due: receiver report, NACK, a remembered keyframe request."""
        due = []
        if self._report_at is not None and now >= self._report_at:
            self._report_at = now + REPORT_INTERVAL_S
            due.append(self._receiver_report(now))
        wanted, gave_up = self._missing.take_due(now, self.rtt)
        if wanted:
            self.nacks += len(wanted)
            due.append(build_nack(self.local_ssrc, self.ssrc, wanted))
        if gave_up:
            self.request_keyframe(now)
        if self._throttle.take_due(now):
            self.plis += 1
            due.append(build_pli(self.local_ssrc, self.ssrc))
        return due

    @property
    def next_poll(self) -> float | None:
        """When `poll` has something to do, or None before the first packet and after the end."""
        due = self._report_at
        for time in (self._missing.next_due, self._throttle.next_due):
            if time is not None and (due is None or time < due):
                due = time
        return due

    def _receiver_report(self, now: float) -> bytes:
        last_sr, delay = 0, 0.0
        if self._sender_report is not None:
            ntp, _, arrived = self._sender_report
            last_sr, delay = ntp >> 16 & 0xFFFFFFFF, now - arrived
        block = self._reception.report(self.ssrc, last_sr, delay)
        return build_receiver_report(ReceiverReport(self.local_ssrc, (block,)))

    # --- statistics

    @property
    def position(self) -> int:
        """The newest sequence number with the count of its cycles, since the last restart."""
        return self._reception.position

    def bitrate(self, now: float) -> float:
        """Bit/s over the last second."""
        return self._flow.bitrate(self.bytes, now)

    def flowing(self, now: float) -> bool:
        """True while packets come."""
        return self._flow.flowing(now)

    def alive(self, now: float) -> bool:
        """True when packets have come for two seconds, until none came for about one."""
        return self._flow.alive(now)

    @property
    def packets(self) -> int:
        """Received, without recovered ones."""
        return self._reception.received

    @property
    def lost(self) -> int:
        """Cumulative loss before recovery, as reported to the publisher."""
        return self._reception.lost

    @property
    def jitter(self) -> int:
        """In timestamp units (RFC 3550 A.8)."""
        return self._reception.jitter
