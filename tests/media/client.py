"""A plain aiortc client: it knows offer, answer and candidates, and nothing else of the protocol.

It is what a program written for a call between two browsers would do. Its camera shows one colour and
its microphone one tone, so that a test can tell whose media arrived.
"""

from __future__ import annotations

import asyncio
import contextlib
import fractions
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from av import AudioFrame, VideoFrame

RATE = 48_000
SAMPLES = 960  # 20 ms

Send = Callable[[dict[str, Any]], Awaitable[None]]


class ColourTrack(VideoStreamTrack):
    """A picture of one RGB colour, 320x240, 30 fps."""

    def __init__(self, rgb: tuple[int, int, int]) -> None:
        super().__init__()
        self._picture = np.full((240, 320, 3), rgb, dtype=np.uint8)

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame.from_ndarray(self._picture, format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


class ToneTrack(AudioStreamTrack):
    """A sine of `tone` Hz."""

    def __init__(self, tone: int) -> None:
        super().__init__()
        self._tone = tone
        self._sample = 0

    async def recv(self) -> AudioFrame:
        silence = await super().recv()  # paces us, at 8 kHz
        at = np.arange(self._sample, self._sample + SAMPLES) / RATE
        wave = (12_000 * np.sin(2 * np.pi * self._tone * at)).astype(np.int16)
        frame = AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sample, fractions.Fraction(1, RATE)
        self._sample += SAMPLES
        assert silence.samples * RATE == silence.sample_rate * SAMPLES
        return frame


class PlainClient:
    """`received[kind]` are the remote tracks in the order in which they came."""

    def __init__(self, send: Send, rgb: tuple[int, int, int] | None, tone: int | None) -> None:
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.received: dict[str, list[MediaStreamTrack]] = {"audio": [], "video": []}
        self.arrived = asyncio.Condition()
        self._send = send
        self._tasks: set[asyncio.Task[None]] = set()
        if tone is not None:
            self.pc.addTrack(ToneTrack(tone))
        if rgb is not None:
            self.pc.addTrack(ColourTrack(rgb))
        self.pc.on("track", self._on_track)

    def _on_track(self, track: MediaStreamTrack) -> None:
        task = asyncio.ensure_future(self._note(track))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _note(self, track: MediaStreamTrack) -> None:
        async with self.arrived:
            self.received[track.kind].append(track)
            self.arrived.notify_all()

    async def offer(self) -> None:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        description = self.pc.localDescription
        await self._send({"type": "offer", "offer": {"type": "offer", "sdp": description.sdp}})

    async def take(self, message: dict[str, Any]) -> None:
        """One message of the other side, the way a two-browser client would take it."""
        if message["type"] == "offer":
            offer = message["offer"]
            await self.pc.setRemoteDescription(RTCSessionDescription(offer["sdp"], offer["type"]))
            await self.pc.setLocalDescription(await self.pc.createAnswer())
            description = self.pc.localDescription
            await self._send({"type": "answer", "answer": {"type": "answer", "sdp": description.sdp}})
        elif message["type"] == "answer":
            answer = message["answer"]
            await self.pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))

    async def tracks(self, kind: str, count: int, within: float = 60) -> list[MediaStreamTrack]:
        async with asyncio.timeout(within), self.arrived:
            await self.arrived.wait_for(lambda: len(self.received[kind]) >= count)
        return self.received[kind]

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.pc.close(), 5)


async def colour_of(track: MediaStreamTrack, frames: int = 5, within: float = 60) -> tuple[int, int, int]:
    """The mean RGB of a received picture."""
    async with asyncio.timeout(within):
        for _ in range(frames):
            frame = await track.recv()
    picture = frame.to_ndarray(format="rgb24")
    return tuple(int(part) for part in picture.reshape(-1, 3).mean(axis=0))  # type: ignore[return-value]


async def tone_of(track: MediaStreamTrack, within: float = 20) -> float:
    """The strongest frequency of half a second of received sound, in Hz, once there is any."""
    samples: list[np.ndarray[Any, Any]] = []
    async with asyncio.timeout(within):
        while sum(len(part) for part in samples) < RATE / 2:
            frame = await track.recv()
            sound = frame.to_ndarray().reshape(-1)[:: len(frame.layout.channels)].astype(float)
            if np.abs(sound).max() > 500:
                samples.append(sound)
    heard = np.concatenate(samples)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    return float(np.argmax(spectrum) * RATE / len(heard))


def near(seen: tuple[int, int, int], wanted: tuple[int, int, int], by: int = 40) -> bool:
    return all(abs(a - b) <= by for a, b in zip(seen, wanted, strict=True))
