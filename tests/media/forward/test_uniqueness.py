"""No sequence number may carry two different packets: SRTP would use one key stream twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from media.forward.source import TrackSource
from media.forward.subscriber import TrackSink
from media.rtp.header import parse_header
from media.rtp.sequence import Unwrapper
from tests.media.packets import RTX_SSRC, SSRC, VP8, VP8_RTX, parsed, rtp, vp8_delta, vp8_keyframe

STEPS = st.one_of(*[st.integers(1, 3)] * 6, st.sampled_from([40, 900, 2999, 3001, 20000, -20000]))
SENDS = st.tuples(st.just("send"), STEPS, st.booleans())
LATE = st.tuples(st.sampled_from(["late", "repair"]), st.integers(-3, 60), st.booleans())
ACTIONS = st.tuples(
    st.sampled_from(["pause", "resume", "switch", "poll", "nack", "report"]), st.just(0), st.just(False)
)


class Wire:
    """A call whose publisher never repeats itself: each packet has contents of its own."""

    def __init__(self, *, rtx: bool) -> None:
        self.now = 10.0
        self.sent: dict[tuple[int, int], bytes] = {}
        self.clashes: list[tuple[int, int]] = []
        self._unwrappers = {1: Unwrapper(16), 2: Unwrapper(16)}
        self._made = 0
        self._newest = 65000
        self._source = self._make_source()
        self._sink = TrackSink(
            self._source,
            self._record,
            1,
            VP8,
            2 if rtx else None,
            VP8_RTX if rtx else None,
            "m",
            4,
            {},
        )
        self._source.attach(self._sink, self.now)

    def _make_source(self) -> TrackSource:
        return TrackSource("video", 90000, SSRC, RTX_SSRC, VP8, VP8_RTX, 9, lambda data: None)

    def _record(self, packet: bytes) -> None:
        header = parse_header(packet)
        place = (header.ssrc, self._unwrappers[header.ssrc].unwrap(header.sequence_number))
        if self.sent.setdefault(place, packet) != packet:
            self.clashes.append(place)

    def _payload(self, key: bool) -> bytes:
        self._made += 1
        data = self._made.to_bytes(4, "big")
        return vp8_keyframe(data=data) if key else vp8_delta(data)

    def act(self, action: str, step: int, key: bool) -> None:
        self.now += 0.01
        getattr(self, action)(step, key)

    def send(self, step: int, key: bool) -> None:
        self._newest += step
        self.late(0, key)

    def late(self, behind: int, key: bool) -> None:
        number = self._newest - behind
        packet = rtp(number, number * 3000, self._payload(key))
        self._source.receive(*parsed(packet), self.now)

    def repair(self, behind: int, key: bool) -> None:
        number = self._newest - behind
        body = (number & 0xFFFF).to_bytes(2, "big") + self._payload(key)
        packet = rtp(self._made, number * 3000, body, ssrc=RTX_SSRC, payload_type=VP8_RTX)
        self._source.receive_rtx(*parsed(packet), self.now)

    def pause(self, step: int, key: bool) -> None:
        self._sink.pause()

    def resume(self, step: int, key: bool) -> None:
        self._sink.resume(self.now)

    def switch(self, step: int, key: bool) -> None:
        self._source = self._make_source()
        self._sink.switch(self._source, self.now)

    def poll(self, step: int, key: bool) -> None:
        self._sink.poll(self.now)
        self._source.poll(self.now)

    def nack(self, step: int, key: bool) -> None:
        self._sink.on_nack([number & 0xFFFF for _, number in list(self.sent)[-50:]], self.now)

    def report(self, step: int, key: bool) -> None:
        self._sink._stop_sending_mid()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(SENDS, SENDS, SENDS, LATE, ACTIONS), max_size=120), st.booleans())
def test_no_number_ever_carries_two_different_packets(
    actions: list[tuple[str, int, bool]], rtx: bool
) -> None:
    wire = Wire(rtx=rtx)
    wire.send(1, True)
    for action, step, key in actions:
        wire.act(action, step, key)
    assert wire.clashes == []
