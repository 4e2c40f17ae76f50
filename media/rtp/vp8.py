"""VP8 in RTP: the payload descriptor (RFC 7741 §4.2) and a frame's first bytes (RFC 6386 §9.1)."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from struct import error as StructError

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
LONG_BIT = LONG_PICTURE_ID_BIT << 8  # of a picture id read as two bytes
BOTH_ID_BITS = PICTURE_ID_BIT | TL0PICIDX_BIT
BOTH_IDS = Struct(">BBHB")  # a descriptor as browsers write it: two flag bytes, picture id, TL0PICIDX
LONG_PICTURE_ID_MASK, SHORT_PICTURE_ID_MASK, TL0PICIDX_MASK = 0x7FFF, 0x7F, 0xFF

INTER_FRAME_BIT = 0x01  # RFC 6386 §9.1: the inverse key frame flag, first bit of the frame
START_CODE = b"\x9d\x01\x2a"
KEYFRAME_HEADER_LENGTH = 10  # bytes: frame tag 3, start code 3, width 2, height 2


@dataclass(slots=True)
class Vp8Payload:
    """What one packet carries. Treat it as frozen; to make it so costs five times as much.

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


@dataclass(frozen=True, slots=True)
class FrameIds:
    """What numbers a frame in the descriptor of its packets; None where it is left out.

    `long` tells that the picture id was written in 15 bits."""

    picture_id: int | None = None
    tl0picidx: int | None = None
    long: bool = False


@dataclass(frozen=True, slots=True)
class IdStep:
    """How far one stream's ids lie behind those that a receiver gets.

    `long` tells that its picture ids count to 15 bits, though small ones may be written in 7."""

    picture_id: int
    tl0picidx: int
    long: bool

    def descriptor(self, packet: bytes, offset: int) -> tuple[bytes, int]:
        """The payload descriptor at `offset` with the ids moved on, and where the rest begins.

        On the hot path. One without ids, or cut off, comes out as it is: empty, the rest at `offset`."""
        try:
            first, extension, number, tl0picidx = BOTH_IDS.unpack_from(packet, offset)
        except StructError:
            return self._rare(packet, offset)
        if not (first & EXTENDED_BIT and extension & BOTH_ID_BITS == BOTH_ID_BITS and number & LONG_BIT):
            return self._rare(packet, offset)
        number = (number + self.picture_id) & LONG_PICTURE_ID_MASK | LONG_BIT
        tl0picidx = (tl0picidx + self.tl0picidx) & TL0PICIDX_MASK
        return BOTH_IDS.pack(first, extension, number, tl0picidx), offset + BOTH_IDS.size

    def _rare(self, packet: bytes, offset: int) -> tuple[bytes, int]:
        try:
            return self._moved(packet, offset) if packet[offset] & EXTENDED_BIT else (b"", offset)
        except IndexError:
            return b"", offset

    def _moved(self, packet: bytes, offset: int) -> tuple[bytes, int]:
        """Where an id is left out, or the picture id is written in 7 bits."""
        extension = packet[offset + 1]
        at = offset + 2
        ids = b""
        if extension & PICTURE_ID_BIT:
            number = packet[at]
            at += 1
            if number & LONG_PICTURE_ID_BIT:
                number = number << 8 | packet[at]
                at += 1
            elif not self.long:
                ids = bytes(((number + self.picture_id) & SHORT_PICTURE_ID_MASK,))
            if not ids:
                moved = (number + self.picture_id) & LONG_PICTURE_ID_MASK | LONG_BIT
                ids = moved.to_bytes(2, "big")
        if extension & TL0PICIDX_BIT:
            ids += bytes(((packet[at] + self.tl0picidx) & TL0PICIDX_MASK,))
            at += 1
        return packet[offset : offset + 2] + ids, at


def frame_ids(packet: bytes, offset: int) -> FrameIds:
    """The ids in the payload descriptor at `offset`; none of one that is cut off."""
    try:
        if not packet[offset] & EXTENDED_BIT:
            return FrameIds()
        extension, at = packet[offset + 1], offset + 2
        picture_id, long = None, False
        if extension & PICTURE_ID_BIT:
            picture_id, at = _picture_id(packet, at, len(packet))
            long = at == offset + 4
        return FrameIds(picture_id, packet[at] if extension & TL0PICIDX_BIT else None, long)
    except (IndexError, MalformedPacket):
        return FrameIds()


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


def may_start_frame(packet: bytes, header: Header) -> bool:
    """Whether the packet says that it is the first of a frame."""
    return header.payload_offset < header.payload_end and _starts_frame(packet[header.payload_offset])


def data_offset(packet: bytes, header: Header) -> int:
    """Where VP8 data begins. Raises MalformedPacket when the descriptor is cut off or none follows it."""
    return _skip_descriptor(packet, header.payload_offset, header.payload_end)[1]


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
