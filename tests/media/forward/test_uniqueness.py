"""No sequence number may carry two different packets: SRTP would use one key stream twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from media.forward.layers import TOP_LAYER, Layers
from media.forward.rewriter import OutgoingStream
from media.forward.source import TrackSource
from media.forward.subscriber import TrackSink
from media.rtp.header import parse_header
from media.rtp.rtcp import ReportBlock
from media.rtp.rtx import restore
from media.rtp.sequence import Unwrapper
from tests.media.packets import (
    RTX_SSRC,
    SSRC,
    VP8,
    VP8_RTX,
    parsed,
    payload_of,
    rtp,
    vp8_delta,
    vp8_keyframe,
)

OUT, OUT_RTX = 1, 2
LAYERS = 3

STEPS = st.one_of(*[st.integers(1, 3)] * 6, st.sampled_from([40, 900, 2999, 3001, 20000, -20000]))
LAYER = st.integers(0, LAYERS - 1)
SENDS = st.tuples(st.just("send"), LAYER, STEPS, st.booleans())
LATE = st.tuples(st.sampled_from(["late", "repair"]), LAYER, st.integers(-3, 60), st.booleans())
ACTIONS = st.tuples(
    st.sampled_from(["pause", "select", "replace", "switch", "poll", "nack", "report", "probe", "rest"]),
    LAYER,
    st.just(0),
    st.just(False),
)


class Wire:
    """A call whose publisher never repeats itself: each packet has contents of its own."""

    def __init__(self, *, rtx: bool, numbered: bool) -> None:
        self.now = 10.0
        self.sent: dict[tuple[int, int], bytes] = {}
        self.clashes: list[tuple[int, int]] = []
        self.wrong: list[int] = []
        self._unwrappers = {OUT: Unwrapper(16), OUT_RTX: Unwrapper(16)}
        self._made = self._number = 0
        self._newest = [65000, 100, 30000]
        self._layers = self._make_layers()
        self._sink = TrackSink(
            self._layers,
            self._record,
            OutgoingStream(
                OUT,
                VP8,
                OUT_RTX if rtx else None,
                VP8_RTX if rtx else None,
                "m",
                4,
                5 if numbered else None,
            ),
            {},
            self if numbered else None,
        )
        self._come_alive()
        self._sink.select(TOP_LAYER, self.now)

    def _come_alive(self) -> None:
        for _ in range(25):
            self.now += 0.1
            for layer in range(LAYERS):
                self.send(layer, 1, False)
        self._layers.poll(self.now)

    def next(self, size: int, now: float) -> int:
        self._number += 1
        return self._number & 0xFFFF

    def _make_layers(self) -> Layers:
        layers = Layers("video", 90000, ("q", "h", "f"))
        for index in range(LAYERS):
            layers.put(index, self._make_source(), self.now)
        return layers

    def _make_source(self) -> TrackSource:
        return TrackSource("video", 90000, SSRC, RTX_SSRC, VP8, VP8_RTX, 9, lambda data: None)

    def _source(self, layer: int) -> TrackSource:
        source = self._layers.sources[layer]
        assert source is not None
        return source

    def _record(self, packet: bytes) -> None:
        header = parse_header(packet)
        place = (header.ssrc, self._unwrappers[header.ssrc].unwrap(header.sequence_number))
        if self.sent.setdefault(place, packet) != packet:
            self.clashes.append(place)
        if header.ssrc == OUT_RTX and payload_of(packet):
            self._compare(*restore(packet, header, OUT, VP8))

    def _compare(self, packet: bytes, header: object) -> None:
        """A repeat must be what the receiver would have got under that number."""
        repeat = parse_header(packet)
        unwrapper = self._unwrappers[OUT]
        first = self.sent.get((OUT, unwrapper.unwrap(repeat.sequence_number)))
        if first is not None and _contents(first) != _contents(packet):
            self.wrong.append(repeat.sequence_number)

    def _payload(self, key: bool) -> bytes:
        """Its picture id is the packet's number, so that it too must never change."""
        self._made += 1
        data = self._made.to_bytes(4, "big")
        frame = vp8_keyframe(data=data) if key else vp8_delta(data)
        ids = bytes((0x80 | self._made >> 8 & 0x7F, self._made & 0xFF, self._made * 7 & 0xFF))
        return bytes((frame[0] | 0x80, 0xC0)) + ids + frame[1:]

    def act(self, action: str, layer: int, step: int, key: bool) -> None:
        self.now += 0.01
        getattr(self, action)(layer, step, key)

    def send(self, layer: int, step: int, key: bool) -> None:
        self._newest[layer] += step
        self.late(layer, 0, key)

    def late(self, layer: int, behind: int, key: bool) -> None:
        number = self._newest[layer] - behind
        packet = rtp(number, number * 3000, self._payload(key))
        self._source(layer).receive(*parsed(packet), self.now)

    def repair(self, layer: int, behind: int, key: bool) -> None:
        number = self._newest[layer] - behind
        body = (number & 0xFFFF).to_bytes(2, "big") + self._payload(key)
        packet = rtp(self._made, number * 3000, body, ssrc=RTX_SSRC, payload_type=VP8_RTX)
        self._source(layer).receive_rtx(*parsed(packet), self.now)

    def pause(self, layer: int, step: int, key: bool) -> None:
        self._sink.select(None, self.now)

    def select(self, layer: int, step: int, key: bool) -> None:
        self._sink.select(layer, self.now)

    def rest(self, layer: int, step: int, key: bool) -> None:
        """Time goes by: this layer dies, the others go on."""
        for _ in range(12):
            self.now += 0.1
            for other in range(LAYERS):
                if other != layer:
                    self.send(other, 1, False)
        self._layers.poll(self.now)

    def replace(self, layer: int, step: int, key: bool) -> None:
        self._layers.put(layer, self._make_source(), self.now)

    def switch(self, layer: int, step: int, key: bool) -> None:
        self._layers = self._make_layers()
        self._sink.switch(self._layers, self.now)

    def poll(self, layer: int, step: int, key: bool) -> None:
        self._layers.poll(self.now)
        self._sink.poll(self.now)
        self._source(layer).poll(self.now)

    def nack(self, layer: int, step: int, key: bool) -> None:
        newest = [number & 0xFFFF for ssrc, number in self.sent if ssrc == OUT][-50:]
        around = {number + off & 0xFFFF for number in newest[::10] for off in (-2, -1, 1, 2)}
        self._sink.on_nack([*newest, *around], self.now)

    def probe(self, layer: int, step: int, key: bool) -> None:
        self._sink.probe(1000, self.now)
        self._sink.probe(5, self.now)

    def report(self, layer: int, step: int, key: bool) -> None:
        self._sink.on_receiver_report(ReportBlock(OUT, 0, 0, 0, 0, 0, 0), self.now)


def _contents(packet: bytes) -> tuple[int, bytes]:
    return parse_header(packet).timestamp, payload_of(packet)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(SENDS, SENDS, SENDS, LATE, ACTIONS), min_size=30, max_size=90),
    st.booleans(),
    st.booleans(),
)
def test_no_number_ever_carries_two_different_packets(
    actions: list[tuple[str, int, int, bool]], rtx: bool, numbered: bool
) -> None:
    wire = Wire(rtx=rtx, numbered=numbered)
    wire.send(2, 1, True)
    for action, layer, step, key in actions:
        wire.act(action, layer, step, key)
    assert wire.clashes == []
    assert wire.wrong == []
