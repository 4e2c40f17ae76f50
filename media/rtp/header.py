"""The RTP fixed header and where everything behind it lies (RFC 3550 §5.1, §5.3.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct

from media.rtp.errors import MalformedPacket

HEADER_LENGTH = 12  # bytes, without CSRC list and extension
VERSION_2 = 0x80
PADDING_BIT = 0x20
EXTENSION_BIT = 0x10
MARKER_BIT = 0x80

FIXED = Struct(">BBHII")  # flags, marker and payload type, sequence number, timestamp, SSRC
EXTENSION = Struct(">HH")  # profile, length in 32-bit words


@dataclass(slots=True)
class Header:
    """A parsed header. Offsets count from the packet's first byte.

    Treat it as frozen: it is made once per packet on the hot path, and `frozen=True` makes that five
    times dearer. `extension_offset` is where the extension's elements begin; they end at
    `payload_offset`. Without an extension `extension_profile` and `extension_offset` are 0. The payload
    ends at `payload_end`, where padding begins. `extensions` are the extension's elements once somebody
    has read them (`extensions.all_elements`): all receivers of a packet share its header.
    """

    payload_type: int
    marker: bool
    sequence_number: int
    timestamp: int
    ssrc: int
    payload_offset: int
    payload_end: int
    extension_profile: int
    extension_offset: int
    extensions: tuple[tuple[int, bytes], ...] | None = field(default=None, compare=False, repr=False)


def parse_header(packet: bytes) -> Header:
    """The header of one RTP packet; the payload is not looked at.

    Raises MalformedPacket when version, CSRC count, extension length or padding can't be true."""
    length = len(packet)
    if length < HEADER_LENGTH:
        raise MalformedPacket("RTP packet shorter than its header")
    flags, kind, sequence_number, timestamp, ssrc = FIXED.unpack_from(packet)
    if flags >> 6 != 2:
        raise MalformedPacket("RTP version is not 2")
    offset = HEADER_LENGTH + 4 * (flags & 0x0F)
    profile = extension = 0
    if flags & EXTENSION_BIT:
        if offset + 4 > length:
            raise MalformedPacket("RTP header extension is cut off")
        profile, words = EXTENSION.unpack_from(packet, offset)
        extension = offset + 4
        offset = extension + 4 * words
    end = length - _padding(packet) if flags & PADDING_BIT else length
    if offset > end:
        raise MalformedPacket("RTP packet shorter than its CSRC list, extension and padding")
    return Header(
        kind & 0x7F, kind > 0x7F, sequence_number, timestamp, ssrc, offset, end, profile, extension
    )


def _padding(packet: bytes) -> int:
    """The padding length, which the last byte tells; it counts itself (RFC 3550 §5.1)."""
    count = packet[-1]
    if count == 0:
        raise MalformedPacket("RTP padding of length 0")
    return count
