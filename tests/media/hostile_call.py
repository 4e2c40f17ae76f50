"""A call that goes on while strangers and one of its participants send what they like."""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import dataclass
from random import Random

from scripts.benchmarks.load.description import OPUS, VP8, VP8_RTX
from scripts.benchmarks.load.footage import shoot
from scripts.benchmarks.load.node import NodeCalls
from scripts.benchmarks.load.peer import LoadPeer
from tests.media.hostility import Malice, Noise

ROOM = "besieged"
HOST = "127.0.0.1"
PORTS = 500  # of strangers
BURST = 20  # datagrams between two looks at anything else: less than a node reads at a time
SETTLE_S = 0.5  # until what was sent has arrived


@dataclass(frozen=True)
class Window:
    """Packets of the call that came and that did not."""

    came: int
    lost: int

    @property
    def loss(self) -> float:
        """The share that did not come; all of it when nothing did."""
        return self.lost / (self.came + self.lost) if self.came else 1.0


class HostileCall:
    """Ann and Bob see and hear each other; Mal is in the room, too, with keys of his own."""

    def __init__(self, calls: NodeCalls, seed: int) -> None:
        self._calls = calls
        self._random = Random(seed)
        self._strangers = [_stranger() for _ in range(PORTS)]
        self.ann: LoadPeer
        self.bob: LoadPeer
        self.mal: LoadPeer
        self._streams: list[tuple[LoadPeer, int]] = []

    async def begin(self) -> None:
        calls, footage = self._calls, shoot()
        self.ann = await calls.publish(ROOM, "ann")
        self.bob = await calls.publish(ROOM, "bob")
        await calls.watch(ROOM, "ann", ["bob"])
        await calls.watch(ROOM, "bob", ["ann"])
        for peer in (self.ann, self.bob):
            peer.play(footage)
        await asyncio.sleep(1)
        self._streams = [(peer, ssrc) for peer in (self.ann, self.bob) for ssrc in peer.received]
        self.mal = await calls.publish(ROOM, "mal")
        names = ("ann", "bob", "mal")
        for name in names:
            await calls.watch(ROOM, name, [other for other in names if other != name])

    def _window(self) -> Window:
        """Ann's and Bob's packets since the last look."""
        streams = [peer.received[ssrc] for peer, ssrc in self._streams]
        found = Window(sum(each.packets for each in streams), sum(each.lost for each in streams))
        for stream in streams:
            stream.reset()
        return found

    async def peace(self, seconds: float) -> Window:
        self._window()
        await asyncio.sleep(seconds)
        return self._window()

    async def siege(self, datagrams: int, packets: int, per_second: float) -> Window:
        """Strangers send so many datagrams each second, and Mal his share of authentic packets."""
        self._window()
        await asyncio.gather(
            self._strangers_send(datagrams, per_second),
            self._mal_sends(packets, per_second * packets / datagrams),
        )
        await asyncio.sleep(SETTLE_S)
        return self._window()

    async def _strangers_send(self, count: int, per_second: float) -> None:
        address = self.mal._socket.getpeername()
        noise = Noise(self._random, [self.mal._credentials[0], self.ann._credentials[0]])
        pace = _Pace(per_second)
        for number in range(count):
            self._strangers[number % PORTS].sendto(noise.datagram(), address)
            await pace.keep(number)

    async def _mal_sends(self, count: int, per_second: float) -> None:
        malice = Malice(
            self._random,
            [self.mal.local.video_ssrc, self.mal.local.audio_ssrc, self.mal.local.video_ssrc + 1],
            [self.ann.local.video_ssrc, self.bob.local.audio_ssrc],
            [OPUS, VP8, VP8_RTX],
        )
        srtp, pace, sent = self.mal._srtp, _Pace(per_second), 0
        assert srtp is not None
        while sent < count:
            rtcp = self._random.random() < 0.5
            datagram = srtp.protect_rtcp(malice.rtcp()) if rtcp else srtp.protect(malice.rtp())
            if datagram is not None:
                self.mal._send(datagram)
                sent += 1
                await pace.keep(sent)

    def answers_to_strangers(self) -> int:
        """How many of them got anything back."""
        return sum(_has_mail(each) for each in self._strangers)

    def close(self) -> None:
        for each in self._strangers:
            each.close()


class _Pace:
    """Holds a sender to a rate, and lets others run."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._began = time.monotonic()

    async def keep(self, number: int) -> None:
        if number % BURST == 0:
            due = self._began + number / self._per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))


def _stranger() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.bind((HOST, 0))
    return made


def _has_mail(stranger: socket.socket) -> bool:
    try:
        stranger.recv(1)
    except BlockingIOError:
        return False
    return True
