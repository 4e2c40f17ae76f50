"""A network made of numbers: capacity, queue, loss, delay and jitter, and a call over it."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from media.forward.arrivals import Arrivals
from media.forward.estimate import Estimate
from media.forward.history import SentPackets
from media.forward.probing import Probing
from media.rtp.rtcp import parse_compound
from media.rtp.twcc import TransportFeedback

TICK_S = 0.020
PACKET = 1100  # octets
AUDIO_PACKET = 100
FPS = 30


@dataclass
class Link:
    """One way: `capacity` in bit/s, `queue` in seconds of it, then loss, delay and jitter in seconds."""

    capacity: float = 100e6
    queue: float = 0.3
    loss: float = 0.0
    delay: float = 0.020
    jitter: float = 0.0
    seed: int = 1
    _free_at: float = 0.0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def carry(self, size: int, now: float) -> float | None:
        """When the packet arrives, or None when it is lost."""
        waiting = max(0.0, self._free_at - now)
        if waiting > self.queue or self._random.random() < self.loss:
            return None
        self._free_at = now + waiting + size * 8 / self.capacity
        return self._free_at + self.delay + self._random.random() * self.jitter


class Receiving:
    """A receiver of audio and one video, whose layers have `bitrates`; the clock is moved by `run`.

    `choose` picks the layer from the estimate, each tick; the video keeps to it at once."""

    def __init__(
        self,
        down: Link,
        bitrates: Sequence[float] = (150e3, 500e3, 1700e3),
        choose: Callable[[Receiving], int | None] | None = None,
        back: Link | None = None,
    ) -> None:
        self.down, self.back = down, back or Link(seed=2)
        self.bitrates = bitrates
        self.now = 1000.0
        self.history, self.estimate = SentPackets(), Estimate(self.now, told=True)
        self.probing = Probing(self.now)
        self.arrivals = Arrivals(1)
        self.layer: int | None = 0
        self.choose = choose or fitting
        self.seen: list[tuple[float, int | None, float]] = []
        self.longest_silence = 0.0
        self._audio_heard = self.now
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._frame_at = self._audio_at = self._tick_at = self.now

    @property
    def need(self) -> float:
        """With the best layer and audio."""
        return self.bitrates[-1] + 40e3

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now = round(self.now + 0.005, 6)
            while self._events and self._events[0][0] <= self.now:
                heapq.heappop(self._events)[2]()
            self._send_media()
            if self.now >= self._tick_at:
                self._tick_at += TICK_S
                self._tick()

    def _send_media(self) -> None:
        if self.now >= self._audio_at:
            self._audio_at += TICK_S
            self._send(AUDIO_PACKET, audio=True)
        if self.now >= self._frame_at:
            self._frame_at += 1 / FPS
            if self.layer is not None:
                self._send_frame(int(self.bitrates[self.layer] / 8 / FPS))

    def _send_frame(self, octets: int) -> None:
        while octets > 0:
            self._send(min(octets, PACKET))
            octets -= PACKET

    def _send(self, size: int, *, audio: bool = False) -> None:
        number = self.history.next(size, self.now)
        arrival = self.down.carry(size, self.now)
        if arrival is not None:
            self._at(arrival, lambda: self._arrive(number, arrival, audio))

    def _arrive(self, number: int, arrival: float, audio: bool) -> None:
        self.arrivals.receive(number, 1, arrival)
        if audio:
            self.longest_silence = max(self.longest_silence, arrival - self._audio_heard)
            self._audio_heard = arrival

    def _tick(self) -> None:
        for packet in self.arrivals.poll(self.now):
            arrival = self.back.carry(len(packet), self.now)
            if arrival is not None:
                self._at(arrival, lambda packet=packet: self._feedback(packet))  # type: ignore[misc]
        padding = self.probing.poll(self.estimate, self.need, self.history.octets, self.now)
        self.probing.padded(padding)
        while padding >= 200:
            self._send(min(padding, PACKET))
            padding -= PACKET
        layer = self.choose(self)
        if layer != self.layer:
            self.layer = layer
            if layer is not None:
                self._send_frame(int(self.bitrates[layer] / 8 / FPS) * 6)  # the keyframe
        self.seen.append((self.now, self.layer, self.estimate.bitrate))

    def _feedback(self, packet: bytes) -> None:
        for feedback in parse_compound(packet):
            assert isinstance(feedback, TransportFeedback)
            self.estimate.on_acknowledged(self.history.acknowledge(feedback, self.now), self.now)

    def _at(self, when: float, act: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (when, self._count, act))


def fitting(call: Receiving) -> int | None:
    """The best layer that fits; the lowest before anything was refused."""
    fits = [
        index for index, bitrate in enumerate(call.bitrates) if bitrate + 40e3 <= call.estimate.bitrate
    ]
    return max(fits) if fits else None if call.estimate.limited else 0
