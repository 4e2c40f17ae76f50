"""Retransmission streams (RFC 4588 §4): the original sequence number stands before the payload."""

from __future__ import annotations

from struct import Struct

from media.rtp.errors import MalformedPacket
from media.rtp.header import FIXED, HEADER_LENGTH, MARKER_BIT, Header

OSN = Struct(">H")  # original sequence number


def original_sequence_number(packet: bytes, header: Header) -> int | None:
    """What a packet of an RTX stream repeats, or None for a probe without payload."""
    if header.payload_end - header.payload_offset < OSN.size:
        return None
    return int(OSN.unpack_from(packet, header.payload_offset)[0])


def restore(packet: bytes, header: Header, ssrc: int, payload_type: int) -> tuple[bytes, Header]:
    """The original packet with its header; extensions and padding stay those of the RTX packet.

    Raises MalformedPacket when the packet repeats nothing."""
    sequence_number = original_sequence_number(packet, header)
    if sequence_number is None:
        raise MalformedPacket("RTX packet without an original sequence number")
    start = header.payload_offset
    kind = payload_type | (MARKER_BIT if header.marker else 0)
    fixed = FIXED.pack(packet[0], kind, sequence_number, header.timestamp, ssrc)
    restored = fixed + packet[HEADER_LENGTH:start] + packet[start + OSN.size :]
    return restored, Header(
        payload_type,
        header.marker,
        sequence_number,
        header.timestamp,
        ssrc,
        start,
        header.payload_end - OSN.size,
        header.extension_profile,
        header.extension_offset,
    )
