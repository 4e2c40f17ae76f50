"""H.264 in RTP: only whether a packet begins a keyframe (RFC 6184 §5.2 to §5.8)."""

from __future__ import annotations

from media.rtp.header import Header

TYPE_MASK = 0x1F
IDR_SLICE = 5
SEQUENCE_PARAMETER_SET = 7  # stands before every IDR picture in WebRTC
STAP_A = 24
FU_A = 28
FU_START_BIT = 0x80


def starts_keyframe(packet: bytes, header: Header) -> bool:
    """True when the packet holds a sequence parameter set or the first part of an IDR slice."""
    offset, end = header.payload_offset, header.payload_end
    if end - offset < 2:
        return False
    kind = packet[offset] & TYPE_MASK
    if kind == STAP_A:
        return _aggregate_starts_keyframe(packet, offset + 1, end)
    if kind == FU_A:
        second = packet[offset + 1]
        return bool(second & FU_START_BIT) and second & TYPE_MASK == IDR_SLICE
    return kind in (IDR_SLICE, SEQUENCE_PARAMETER_SET)


def _aggregate_starts_keyframe(packet: bytes, offset: int, end: int) -> bool:
    """RFC 6184 §5.7.1: 16 bits of size, then the unit, repeated."""
    while offset + 2 < end:
        if packet[offset + 2] & TYPE_MASK in (IDR_SLICE, SEQUENCE_PARAMETER_SET):
            return True
        offset += 2 + int.from_bytes(packet[offset : offset + 2], "big")
    return False
