"""VP8 in RTP: the payload descriptor (RFC 7741 §4.2) and a frame's first bytes (RFC 6386 §9.1)."""

from __future__ import annotations

from dataclasses import dataclass

from media.rtp.errors import MalformedPacket
from media.rtp.header import Header

# RFC 7741 §4.2, required byte
EXTENDED_BIT = 0x80
NON_REFERENCE_BIT = 0x20
START_BIT = 0x10
PARTITION_MASK = 0x0F
# RFC 7741 §4.2, extension byte
PICTURE_ID_BIT = 0x80
TL0PICIDX_BIT = 0x40
TID_OR_KEYIDX_BITS = 0x30
LONG_PICTURE_ID_BIT = 0x80

INTER_FRAME_BIT = 0x01  # RFC 6386 §9.1: the inverse key frame flag, first bit of the frame
START_CODE = b"\x9d\x01\x2a"
KEYFRAME_HEADER_LENGTH = 10  # bytes: frame tag 3, start code 3, width 2, height 2


@dataclass(frozen=True, slots=True)
class Vp8Payload:
    """What one packet carries.

    `starts_frame` is the first packet of a frame; only it can tell `keyframe`. `width` and `height`
    (pixels) are 0 unless the packet starts a keyframe. `data_offset` is where VP8 data begins."""

    starts_frame: bool
    non_reference: bool
    partition: int
    picture_id: int | None
    keyframe: bool
    width: int
    height: int
    data_offset: int


def parse_payload(packet: bytes, header: Header) -> Vp8Payload:
    """Raises MalformedPacket when the descriptor is cut off or no VP8 data follows it."""
    offset, end = header.payload_offset, header.payload_end
    picture_id, data = _skip_descriptor(packet, offset, end)
    first = packet[offset]
    starts_frame = _starts_frame(first)
    keyframe = starts_frame and not packet[data] & INTER_FRAME_BIT
    width, height = _frame_size(packet, data, end) if keyframe else (0, 0)
    return Vp8Payload(
        starts_frame=starts_frame,
        non_reference=bool(first & NON_REFERENCE_BIT),
        partition=first & PARTITION_MASK,
        picture_id=picture_id,
        keyframe=keyframe,
        width=width,
        height=height,
        data_offset=data,
    )


def starts_keyframe(packet: bytes, header: Header) -> bool:
    """True for the first packet of a keyframe; a malformed packet is none."""
    offset, end = header.payload_offset, header.payload_end
    if offset >= end or not _starts_frame(packet[offset]):
        return False
    try:
        _, data = _skip_descriptor(packet, offset, end)
    except MalformedPacket:
        return False
    return not packet[data] & INTER_FRAME_BIT


def _starts_frame(first: int) -> bool:
    """Start of partition 0 (RFC 7741 §4.2: S set and PID 0)."""
    return bool(first & START_BIT) and not first & PARTITION_MASK


def _skip_descriptor(packet: bytes, offset: int, end: int) -> tuple[int | None, int]:
    """(picture id, offset of the VP8 data)."""
    if offset >= end:
        raise MalformedPacket("VP8 payload is empty")
    picture_id = None
    data = offset + 1
    if packet[offset] & EXTENDED_BIT:
        if data >= end:
            raise MalformedPacket("VP8 payload descriptor is cut off")
        extension = packet[data]
        data += 1
        if extension & PICTURE_ID_BIT:
            picture_id, data = _picture_id(packet, data, end)
        data += bool(extension & TL0PICIDX_BIT) + bool(extension & TID_OR_KEYIDX_BITS)
    if data >= end:
        raise MalformedPacket("VP8 payload descriptor with no data behind it")
    return picture_id, data


def _picture_id(packet: bytes, offset: int, end: int) -> tuple[int, int]:
    """7 or 15 bits, by its first bit."""
    if offset >= end:
        raise MalformedPacket("VP8 picture id is cut off")
    first = packet[offset]
    if not first & LONG_PICTURE_ID_BIT:
        return first, offset + 1
    if offset + 1 >= end:
        raise MalformedPacket("VP8 picture id is cut off")
    return (first & 0x7F) << 8 | packet[offset + 1], offset + 2


def _frame_size(packet: bytes, data: int, end: int) -> tuple[int, int]:
    """Width and height from a keyframe's header; the upper two bits of each are a scaling hint."""
    if data + KEYFRAME_HEADER_LENGTH > end or packet[data + 3 : data + 6] != START_CODE:
        raise MalformedPacket("VP8 keyframe without its start code")
    width = int.from_bytes(packet[data + 6 : data + 8], "little") & 0x3FFF
    height = int.from_bytes(packet[data + 8 : data + 10], "little") & 0x3FFF
    return width, height
