"""One subscriber of a source: starts at a keyframe, has its own numbering, repeats what was lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from media.forward.clock import RoundTrip, carried_on
from media.forward.keyframes import STARTS_KEYFRAME
from media.forward.reception import MAX_DROPOUT, MAX_MISORDER
from media.forward.resends import Resends
from media.forward.rewriter import Rewriter
from media.forward.source import TrackSource
from media.rtp.header import Header, parse_header
from media.rtp.rtcp import ReportBlock, SenderReport, build_sender_report
from media.rtp.sequence import SEQUENCE_MASK, TIMESTAMP_MASK

DEFAULT_RTT_S = 0.1  # until the first receiver report
RETRY_MIN_S, RETRY_MAX_S = 0.2, 1.0  # between keyframe requests of one that waits; 2·RTT if between
KEYFRAME_REQUESTS = 3  # of one receiver, at most, within
KEYFRAME_WINDOW_S = 10.0
FIRST_SEQUENCE_MASK = 0x7FFF  # a low start: early loss is not taken for a wrap (RFC 3711 §3.3.1)
OWN_CLOCK_AFTER_S = 10.0  # without a Sender Report of the publisher ours takes this node's clock
COUNTER_MASK = 0xFFFFFFFF  # packet and octet counts of a Sender Report wrap


class State(Enum):
    WAITING = "waiting"  # for a keyframe, or audio's first packet
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class TrackSink:
    """Implements `Sink`. `send` takes RTP for one subscriber and must not block.

    `mid_extension_id` and the values of `extension_map` are ids of the subscriber's section. The mid is
    left out once a receiver report shows that the SSRC is known."""

    def __init__(
        self,
        source: TrackSource,
        send: Callable[[bytes], None],
        ssrc: int,
        payload_type: int,
        rtx_ssrc: int | None,
        rtx_payload_type: int | None,
        mid: str,
        mid_extension_id: int | None,
        extension_map: Mapping[int, int],
    ) -> None:
        self.source = source
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.state = State.WAITING
        self.rtt = DEFAULT_RTT_S
        self.fraction_lost = 0.0
        self.packets_lost = 0
        self.packets = self.octets = self.resent = 0
        self._send = send
        self._rtx = rtx_ssrc is not None and rtx_payload_type is not None
        self._rewriter = Rewriter(
            ssrc,
            payload_type,
            rtx_ssrc or 0,
            rtx_payload_type or 0,
            extension_map,
            None if mid_extension_id is None else (mid_extension_id, mid.encode()),
        )
        self._rtx_sequence = ssrc & FIRST_SEQUENCE_MASK
        self._resends = Resends()
        self._round_trip = RoundTrip()
        self._newest = 0  # the source's number that was forwarded last in order
        self._span = 0  # how many numbers before it may be sent again; -1: not even it
        self._timestamp = 0  # the source's, with that number
        self._sent_at = 0.0
        self._mapped_at = 0.0
        self._new_clock = False  # the source's timestamps don't continue the ones sent
        self._ask_at = 0.0
        self._requests: deque[float] = deque(maxlen=KEYFRAME_REQUESTS)

    # --- packets out

    def forward(self, packet: bytes, header: Header, now: float) -> None:
        """One packet of the source, on the hot path."""
        if self.state is not State.RUNNING:
            if self.state is State.WAITING:
                self._begin(packet, header, now)
            return
        ahead = (header.sequence_number - self._newest) & SEQUENCE_MASK
        if ahead < MAX_DROPOUT:
            self._newest = header.sequence_number
            self._timestamp = header.timestamp
            self._span += ahead
            self._sent_at = now
        elif not self._belongs(ahead, packet, header, now):
            return
        self.packets += 1
        self.octets += header.payload_end - header.payload_offset
        self._send(self._rewriter.rewrite(packet, header))

    def _belongs(self, ahead: int, packet: bytes, header: Header, now: float) -> bool:
        """True for a late packet of this mapping; a source that began anew is mapped anew."""
        behind = SEQUENCE_MASK + 1 - ahead
        if behind <= MAX_MISORDER:
            return behind <= self._span
        self.state = State.WAITING
        self._new_clock = True
        self._begin(packet, header, now)
        return False

    def _begin(self, packet: bytes, header: Header, now: float) -> None:
        """Start with this packet if a decoder can, else ask for one it can start with."""
        source = self.source
        if source.kind == "audio" or STARTS_KEYFRAME[source.codec](packet, header):
            self._map(header, now)
            self.forward(packet, header, now)
        elif now >= self._ask_at:
            self._ask(now)

    def _map(self, header: Header, now: float) -> None:
        """Continue the numbers sent so far with this packet as the next."""
        rewriter = self._rewriter
        if self.packets == 0:
            number, timestamp = header.sequence_number & FIRST_SEQUENCE_MASK, header.timestamp
        else:
            elapsed = max(1, int((now - self._sent_at) * self.source.clock_rate))
            number = self._newest + rewriter.sequence_offset + 1
            timestamp = self._timestamp + rewriter.timestamp_offset + elapsed
        rewriter.sequence_offset = (number - header.sequence_number) & SEQUENCE_MASK
        if self._new_clock:
            rewriter.timestamp_offset = (timestamp - header.timestamp) & TIMESTAMP_MASK
            self._new_clock = False
        self._newest = header.sequence_number
        self._span = 0
        self._mapped_at = now
        self._resends.clear()
        self.state = State.RUNNING

    def _ask(self, now: float) -> None:
        """Serve a first start from the source's cache, else ask the publisher for a keyframe."""
        self._ask_at = now + min(max(2 * self.rtt, RETRY_MIN_S), RETRY_MAX_S)
        burst = self.source.since_keyframe(now) if self.packets == 0 else []
        if not burst:
            self.source.request_keyframe(now)
            return
        self._map(parse_header(burst[0]), now)
        for packet in burst:
            self.forward(packet, parse_header(packet), now)

    # --- what the owner does

    def ended(self, now: float) -> None:
        self.state = State.ENDED

    def pause(self) -> None:
        """Send nothing until `resume`: the subscriber shows this track nowhere."""
        if self.state is not State.ENDED:
            self.state = State.PAUSED

    def resume(self, now: float) -> None:
        if self.state is State.PAUSED:
            self._wait(now)

    def switch(
        self, source: TrackSource, now: float, extension_map: Mapping[int, int] | None = None
    ) -> None:
        """Take another source (a republished track) under the same SSRC, numbering carried on.

        `extension_map` is for a publisher whose extension ids are others than before."""
        if extension_map is not None:
            self._rewriter.extension_map = extension_map
        self.source.detach(self)
        self.source = source
        self._new_clock = self.packets > 0
        if self.state is not State.PAUSED:
            self._wait(now)
        source.attach(self, now)

    def poll(self, now: float) -> None:
        """Ask again for a keyframe while one is waited for."""
        if self.next_poll is not None and now >= self._ask_at:
            self._ask(now)

    @property
    def next_poll(self) -> float | None:
        """When `poll` has something to do; None while nothing is waited for."""
        waiting = self.state is State.WAITING and self.source.kind == "video"
        return self._ask_at if waiting else None

    def _wait(self, now: float) -> None:
        self.state = State.WAITING
        if self.source.kind == "video":
            self._ask(now)

    # --- feedback of the subscriber

    def on_nack(self, sequence_numbers: Iterable[int], now: float) -> None:
        """Send again what of these is still cached: by RTX when negotiated, else as it was."""
        if self.state is not State.RUNNING:
            return
        for number in sequence_numbers:
            wanted = (number - self._rewriter.sequence_offset) & SEQUENCE_MASK
            if (self._newest - wanted) & SEQUENCE_MASK > self._span:
                continue
            packet = self.source.cached(wanted)
            if packet is not None and self._resends.allow(number, now, self.rtt):
                self._resend(packet)

    def _resend(self, packet: bytes) -> None:
        header = parse_header(packet)
        self.resent += 1
        if not self._rtx:
            self._send(self._rewriter.rewrite(packet, header))
            return
        self._rtx_sequence = (self._rtx_sequence + 1) & SEQUENCE_MASK
        self._send(self._rewriter.retransmission(packet, header, self._rtx_sequence))

    def on_keyframe_request(self, now: float) -> None:
        """PLI or FIR; a receiver that asks too often is not heard."""
        requests = self._requests
        if len(requests) == KEYFRAME_REQUESTS and now - requests[0] < KEYFRAME_WINDOW_S:
            return
        requests.append(now)
        self.source.request_keyframe(now)

    def on_receiver_report(self, block: ReportBlock, now: float) -> None:
        """Keep loss and round trip; the receiver knows the SSRC now."""
        self.fraction_lost = block.fraction_lost / 256
        self.packets_lost = block.packets_lost
        rtt = self._round_trip.measure(block, now)
        if rtt is not None:
            self.rtt = rtt
        if self._rewriter.mid is not None:
            self._stop_sending_mid()

    def _stop_sending_mid(self) -> None:
        """Without RTX a repeat must equal the first to the byte, since AES-GCM may not protect two
        headers under one index (RFC 7714 §8.4). So what was sent with a mid is not repeated."""
        self._rewriter.mid = None
        if not self._rtx:
            self._span = -1

    # --- reports to the subscriber

    def sender_report(self, now: float, ntp_now: int) -> bytes | None:
        """A Sender Report on the publisher's clock, or None before that is known.

        `ntp_now` is the node's NTP time, taken when a publisher sends no reports at all."""
        if self.state is not State.RUNNING:
            return None
        clock = self.source.sender_clock()
        if clock is None and now - self._mapped_at < OWN_CLOCK_AFTER_S:
            return None
        ntp, timestamp = carried_on(
            clock or (ntp_now, self._timestamp, self._sent_at), self.source.clock_rate, now
        )
        ntp = ntp if clock else ntp_now
        self._round_trip.sent(ntp, now)
        return build_sender_report(
            SenderReport(
                self.ssrc,
                ntp,
                (timestamp + self._rewriter.timestamp_offset) & TIMESTAMP_MASK,
                self.packets & COUNTER_MASK,
                self.octets & COUNTER_MASK,
            )
        )
