"""RTP packets as tests need them: built by hand, byte by byte."""

from __future__ import annotations

from collections.abc import Sequence

from media.rtp.extensions import build_extension
from media.rtp.header import FIXED, Header, parse_header

SSRC = 0x11223344
RTX_SSRC = 0x55667788
VP8, VP8_RTX, OPUS = 96, 97, 111
FRAME_UNITS = 3000  # of the 90 kHz clock: 30 frames per second


def rtp(
    sequence_number: int,
    timestamp: int = 0,
    payload: bytes = b"payload",
    *,
    ssrc: int = SSRC,
    payload_type: int = VP8,
    marker: bool = False,
    extensions: Sequence[tuple[int, bytes]] = (),
    padding: int = 0,
    csrcs: Sequence[int] = (),
) -> bytes:
    """One RTP packet; numbers are taken modulo their fields."""
    extension = build_extension(extensions)
    flags = 0x80 | (0x20 if padding else 0) | (0x10 if extension else 0) | len(csrcs)
    fixed = FIXED.pack(
        flags,
        (0x80 if marker else 0) | payload_type,
        sequence_number & 0xFFFF,
        timestamp & 0xFFFFFFFF,
        ssrc,
    )
    listed = b"".join(csrc.to_bytes(4, "big") for csrc in csrcs)
    filler = bytes(padding - 1) + bytes([padding]) if padding else b""
    return fixed + listed + extension + payload + filler


def parsed(packet: bytes) -> tuple[bytes, Header]:
    return packet, parse_header(packet)


def payload_of(packet: bytes) -> bytes:
    header = parse_header(packet)
    return packet[header.payload_offset : header.payload_end]


def vp8_keyframe(width: int = 320, height: int = 240, data: bytes = b"k" * 20) -> bytes:
    """A VP8 payload that starts a keyframe; its picture is not decodable."""
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return b"\x10" + b"\x10\x02\x00\x9d\x01\x2a" + size + data


def vp8_delta(data: bytes = b"d" * 20, *, start: bool = True) -> bytes:
    """A VP8 payload of an interframe: its first packet, or a later one."""
    return (b"\x10" if start else b"\x00") + b"\x11\x02\x00" + data
