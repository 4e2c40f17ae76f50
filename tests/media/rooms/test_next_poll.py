"""Looking only when something is due does the same as looking always, and is much less work."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from media.forward.rewriter import OutgoingStream
from media.forward.subscriber import TrackSink
from media.metrics import Counters
from media.rooms.adaptation import Adaptation, Standing
from media.rooms.receiving import Receiving
from media.rtp.extensions import TRANSPORT_WIDE_CC
from media.rtp.rtcp import SenderReport
from tests.media.packets import rtp, vp8_delta, vp8_keyframe
from tests.media.rooms.lesson import Lesson
from tests.media.rooms.test_receiving import PLAIN

TICK_S = 0.020
NUMBER_ID = 5
NUMBERED = replace(PLAIN, extensions={**PLAIN.extensions, TRANSPORT_WIDE_CC: NUMBER_ID})
NEVER, AT_ONCE = float("inf"), float("-inf")


class Uplink:
    """One publisher's, whose node looks at it with every tick, or only when it is time."""

    def __init__(self, *, numbered: bool, always: bool) -> None:
        self.looks = 0
        self.said: list[tuple[float, bytes]] = []
        self.now = 10.0
        self._always, self._numbered = always, numbered
        self._due = AT_ONCE
        self.receiving = Receiving(7, self._say, lambda section, now: None, Counters(), self._stir)
        self.receiving.publish(NUMBERED if numbered else PLAIN, self.now)

    def _say(self, packet: bytes) -> None:
        self.said.append((self.now, packet))

    def _stir(self) -> None:
        self._due = AT_ONCE

    def send(self, number: int, *, key: bool) -> None:
        extensions = [(NUMBER_ID, (number & 0xFFFF).to_bytes(2, "big"))] if self._numbered else []
        payload = vp8_keyframe() if key else vp8_delta()
        self.receiving.receive(
            rtp(number, number * 3000, payload, ssrc=900, extensions=extensions), self.now
        )

    def ask(self) -> None:
        for source in self.receiving.sources:
            source.request_keyframe(self.now)

    def report(self) -> None:
        self.receiving.on_sender_report(SenderReport(900, 1 << 32, 0, 0, 0), self.now)

    def tick(self) -> None:
        if self._always or self.now >= self._due:
            self._due = NEVER
            self.looks += 1
            self.receiving.poll(self.now)
            self._due = min(self._due, self.receiving.next_poll())


EVENTS = st.lists(st.sampled_from(("packet", "packet", "packet", "lost", "key", "ask", "report", "rest")))


@given(EVENTS, st.booleans())
def test_a_publisher_is_told_the_same_at_the_same_time(events: list[str], numbered: bool) -> None:
    always, due = (Uplink(numbered=numbered, always=always) for always in (True, False))
    for uplink in (always, due):
        number = 100
        for event in events:
            uplink.now += 0.015
            number += event in ("packet", "lost", "key")
            if event in ("packet", "key"):
                uplink.send(number, key=event == "key")
            elif event == "ask":
                uplink.ask()
            elif event == "report":
                uplink.report()
            for _ in range(60 if event == "rest" else 1):
                uplink.now += TICK_S
                uplink.tick()
    assert due.said == always.said
    assert due.looks <= always.looks


def test_a_publisher_without_trouble_is_looked_at_twelve_times_a_second() -> None:
    uplink = Uplink(numbered=True, always=False)
    for number in range(500):  # ten seconds
        uplink.now += TICK_S
        uplink.send(number, key=number % 100 == 0)
        uplink.tick()
    assert uplink.looks <= 130


def test_a_sink_that_waits_says_so_at_once() -> None:
    lesson, stirred = Lesson(), list[float]()
    camera = lesson.publisher()
    adaptation = Adaptation(lambda: Standing(), lesson.now)
    sink = TrackSink(
        camera.layers,
        lambda packet: None,
        OutgoingStream(1, 120),
        {},
        adaptation.numbers,
        stir=lambda: stirred.append(lesson.now),
    )
    sink.select(0, lesson.now)
    assert stirred == [lesson.now]
    assert sink.next_poll is not None
    lesson.run(3)
    assert sink.next_poll is None
    before = len(stirred)
    sink.select(2, lesson.now)  # goes on with the lower layer, and watches for a keyframe of the best
    assert len(stirred) > before
    assert sink.next_poll is not None
