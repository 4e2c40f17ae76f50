"""The media side of the mock room: an aiortc peer per browser, and people that are only pictures."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import aioice.ice
import numpy as np
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
    VideoStreamTrack,
)
from av import VideoFrame
from PIL import Image, ImageDraw

CAMERA_FPS = 10
SCREEN_FPS = 3
VIDEO_CLOCK = Fraction(1, 90_000)
RID_LINE = re.compile(r"a=extmap:\S+ urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n")
LINES = 16  # of the shared screen's text

Send = Callable[[dict[str, Any]], None]


def without_extensions(sdp: str) -> str:
    """aiortc's own offers renumber header extensions, and its transport dies on the old numbers."""
    return "".join(line for line in sdp.splitlines(keepends=True) if not line.startswith("a=extmap"))


def with_rid(sdp: str, line: str) -> str:
    """Chromium, once it has offered layers, negotiates nothing more without this extension."""
    head, *sections = re.split("(?=^m=)", sdp, flags=re.MULTILINE)
    return head + "".join(one + line if one.startswith("m=video") else one for one in sections)


def only_loopback() -> None:
    """aioice leaves 127.0.0.1 out of its candidates; test traffic goes nowhere else."""
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


@dataclass
class Person:
    """Somebody else in the room, made up. `colour` is the background of the picture."""

    id: str
    name: str
    role: str = "learner"
    colour: tuple[int, int, int] = (70, 90, 110)
    camera: bool = True
    microphone: bool = True
    screen: bool = False
    hand: bool = False
    hand_at: str | None = None
    may_share: bool = False

    def shown(self) -> dict[str, Any]:
        media = {"camera": self.camera, "microphone": self.microphone, "screen": self.screen}
        who = {"id": self.id, "name": self.name, "role": self.role, "media": media}
        return {**who, "hand": self.hand, "hand_at": self.hand_at, "may_share": self.may_share}


class Unseen:
    """Decodes nothing of what browsers send: no test looks at it, and it costs most of a test's time."""

    def decode(self, frame: Any) -> list[Any]:
        return []


class Still(VideoStreamTrack):
    """One picture, again and again, with a dot that moves."""

    def __init__(self, picture: Image.Image, fps: int) -> None:
        super().__init__()
        self._pixels = np.asarray(picture.convert("RGB"))
        self._fps = fps
        self._count = 0
        self._start = time.monotonic()

    async def recv(self) -> VideoFrame:
        await asyncio.sleep(self._start + self._count / self._fps - time.monotonic())
        pixels = self._pixels.copy()
        x = 8 + self._count * 4 % (pixels.shape[1] - 16)
        pixels[-6:-2, x : x + 4] = 200
        frame = VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = self._count * 90_000 // self._fps, VIDEO_CLOCK
        self._count += 1
        return frame


def portrait(colour: tuple[int, int, int]) -> Image.Image:
    """Head and shoulders before a wall."""
    picture = Image.new("RGB", (480, 270), colour)
    draw = ImageDraw.Draw(picture)
    for row in range(270):
        shade = tuple(int(part * (1.15 - row / 600)) for part in colour)
        draw.line([(0, row), (480, row)], fill=shade)
    dark = tuple(part // 2 for part in colour)
    draw.ellipse((130, 175, 350, 400), fill=dark)
    draw.ellipse((190, 60, 290, 190), fill=(224, 182, 150))
    draw.pieslice((182, 48, 298, 160), 180, 360, fill=(60, 42, 30))
    return picture


def slide() -> Image.Image:
    """Something with text on it, as a shared screen has."""
    picture = Image.new("RGB", (1280, 720), (250, 248, 242))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 1280, 44), fill=(40, 60, 52))
    draw.text((16, 12), "lesson.py", fill=(240, 240, 230), font_size=20)
    for line in range(LINES):
        text = "    " * (line % 3) + f"step_{line} = compose(step_{line - 1}, tempo={60 + line})"
        draw.text((40, 70 + line * 38), text, fill=(40, 40, 60), font_size=24)
    return picture


@dataclass
class MediaPeer:
    """The far end of one browser's RTCPeerConnection. Impolite on glare, as the server is."""

    send: Send
    pc: RTCPeerConnection = field(default_factory=RTCPeerConnection)
    sections: dict[tuple[str, str], RTCRtpTransceiver] = field(default_factory=dict)
    labels: list[dict[str, Any]] = field(default_factory=list)  # what the browser said it sends
    received: list[MediaStreamTrack] = field(default_factory=list)
    rid_line: str = ""

    def __post_init__(self) -> None:
        self.pc.on("track", self.received.append)

    async def offered(self, message: dict[str, Any]) -> None:
        """Answer the browser's offer, or refuse it when ours is open."""
        if self.pc.signalingState != "stable":
            self.send({"type": "error", "code": "glare", "message": "Ours is open.", "re": "offer"})
            return
        offer = RTCSessionDescription(without_extensions(message["offer"]["sdp"]), "offer")
        await self.pc.setRemoteDescription(offer)
        self.labels.append(message.get("tracks") or {})
        found = RID_LINE.search(message["offer"]["sdp"])
        self.rid_line = found[0] if found else ""
        await self.pc.setLocalDescription(await self.pc.createAnswer())
        self.send({"type": "answer", "answer": self._description()})

    async def answered(self, message: dict[str, Any]) -> None:
        if self.pc.signalingState == "have-local-offer":
            await self.pc.setRemoteDescription(RTCSessionDescription(**message["answer"]))

    async def deliver(self, people: list[Person]) -> None:
        """Offer the tracks of `people`, and only theirs."""
        wanted = {(one.id, source): one for one in people for source in self._sources(one)}
        for key, one in wanted.items():
            if key not in self.sections:
                track = self._track(one, key[1])
                self.sections[key] = self.pc.addTransceiver(track, direction="sendonly")
        for key, section in self.sections.items():
            section.direction = "sendonly" if key in wanted else "inactive"
        await self.offer(wanted)

    async def offer(self, wanted: dict[tuple[str, str], Person] | None = None) -> None:
        keys = wanted if wanted is not None else self.sections
        await self.pc.setLocalDescription(await self.pc.createOffer())
        tracks = {
            self.sections[key].mid: {"participant": key[0], "source": key[1]}
            for key in keys
            if key in self.sections
        }
        self.send({"type": "offer", "offer": self._description(), "tracks": tracks})

    async def close(self) -> None:
        await self.pc.close()

    def _description(self) -> dict[str, str]:
        local = self.pc.localDescription
        return {"type": local.type, "sdp": with_rid(without_extensions(local.sdp), self.rid_line)}

    @staticmethod
    def _sources(person: Person) -> list[str]:
        on = [("microphone", True), ("camera", person.camera), ("screen", person.screen)]
        return [source for source, sent in on if sent]

    @staticmethod
    def _track(person: Person, source: str) -> MediaStreamTrack:
        if source == "microphone":
            return AudioStreamTrack()
        if source == "screen":
            return Still(slide(), SCREEN_FPS)
        return Still(portrait(person.colour), CAMERA_FPS)
