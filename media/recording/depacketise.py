"""RTP packets to frames that can be muxed: VP8 (RFC 7741) and Opus (RFC 7587). Nothing is decoded.

PURE: packets and arrival times go in, whole frames come out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from media.recording.reorder import Ordered, ReorderBuffer
from media.rtp import opus, vp8
from media.rtp.errors import MalformedPacket
from media.rtp.header import Header
from media.rtp.sequence import Unwrapper

VIDEO_HOLD_S = 0.5  # for a retransmission: four or five tries
AUDIO_HOLD_S = 0.2  # audio is not retransmitted: only reordering is waited for
MAX_FRAME = 8 * 1024 * 1024  # bytes; a publisher that never ends a frame must not fill the memory

Arrived = tuple[bytes, Header, float]


@dataclass(slots=True)
class Frame:
    """One VP8 frame or Opus packet. Treat it as frozen; to make it so costs five times as much.

    `timestamp` is in RTP units and never wraps, `arrival` is its first packet's, `duration` in RTP units
    (0: unknown), `width` and `height` are 0 unless `keyframe` of video."""

    data: bytes
    timestamp: int
    arrival: float
    keyframe: bool
    duration: int = 0
    width: int = 0
    height: int = 0


class AudioDepacketiser:
    """Every Opus packet is a frame of its own; lost ones leave a gap in the timestamps."""

    needs_keyframe = False

    def __init__(self) -> None:
        self._reorder: ReorderBuffer[Arrived] = ReorderBuffer(AUDIO_HOLD_S)
        self._timestamps = Unwrapper(32)

    def push(self, packet: bytes, header: Header, now: float) -> list[Frame]:
        return self._frames(self._reorder.push(header.sequence_number, (packet, header, now), now))

    def release(self, now: float) -> list[Frame]:
        return self._frames(self._reorder.release(now))

    def flush(self) -> list[Frame]:
        return self._frames(self._reorder.flush())

    def _frames(self, ordered: Iterable[Ordered[Arrived]]) -> list[Frame]:
        frames = []
        for _, (packet, header, arrival) in ordered:
            data = packet[header.payload_offset : header.payload_end]
            duration = opus.packet_duration(data)
            if duration:
                timestamp = self._timestamps.unwrap(header.timestamp)
                frames.append(Frame(data, timestamp, arrival, True, duration))
        return frames


class _First(NamedTuple):
    """The first packet of the frame that is being put together."""

    payload: vp8.Vp8Payload
    header: Header
    arrival: float


class VideoDepacketiser:
    """Whole VP8 frames, from a keyframe on. After a loss all is dropped until the next keyframe.

    `needs_keyframe` is True while it drops."""

    def __init__(self) -> None:
        self._reorder: ReorderBuffer[Arrived] = ReorderBuffer(VIDEO_HOLD_S)
        self._timestamps = Unwrapper(32)
        self._parts: list[bytes] = []
        self._size = 0
        self._first: _First | None = None
        self.needs_keyframe = True

    def push(self, packet: bytes, header: Header, now: float) -> list[Frame]:
        return self._frames(self._reorder.push(header.sequence_number, (packet, header, now), now))

    def release(self, now: float) -> list[Frame]:
        return self._frames(self._reorder.release(now))

    def flush(self) -> list[Frame]:
        return self._frames(self._reorder.flush())

    def _frames(self, ordered: Iterable[Ordered[Arrived]]) -> list[Frame]:
        frames: list[Frame] = []
        for gap, (packet, header, arrival) in ordered:
            if gap:
                self._break()
            if header.payload_offset == header.payload_end:
                continue  # padding only: a bandwidth probe
            self._take(packet, header, arrival, frames)
        return frames

    def _take(self, packet: bytes, header: Header, arrival: float, frames: list[Frame]) -> None:
        try:
            at = self._begin(packet, header, arrival, frames)
        except MalformedPacket:
            self._break()
            return
        if self._first is None or self._first.header.timestamp != header.timestamp:
            self._break()
            return
        self._append(packet[at : header.payload_end])
        if header.marker:
            self._finish(frames)

    def _begin(self, packet: bytes, header: Header, arrival: float, frames: list[Frame]) -> int:
        """Begin a frame if one starts here; where the packet's VP8 data begins."""
        if not vp8.may_start_frame(packet, header):
            return vp8.data_offset(packet, header)
        payload = vp8.parse_payload(packet, header)
        self._finish(frames)  # its last packet may lack the marker
        if payload.keyframe:
            self.needs_keyframe = False
        self._first = _First(payload, header, arrival)
        return payload.data_offset

    def _append(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._size > MAX_FRAME:
            self._break()

    def _finish(self, frames: list[Frame]) -> None:
        first, data = self._first, b"".join(self._parts)
        self._clear()
        if first is not None and not self.needs_keyframe:
            payload, header, arrival = first
            timestamp = self._timestamps.unwrap(header.timestamp)
            size = (payload.width, payload.height)
            frames.append(Frame(data, timestamp, arrival, payload.keyframe, 0, *size))

    def _break(self) -> None:
        """What was being put together is lost, and with it all that refers to it."""
        self._clear()
        self.needs_keyframe = True

    def _clear(self) -> None:
        self._parts = []
        self._size = 0
        self._first = None
