"""One subscriber of a track: starts at a keyframe, has its own numbering, repeats what was lost.

It follows the track's layers: `select` says which one is wanted, and the one that is forwarded goes on
until a keyframe of the better one comes (RFC 7667 §3.7: nothing else can be decoded).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from media.forward.clock import RoundTrip, carried_on
from media.forward.interfaces import PacketNumbers, nothing
from media.forward.keyframes import STARTS_KEYFRAME
from media.forward.layers import Layers
from media.forward.outlet import Outlet
from media.forward.reception import MAX_DROPOUT, MAX_MISORDER
from media.forward.rewriter import OutgoingStream
from media.forward.source import TrackSource
from media.forward.span import Span
from media.forward.watch import KeyframeWatch
from media.rtp.header import Header, parse_header
from media.rtp.rtcp import ReportBlock, SenderReport, build_sender_report
from media.rtp.sequence import SEQUENCE_MASK, TIMESTAMP_MASK

DEFAULT_RTT_S = 0.1  # until the first receiver report
RETRY_MIN_S, RETRY_MAX_S = 0.2, 1.0  # between keyframe requests of one that waits; 2·RTT if between
KEYFRAME_REQUESTS = 3  # of one receiver, at most, within
KEYFRAME_WINDOW_S = 10.0
OWN_CLOCK_AFTER_S = 10.0  # without a Sender Report of the publisher ours takes this node's clock
COUNTER_MASK = 0xFFFFFFFF  # packet and octet counts of a Sender Report wrap


class State(Enum):
    WAITING = "waiting"  # for a keyframe, or audio's first packet
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class TrackSink:
    """Implements `Sink` and `Follower`. `send` takes RTP for one subscriber and must not block.

    Nothing comes before the first `select`. `numbers` gives the transport-wide number of every packet
    that goes out, where the subscriber takes the extension; without RTX nothing is then sent twice. The
    mid is left out once a receiver report shows that the SSRC is known. `from_ring` lets a first start be
    served with what came before it. `stir` is called when `next_poll` may be sooner than it was."""

    def __init__(
        self,
        layers: Layers,
        send: Callable[[bytes], None],
        stream: OutgoingStream,
        extension_map: Mapping[int, int],
        numbers: PacketNumbers | None = None,
        *,
        from_ring: bool = True,
        stir: Callable[[], None] = nothing,
    ) -> None:
        self.layers = layers
        self.ssrc = stream.ssrc
        self.rtx_ssrc = stream.rtx_ssrc
        self.state = State.PAUSED  # changed by `_enter`
        self.wanted: int | None = None
        self.rtt = DEFAULT_RTT_S
        self.fraction_lost = 0.0
        self.packets_lost = 0
        self.packets = self.octets = 0
        self._send = send
        self._stir = stir
        self._outlet = Outlet(send, stream, extension_map, numbers)
        self._rewriter = self._outlet.rewriter
        self._from_ring = from_ring
        self._source: TrackSource | None = None  # what is forwarded, or begins at its next keyframe
        self._watch: KeyframeWatch | None = None  # on the layer that follows it
        self._running: Span | None = None  # the outlet's, while packets are forwarded
        self._round_trip = RoundTrip()
        self._ask_at = 0.0
        self._requests: deque[float] = deque(maxlen=KEYFRAME_REQUESTS)
        layers.attach(self)

    # --- packets out

    def forward(self, packet: bytes, header: Header, now: float) -> None:
        """One packet of the source, on the hot path."""
        span = self._running
        if span is None:
            if self.state is State.WAITING:
                self._begin(packet, header, now)
            return
        ahead = (header.sequence_number - span.newest) & SEQUENCE_MASK
        if ahead < MAX_DROPOUT:
            span.newest = header.sequence_number
            span.packet = packet
            span.length += ahead
            span.sent_at = now
        elif not self._belongs(span, ahead, packet, header, now):
            return
        self.packets += 1
        self.octets += header.payload_end - header.payload_offset
        self._send(self._rewriter.rewrite(packet, header, span, now))

    def _enter(self, state: State) -> None:
        self.state = state
        self._running = self._outlet.span if state is State.RUNNING else None
        if state is State.WAITING:
            self._stir()

    def _belongs(self, span: Span, ahead: int, packet: bytes, header: Header, now: float) -> bool:
        """True for a late packet of this span; a source that began anew gets a new one."""
        behind = SEQUENCE_MASK + 1 - ahead
        if span.valid and behind <= MAX_MISORDER:
            return behind <= span.length
        self._enter(State.WAITING)
        self._begin(packet, header, now)
        return False

    def _begin(self, packet: bytes, header: Header, now: float) -> None:
        """Start with this packet if a decoder can, else ask for one it can start with."""
        if self.layers.kind == "audio" or self._starts_keyframe(packet, header):
            assert self._source is not None
            self._outlet.begin(self._source, packet, header, now)
            self._enter(State.RUNNING)
            self.forward(packet, header, now)
        elif now >= self._ask_at:
            self._ask(now)

    def _starts_keyframe(self, packet: bytes, header: Header) -> bool:
        return self._source is not None and STARTS_KEYFRAME[self._source.codec](packet, header)

    # --- which layer

    def select(self, index: int | None, now: float) -> None:
        """Want this layer (TOP_LAYER: the best), or nothing for now; it is changed to at its keyframe.

        Where it is not alive the next best one is forwarded meanwhile (`Layers.choose`)."""
        self.wanted = index
        self.layers_changed(now)

    @property
    def layer(self) -> int | None:
        """The one that is being forwarded."""
        if self.state is not State.RUNNING or self._source is None:
            return None
        return self.layers.index(self._source)

    def layers_changed(self, now: float) -> None:
        if self.state is State.ENDED:
            return
        current = self.layer
        target = self._target(current)
        if target is None:
            self._stop(now)
            self._enter(State.PAUSED)
        elif target is self._source and self.state is not State.PAUSED:
            self._stop_watching()
        elif current is not None:
            self._watch_for(target, now)
        else:
            self._wait_for(target, now)

    def _target(self, current: int | None) -> TrackSource | None:
        index = None if self.wanted is None else self.layers.choose(self.wanted, current)
        return None if index is None else self.layers.sources[index]

    def _wait_for(self, source: TrackSource, now: float) -> None:
        """Begin with `source` as soon as it can be decoded."""
        self._take(source, now)
        if self.state is State.WAITING and self.layers.kind == "video":
            self._ask(now)

    def _take(self, source: TrackSource, now: float) -> None:
        self._stop(now)
        self._source = source
        self._enter(State.WAITING)
        source.attach(self, now)

    def _stop(self, now: float) -> None:
        """Take no packet of any layer."""
        self._stop_watching()
        self._outlet.end(now)
        if self._source is not None:
            self._source.detach(self)

    def _watch_for(self, source: TrackSource, now: float) -> None:
        """Go on with the layer that is forwarded until a keyframe of this one comes."""
        if self._watch is not None and self._watch.source is source:
            return
        self._stop_watching()
        self._watch = KeyframeWatch(source, self._change, self._ask_if_due)
        source.attach(self._watch, now)
        self._ask(now)
        self._stir()

    def _stop_watching(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.source.detach(watch)

    def _change(self, source: TrackSource, packet: bytes, header: Header, now: float) -> None:
        """The keyframe that was waited for is here, and perhaps what belongs behind it."""
        self._take(source, now)
        self._play(source.since_keyframe(now) or [packet], now)

    def _play(self, packets: list[bytes], now: float) -> None:
        for packet in packets:
            self.forward(packet, parse_header(packet), now)

    # --- keyframes

    def _ask(self, now: float) -> None:
        """Serve a first start from the source's cache, else ask the publisher for a keyframe."""
        self._ask_at = now + min(max(2 * self.rtt, RETRY_MIN_S), RETRY_MAX_S)
        source = self._watch.source if self._watch else self._source
        assert source is not None
        first = self._from_ring and self._outlet.span is None
        burst = source.since_keyframe(now) if first else []
        self._play(burst, now)
        if not burst:
            source.request_keyframe(now)

    def _ask_if_due(self, now: float) -> None:
        if now >= self._ask_at:
            self._ask(now)

    # --- what the owner does

    def ended(self, now: float) -> None:
        self._stop_watching()
        self._enter(State.ENDED)

    def close(self, now: float) -> None:
        """Let go of the track for good."""
        self._stop(now)
        self.layers.detach(self)
        self._enter(State.ENDED)

    def switch(self, layers: Layers, now: float, extension_map: Mapping[int, int] | None = None) -> None:
        """Take another track (a republished one) under the same SSRC, numbering carried on.

        `extension_map` is for a publisher whose extension ids are others than before."""
        if extension_map is not None:
            self._outlet.change_extensions(extension_map)
        self._stop(now)
        self.layers.detach(self)
        self.layers = layers
        layers.attach(self)
        self._enter(State.PAUSED)
        self.layers_changed(now)

    def poll(self, now: float) -> None:
        """Ask again for a keyframe while one is waited for."""
        if self.next_poll is not None:
            self._ask_if_due(now)

    @property
    def next_poll(self) -> float | None:
        """When `poll` has something to do; None while nothing is waited for."""
        waiting = self.state is State.WAITING and self.layers.kind == "video"
        return self._ask_at if waiting or self._watch is not None else None

    def probe(self, size: int, now: float) -> int:
        """Send something of no use in the RTX stream, to see whether the path carries it.

        Gives its bytes; 0 to one that takes no RTX."""
        return self._outlet.probe(size, now)

    @property
    def resent(self) -> int:
        """Packets that went out again because they were asked for."""
        return self._outlet.resent

    # --- feedback of the subscriber

    def on_nack(self, sequence_numbers: Iterable[int], now: float) -> None:
        """Send again what of these is still known, also of what came before a change of layer."""
        self._outlet.repeat(sequence_numbers, self.rtt, now)

    def on_keyframe_request(self, now: float) -> None:
        """PLI or FIR; a receiver that asks too often is not heard."""
        requests = self._requests
        if len(requests) == KEYFRAME_REQUESTS and now - requests[0] < KEYFRAME_WINDOW_S:
            return
        requests.append(now)
        if self._source is not None:
            self._source.request_keyframe(now)

    def on_receiver_report(self, block: ReportBlock, now: float) -> None:
        """Keep loss and round trip; the receiver knows the SSRC now."""
        self.fraction_lost = block.fraction_lost / 256
        self.packets_lost = block.packets_lost
        rtt = self._round_trip.measure(block, now)
        if rtt is not None:
            self.rtt = rtt
        self._outlet.stop_sending_mid()

    # --- reports to the subscriber

    def sender_clock(self) -> tuple[int, int, float] | None:
        """The publisher's newest Sender Report, with its RTP timestamp on the subscriber's clock."""
        return self._outlet.sender_clock()

    def sender_report(self, now: float, ntp_now: int) -> bytes | None:
        """A Sender Report on the publisher's clock, or None before that is known.

        `ntp_now` is the node's NTP time, taken when a publisher sends no reports at all."""
        span = self._running
        if span is None:
            return None
        clock = self.sender_clock()
        if clock is None and now - span.began_at < OWN_CLOCK_AFTER_S:
            return None
        ntp, timestamp = carried_on(
            clock or (ntp_now, self._outlet.timestamp(), span.sent_at), self.layers.clock_rate, now
        )
        ntp = ntp if clock else ntp_now
        self._round_trip.sent(ntp, now)
        return build_sender_report(
            SenderReport(
                self.ssrc,
                ntp,
                timestamp & TIMESTAMP_MASK,
                self.packets & COUNTER_MASK,
                self.octets & COUNTER_MASK,
            )
        )
