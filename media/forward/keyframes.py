"""When to ask a publisher for a keyframe, and how to know one by codec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from media.rtp import h264, vp8
from media.rtp.errors import MalformedPacket
from media.rtp.header import Header

Codec = Literal["VP8", "H264", "opus"]

MIN_INTERVAL_S = 1.0  # between two requests for one stream (Janus, LiveKit, JVB practice)
LOWEST_INTERVAL_S = 0.5  # for the lowest of several layers, whose keyframes are small


def _never(packet: bytes, header: Header) -> bool:
    return False


STARTS_KEYFRAME: Mapping[Codec, Callable[[bytes, Header], bool]] = {
    "VP8": vp8.starts_keyframe,
    "H264": h264.starts_keyframe,
    "opus": _never,
}


def frame_size(codec: Codec, packet: bytes, header: Header) -> tuple[int, int] | None:
    """Width and height that a keyframe's first packet tells, in pixels; None where it does not."""
    if codec != "VP8":
        return None
    try:
        payload = vp8.parse_payload(packet, header)
    except MalformedPacket:
        return None
    return payload.width, payload.height


class KeyframeThrottle:
    """One request per `interval` seconds; a refused one waits until it is due or a keyframe came."""

    __slots__ = ("_asked_at", "_interval", "_waiting")

    def __init__(self, interval: float = MIN_INTERVAL_S) -> None:
        self._interval = interval
        self._asked_at: float | None = None
        self._waiting = False

    def ask(self, now: float) -> bool:
        """True when the request may go out now."""
        if self._asked_at is not None and now - self._asked_at < self._interval:
            self._waiting = True
            return False
        self._asked_at = now
        self._waiting = False
        return True

    def arrived(self) -> None:
        """A keyframe began: whoever waited has it."""
        self._waiting = False

    @property
    def next_due(self) -> float | None:
        """When a remembered request may go out."""
        if not self._waiting or self._asked_at is None:
            return None
        return self._asked_at + self._interval

    def take_due(self, now: float) -> bool:
        """True when a remembered request is due; it counts as sent."""
        due = self.next_due
        return due is not None and now >= due and self.ask(now)
