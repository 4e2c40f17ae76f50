"""One published track as a single stream for the recorder: always its best layer."""

from __future__ import annotations

from media.forward.interfaces import Kind, Sink
from media.forward.layers import TOP_LAYER, Layers
from media.forward.rewriter import OutgoingStream, Rewriter
from media.forward.span import Span
from media.forward.subscriber import TrackSink
from media.rtp.header import Header
from media.rtp.sequence import SEQUENCE_MASK, TIMESTAMP_MASK

STREAM = OutgoingStream(ssrc=1, payload_type=96)  # nobody looks at these


Renumbered = tuple[bytes, Header, float]


class Renumbering(Rewriter):
    """Changes the parsed header alone: nobody gets these packets over a wire."""

    def rewrite(self, packet: bytes, header: Header, span: Span, now: float) -> Renumbered:  # type: ignore[override]
        if span.sequence_offset or span.timestamp_offset:
            header = Header(
                header.payload_type,
                header.marker,
                (header.sequence_number + span.sequence_offset) & SEQUENCE_MASK,
                (header.timestamp + span.timestamp_offset) & TIMESTAMP_MASK,
                header.ssrc,
                header.payload_offset,
                header.payload_end,
                header.extension_profile,
                header.extension_offset,
            )
        return packet, header, now


class BestLayer(TrackSink):
    """Implements `Source` by being a subscriber: numbers and time go on whichever layer is written.

    It gives nothing of what came before the first sink: a recording begins when it was asked for."""

    def __init__(self, layers: Layers) -> None:
        super().__init__(layers, self._pass_on, STREAM, {}, from_ring=False)  # type: ignore[arg-type]
        self._rewriter = Renumbering(STREAM, {})
        self._takers: tuple[Sink, ...] = ()
        self._arrival = 0.0

    @property
    def kind(self) -> Kind:
        return self.layers.kind

    @property
    def clock_rate(self) -> int:
        return self.layers.clock_rate

    def attach(self, sink: Sink, now: float) -> None:
        self._takers = (*self._takers, sink)
        self.select(TOP_LAYER, now)

    def detach(self, sink: Sink) -> None:
        """The last one to go lets go of the track."""
        self._takers = tuple(other for other in self._takers if other is not sink)
        if not self._takers:
            self.close(self._arrival)

    def request_keyframe(self, now: float) -> None:
        if self._source is not None:
            self._source.request_keyframe(now)

    def ended(self, now: float) -> None:
        super().ended(now)
        for sink in self._takers:
            sink.ended(now)

    def _pass_on(self, renumbered: Renumbered) -> None:
        """On the hot path, of the packet as it came."""
        packet, header, self._arrival = renumbered
        for sink in self._takers:
            sink.forward(packet, header, self._arrival)
