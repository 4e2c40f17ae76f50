"""The narrow seam: all that rooms, recording and RTP know of each other.

A `Source` is one stream of a published track. A `Sink` takes its packets: one per subscriber.
Packets are whole RTP packets (RFC 3550 §5.1) as received, already authenticated and decrypted; sinks
must not change them. Times are seconds of one monotonic clock, given by the caller.
"""

from __future__ import annotations

from typing import Literal, Protocol

from media.rtp.header import Header

Kind = Literal["audio", "video"]


NEVER = float("inf")  # when something is due that waits for nothing


def nothing() -> None:
    """For who needs not be told that something is due."""


class Sink(Protocol):
    """Takes packets of one source, called synchronously from the socket callback: never blocks."""

    def forward(self, packet: bytes, header: Header, now: float) -> None:
        """One packet, in the order of arrival."""

    def ended(self, now: float) -> None:
        """The source is gone; no packet will follow."""


class Source(Protocol):
    """One stream of a published track, as its sinks see it."""

    @property
    def kind(self) -> Kind: ...

    @property
    def clock_rate(self) -> int:
        """RTP timestamp units per second: 90000 for video, 48000 for Opus."""

    def attach(self, sink: Sink, now: float) -> None: ...

    def detach(self, sink: Sink) -> None: ...

    def request_keyframe(self, now: float) -> None:
        """Ask the publisher for a keyframe, throttled; for audio nothing happens."""

    def sender_clock(self) -> tuple[int, int, float] | None:
        """The newest Sender Report: (NTP timestamp of 64 bits, RTP timestamp, arrival time)."""


class PacketNumbers(Protocol):
    """Numbers all packets of one transport (draft-holmer-rmcat-transport-wide-cc-extensions-01)."""

    def next(self, size: int, now: float) -> int:
        """The 16-bit number of a packet of `size` bytes that is about to be sent."""
