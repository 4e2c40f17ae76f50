"""Publishers with layers and viewers behind networks made of numbers; the clock is moved by hand."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from media.forward.arrivals import Arrivals
from media.forward.layers import Layers
from media.forward.rewriter import OutgoingStream
from media.forward.source import TrackSource
from media.forward.subscriber import TrackSink
from media.rooms.adaptation import Adaptation, Key, Standing
from media.rtp.header import parse_header
from media.rtp.rtcp import PictureLossIndication, parse_compound
from media.rtp.twcc import TransportFeedback, transport_number
from tests.media.forward.link import Link
from tests.media.packets import OPUS, VP8, VP8_RTX, parsed, rtp, vp8_delta, vp8_keyframe

STEP_S, TICK_S = 0.010, 0.020
FRAME_S = 1 / 30
LONGEST = 1100  # octets of a packet's payload
TRANSPORT_ID = 5
RIDS = ("q", "h", "f")
SIZES = ((320, 180), (640, 360), (1280, 720))
RATES = (150e3, 500e3, 1700e3)


class Publisher:
    """One track. `rates` are bit/s by layer; a picture's layers answer keyframe requests at once."""

    def __init__(self, kind: str = "video", rates: tuple[float, ...] = RATES) -> None:
        self.rates = list(rates)
        rids = RIDS[: len(rates)] if len(rates) > 1 else ()
        self.layers = Layers(kind, 90_000 if kind == "video" else 48_000, rids)  # type: ignore[arg-type]
        self._wanted: set[int] = set()
        self._numbers = [0] * len(rates)
        self._next = 0.0
        for index in range(len(rates)):
            self.layers.put(index, self._source(index), 0.0)

    def _source(self, index: int) -> TrackSource:
        ssrc = 100 * (id(self) % 9973) + index
        if self.layers.kind == "audio":
            return TrackSource("audio", 48_000, ssrc, None, OPUS, None, 1, self._take_rtcp)
        return TrackSource("video", 90_000, ssrc, ssrc + 50, VP8, VP8_RTX, 1, self._take_rtcp)

    def _take_rtcp(self, packet: bytes) -> None:
        for one in parse_compound(packet):
            if isinstance(one, PictureLossIndication):
                self._wanted.add(one.media_ssrc)

    def send(self, now: float) -> None:
        """The frames that are due."""
        while now >= self._next:
            self._next = max(self._next, now - 0.1) + (FRAME_S if self.layers.kind == "video" else 0.02)
            for index, source in enumerate(self.layers.sources):
                assert source is not None
                if self.rates[index]:
                    self._frame(index, source, now)

    def _frame(self, index: int, source: TrackSource, now: float) -> None:
        if source.kind == "audio":
            self._packet(index, source, bytes(int(self.rates[index] / 8 * 0.02)), now)
            return
        key = source.ssrc in self._wanted
        self._wanted.discard(source.ssrc)
        left = int(self.rates[index] / 8 * FRAME_S) * (4 if key else 1)
        start = vp8_keyframe(*SIZES[index], data=b"") if key else vp8_delta(b"")
        while left > 0:
            size = min(left, LONGEST)
            self._packet(index, source, start + bytes(size), now)
            left -= size
            start = vp8_delta(b"", start=False)

    def _packet(self, index: int, source: TrackSource, payload: bytes, now: float) -> None:
        self._numbers[index] += 1
        timestamp = int(now * source.clock_rate)
        packet = rtp(
            self._numbers[index],
            timestamp,
            payload,
            ssrc=source.ssrc,
            payload_type=source.payload_type,
        )
        source.receive(*parsed(packet), now)


class Viewer:
    """`tells`: it gives transport-wide feedback."""

    def __init__(self, link: Link, now: float, *, tells: bool = True, standing: Standing | None = None):
        self.link = link
        self.tells = tells
        self.standing = standing or Standing()
        self.adaptation = Adaptation(lambda: self.standing, now)
        self.sinks: dict[Key, TrackSink] = {}
        self.seen: dict[Key, list[tuple[float, int | None]]] = {}
        self.octets = 0
        self._arrivals = Arrivals(1)
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._now = now

    def show(self, key: Key, publisher: Publisher, now: float) -> TrackSink:
        ssrc = 1_000_000 + 1000 * len(self.sinks)
        video = publisher.layers.kind == "video"
        stream = OutgoingStream(
            ssrc,
            120,
            ssrc + 1 if video else None,
            121 if video else None,
            transport_cc_extension_id=TRANSPORT_ID if self.tells else None,
        )
        sink = TrackSink(publisher.layers, self._take, stream, {}, self.adaptation.numbers)
        self.sinks[key], self.seen[key] = sink, []
        if self.tells:
            self.adaptation.expect_feedback(now)
        self.adaptation.choose(self.sinks, now)
        return sink

    def _take(self, packet: bytes) -> None:
        self.octets += len(packet)
        number = transport_number(packet, parse_header(packet), TRANSPORT_ID)
        arrival = self.link.carry(len(packet), self._now)
        if arrival is not None and number >= 0:
            self._at(arrival, lambda: self._arrivals.receive(number, 9, arrival))

    def step(self, now: float, *, tick: bool) -> None:
        self._now = now
        while self._later and self._later[0][0] <= now:
            heapq.heappop(self._later)[2]()
        if not tick:
            return
        for packet in self._arrivals.poll(now):
            self._at(now + 0.02, lambda packet=packet: self._feedback(packet))  # type: ignore[misc]
        for sink in self.sinks.values():
            sink.poll(now)
        self.adaptation.poll(self.sinks, now)
        for key, sink in self.sinks.items():
            self.seen[key].append((now, sink.layer))

    def _feedback(self, packet: bytes) -> None:
        for feedback in parse_compound(packet):
            assert isinstance(feedback, TransportFeedback)
            self.adaptation.on_feedback(feedback, self._now)

    def _at(self, when: float, act: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._later, (when, self._count, act))


class Lesson:
    """Everybody's clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.publishers: list[Publisher] = []
        self.viewers: list[Viewer] = []
        self._steps = 0

    def publisher(self, kind: str = "video", rates: tuple[float, ...] = RATES) -> Publisher:
        self.publishers.append(Publisher(kind, rates))
        return self.publishers[-1]

    def viewer(
        self, link: Link | None = None, *, tells: bool = True, standing: Standing | None = None
    ) -> Viewer:
        self.viewers.append(Viewer(link or Link(), self.now, tells=tells, standing=standing))
        return self.viewers[-1]

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self._steps += 1
            self.now = 100.0 + self._steps * STEP_S
            for publisher in self.publishers:
                publisher.send(self.now)
                publisher.layers.poll(self.now)
                for source in publisher.layers.known:
                    source.poll(self.now)
            for viewer in self.viewers:
                viewer.step(self.now, tick=self._steps % 2 == 0)
