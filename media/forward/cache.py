"""A ring of the newest packets of one source: stored once, it serves the NACKs of every sink."""

from __future__ import annotations

SLOTS = 1024  # packets: a second at 9 Mbit/s of video, twenty of audio


class PacketCache:
    """`slots` must be a power of two. A packet is overwritten by the one `slots` numbers later."""

    __slots__ = ("_mask", "_numbers", "_packets")

    def __init__(self, slots: int = SLOTS) -> None:
        if slots & (slots - 1):
            raise ValueError("the number of slots is no power of two")
        self._mask = slots - 1
        self._packets: list[bytes] = [b""] * slots
        self._numbers = [-1] * slots

    def put(self, sequence_number: int, packet: bytes) -> None:
        slot = sequence_number & self._mask
        self._packets[slot] = packet
        self._numbers[slot] = sequence_number

    def get(self, sequence_number: int) -> bytes | None:
        slot = sequence_number & self._mask
        return self._packets[slot] if self._numbers[slot] == sequence_number else None

    def clear(self) -> None:
        self._packets = [b""] * (self._mask + 1)
        self._numbers = [-1] * (self._mask + 1)
