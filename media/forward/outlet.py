"""The stream that one subscriber gets: one numbering over all it is made of, and repeats of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from media.forward.interfaces import PacketNumbers
from media.forward.resends import Resends
from media.forward.rewriter import OutgoingStream, Rewriter
from media.forward.source import TrackSource
from media.forward.span import FIRST_SEQUENCE_MASK, Span
from media.rtp.header import Header, parse_header
from media.rtp.sequence import SEQUENCE_MASK, TIMESTAMP_MASK

SPANS_KEPT = 4  # earlier ones, from which a lost packet may still be asked for
SPAN_KEPT_S = 2.0


class Outlet:
    """`send` takes RTP and must not block. `span` is where the packets that were sent last belong.

    `rewriter` and `span` are there for the hot path, which the subscriber itself is."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        stream: OutgoingStream,
        extension_map: Mapping[int, int],
        numbers: PacketNumbers | None,
    ) -> None:
        self.rewriter = Rewriter(stream, extension_map, numbers)
        self.span: Span | None = None
        self.resent = 0
        self._send = send
        self._rtx = stream.has_rtx
        self._rtx_sequence = stream.ssrc & FIRST_SEQUENCE_MASK
        self._earlier: deque[Span] = deque(maxlen=SPANS_KEPT)
        self._resends = Resends()

    # --- spans

    def begin(self, source: TrackSource, packet: bytes, header: Header, now: float) -> Span:
        """Continue the numbers sent so far with this packet of `source` as the next."""
        old, new = self.span, Span(source, packet, header, now)
        if old is not None:
            old.end(now)
            new.follow(old, packet, header, now)
            self._earlier.appendleft(old)
        self.span = new
        return new

    def end(self, now: float) -> None:
        """No packet of the present span follows."""
        if self.span is not None:
            self.span.end(now)

    def change_extensions(self, extension_map: Mapping[int, int]) -> None:
        """Another publisher's ids: what was sent with the old ones is not repeated."""
        self.rewriter.extension_map = extension_map
        self._forget_sent()

    def stop_sending_mid(self) -> None:
        """Without RTX a repeat must equal the first to the byte, since AES-GCM may not protect two
        headers under one index (RFC 7714 §8.4). So what was sent with a mid is not repeated."""
        if self.rewriter.mid is not None:
            self.rewriter.mid = None
            if not self._rtx:
                self._forget_sent()

    def _forget_sent(self) -> None:
        """Nothing that was sent so far may be sent again."""
        self._earlier.clear()
        if self.span is not None:
            self.span.length = -1

    # --- repeats

    def repeat(self, sequence_numbers: Iterable[int], rtt: float, now: float) -> None:
        """Send again what of these is still cached: by RTX when negotiated, else as it was."""
        if self.rewriter.numbered and not self._rtx:
            return
        spans = tuple(self._spans(now))
        for number in sequence_numbers:
            for span in spans:
                packet = span.find(number)
                if packet is not None:
                    if self._resends.allow(number, now, rtt):
                        self._resend(packet, span, now)
                    break

    def _spans(self, now: float) -> Iterator[Span]:
        """Those in which a packet may be found that a subscriber still lacks."""
        if self.span is not None:
            yield self.span
        for span in self._earlier:
            if span.ended_at is not None and now - span.ended_at < SPAN_KEPT_S:
                yield span

    def _resend(self, packet: bytes, span: Span, now: float) -> None:
        self.resent += 1
        if self._rtx:
            self._retransmit(packet, span, now)
        else:
            self._send(self.rewriter.rewrite(packet, parse_header(packet), span, now))

    def _retransmit(self, packet: bytes, span: Span, now: float) -> int:
        header = parse_header(packet)
        return self._deliver(self.rewriter.retransmission(packet, header, span, self._next_rtx(), now))

    def _next_rtx(self) -> int:
        self._rtx_sequence = (self._rtx_sequence + 1) & SEQUENCE_MASK
        return self._rtx_sequence

    def _deliver(self, data: bytes) -> int:
        self._send(data)
        return len(data)

    def probe(self, size: int, now: float) -> int:
        """Send something of no use, to see whether the path carries it; gives its bytes, 0 if it can't.

        It is the newest packet once more in the RTX stream, or padding when `size` is small or nothing
        was sent yet: only one who takes RTX can be probed."""
        if not self._rtx:
            return 0
        span = self.span
        if span is None or not span.valid or size < len(span.packet) // 2:
            return self._deliver(self.rewriter.padding(size, self.timestamp(), self._next_rtx(), now))
        return self._retransmit(span.packet, span, now)

    # --- time

    def timestamp(self) -> int:
        """The newest one sent, not masked; 0 before the first."""
        span = self.span
        return parse_header(span.packet).timestamp + span.timestamp_offset if span else 0

    def sender_clock(self) -> tuple[int, int, float] | None:
        """The publisher's newest Sender Report, with its RTP timestamp on the subscriber's clock."""
        span = self.span
        clock = span.source.sender_clock() if span is not None else None
        if span is None or clock is None:
            return None
        ntp, timestamp, arrived = clock
        return ntp, (timestamp + span.timestamp_offset) & TIMESTAMP_MASK, arrived
