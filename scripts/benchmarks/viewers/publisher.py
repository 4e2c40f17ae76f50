"""A publisher that plays the recorded layers as a browser would send them: rids, transport-wide numbers,
Sender Reports on one clock, and a keyframe when it is asked for one."""

from __future__ import annotations

import asyncio
import random
import struct
import time

from media.rtp.errors import MalformedPacket
from media.rtp.extensions import (
    AUDIO_LEVEL,
    MID,
    REPAIRED_RID,
    RID,
    TRANSPORT_WIDE_CC,
    build_extension,
)
from media.rtp.header import FIXED
from media.rtp.rtcp import PictureLossIndication, SenderReport, build_sender_report, parse_compound
from media.rtp.sequence import SEQUENCE_MASK, TIMESTAMP_MASK
from scripts.benchmarks.load.description import EXTENSION_IDS, OPUS, VP8, write_offer
from scripts.benchmarks.load.peer import LoadPeer
from scripts.benchmarks.viewers.recorded import (
    AUDIO_S,
    AUDIO_UNITS,
    FPS,
    FRAME_UNITS,
    Layer,
)

RID_ID, REPAIRED_RID_ID = 5, 6
UNIX_TO_NTP_S = 2_208_988_800
LEVEL = bytes([30])  # -30 dBov, without the voice flag
EXTENSION, MARKER = 0x90, 0x80
FIRST_OF_FRAME = bytes([0x90, 0x80])  # payload descriptor with a picture id (RFC 7741 §4.2)
LATER_OF_FRAME = bytes([0x80, 0x80])


def layered_offer(peer: LoadPeer, rids: list[str]) -> str:
    return with_layers(write_offer(peer.local), rids)


def with_layers(sdp: str, rids: list[str]) -> str:
    """The load's offer, with simulcast in its camera section (the last) and no SSRCs there."""
    start = sdp.index("m=video")
    video = [line for line in sdp[start:].split("\r\n") if line and not line.startswith("a=ssrc")]
    video += [f"a=extmap:{RID_ID} {RID}", f"a=extmap:{REPAIRED_RID_ID} {REPAIRED_RID}"]
    video += [*(f"a=rid:{rid} send" for rid in rids), f"a=simulcast:send {';'.join(rids)}"]
    return sdp[:start] + "\r\n".join(video) + "\r\n"


def with_layers_in(sdp: str, mid: str, rids: list[str]) -> str:
    """The same for the section of that mid, wherever it stands."""
    parts = sdp.split("\r\nm=")
    for index, part in enumerate(parts):
        if f"\r\na=mid:{mid}\r\n" in part and part.startswith("video"):
            parts[index] = with_layers(f"m={part}", rids).removeprefix("m=").removesuffix("\r\n")
    return "\r\nm=".join(parts).rstrip("\r\n") + "\r\n"


class _Playing:
    """Where the film is on one layer, and its numbers."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.ssrc = random.getrandbits(31)
        self.number = random.getrandbits(14)
        self.timestamp = random.getrandbits(30)
        self.picture = random.getrandbits(15)
        self.frame = 0
        self.packets = self.octets = 0


class LayeredPublisher(LoadPeer):
    """`start` once connected; `keyframes` counts those that were asked for."""

    def start(self, layers: tuple[Layer, ...], sound: tuple[bytes, ...]) -> None:
        self.keyframes = 0
        self._layers = [_Playing(layer) for layer in layers]
        self._sound = sound
        self._audio_number, self._audio_timestamp = random.getrandbits(14), random.getrandbits(30)
        self._wide = 0
        self._tasks = [
            asyncio.create_task(self._every(1 / FPS, self._send_frames)),
            asyncio.create_task(self._every(AUDIO_S, self._send_sound)),
            asyncio.create_task(self._every(1.0, self._send_reports)),
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await super().close()

    def take_rtcp(self, datagram: bytes) -> None:
        packet = self._srtp.unprotect_rtcp(datagram) if self._srtp else None
        if packet is None:
            return
        try:
            reports = parse_compound(packet)
        except MalformedPacket:
            return
        for report in reports:
            if isinstance(report, PictureLossIndication):
                self._restart(report.media_ssrc)

    def _restart(self, ssrc: int) -> None:
        for playing in self._layers:
            if playing.ssrc == ssrc and playing.frame:
                playing.frame = 0
                self.keyframes += 1

    async def _every(self, seconds: float, send: object) -> None:
        """At a fixed pace; a late turn is made up for."""
        due = self._loop.time()
        while True:
            send()  # type: ignore[operator]
            due += seconds
            await asyncio.sleep(max(0.0, due - self._loop.time()))

    def _send_frames(self) -> None:
        for playing in self._layers:
            parts = playing.layer.frames[playing.frame]
            picture = struct.pack("!H", 0x8000 | playing.picture)
            for index, part in enumerate(parts):
                playing.number = (playing.number + 1) & SEQUENCE_MASK
                kind = VP8 | (MARKER if index == len(parts) - 1 else 0)
                header = FIXED.pack(EXTENSION, kind, playing.number, playing.timestamp, playing.ssrc)
                start = LATER_OF_FRAME if index else FIRST_OF_FRAME
                self._protect(header + self._extension(playing.layer.rid) + start + picture + part)
                playing.packets += 1
                playing.octets += len(part)
            playing.frame = (playing.frame + 1) % len(playing.layer.frames)
            playing.picture = (playing.picture + 1) & 0x7FFF
            playing.timestamp = (playing.timestamp + FRAME_UNITS) & TIMESTAMP_MASK

    def _send_sound(self) -> None:
        self._audio_number = (self._audio_number + 1) & SEQUENCE_MASK
        self._audio_timestamp = (self._audio_timestamp + AUDIO_UNITS) & TIMESTAMP_MASK
        header = FIXED.pack(
            EXTENSION, OPUS, self._audio_number, self._audio_timestamp, self.local.audio_ssrc
        )
        level = build_extension([(EXTENSION_IDS[AUDIO_LEVEL], LEVEL)])
        self._protect(header + level + self._sound[self._audio_number % len(self._sound)])

    def _extension(self, rid: str) -> bytes:
        self._wide = (self._wide + 1) & SEQUENCE_MASK
        return build_extension(
            [
                (EXTENSION_IDS[MID], b"1"),
                (RID_ID, rid.encode()),
                (EXTENSION_IDS[TRANSPORT_WIDE_CC], self._wide.to_bytes(2, "big")),
            ]
        )

    def _send_reports(self) -> None:
        """All layers on one clock, so that the node can align them."""
        now = time.time() + UNIX_TO_NTP_S
        ntp = int(now * (1 << 32))
        for each in self._layers:
            report = SenderReport(each.ssrc, ntp, each.timestamp, each.packets, each.octets)
            datagram = self._srtp.protect_rtcp(build_sender_report(report)) if self._srtp else None
            if datagram is not None:
                self._send(datagram)

    def _protect(self, packet: bytes) -> None:
        datagram = self._srtp.protect(packet) if self._srtp else None
        if datagram is not None:
            self._send(datagram)
