"""RTP header extensions in their one-byte and two-byte forms (RFC 8285), read lazily."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from media.rtp.errors import MalformedPacket
from media.rtp.header import EXTENSION, Header

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_WIDE_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
VIDEO_ORIENTATION = "urn:3gpp:video-orientation"

ONE_BYTE = 0xBEDE  # RFC 8285 §4.2
TWO_BYTE = 0x1000  # RFC 8285 §4.3; the low four bits are free
ONE_BYTE_LAST_ID = 14
ONE_BYTE_LONGEST = 16  # bytes of one value


def elements(packet: bytes, header: Header) -> Iterator[tuple[int, bytes]]:
    """Each element as (id, value), in the order they stand; none for a profile that is not RFC 8285.

    Raises MalformedPacket when a length points past the extension."""
    if header.extension_profile == ONE_BYTE:
        return _one_byte_elements(packet, header.extension_offset, header.payload_offset)
    if header.extension_profile & 0xFFF0 == TWO_BYTE:
        return _two_byte_elements(packet, header.extension_offset, header.payload_offset)
    return iter(())


def all_elements(packet: bytes, header: Header) -> tuple[tuple[int, bytes], ...]:
    """Each element as (id, value), read once for all who share the header.

    What follows a length that lies is left out."""
    found = header.extensions
    if found is None:
        found = header.extensions = tuple(_until_a_lie(elements(packet, header)))
    return found


def _until_a_lie(found: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    try:
        yield from found
    except MalformedPacket:
        return


def read_extension(packet: bytes, header: Header, id: int) -> bytes | None:
    """The value of one element, or None when the packet has no such element.

    Raises MalformedPacket."""
    for found, value in elements(packet, header):
        if found == id:
            return value
    return None


def _one_byte_elements(packet: bytes, offset: int, end: int) -> Iterator[tuple[int, bytes]]:
    """RFC 8285 §4.2: id 0 is a padding byte, id 15 ends the list."""
    while offset < end:
        first = packet[offset]
        offset += 1
        id = first >> 4
        if id == 0:
            continue
        if id == 15:
            return
        value_end = offset + (first & 0x0F) + 1
        if value_end > end:
            raise MalformedPacket("header extension element is cut off")
        yield id, packet[offset:value_end]
        offset = value_end


def _two_byte_elements(packet: bytes, offset: int, end: int) -> Iterator[tuple[int, bytes]]:
    """RFC 8285 §4.3: id and length in a byte each; id 0 is a padding byte without a length."""
    while offset < end:
        id = packet[offset]
        offset += 1
        if id == 0:
            continue
        if offset == end or (value_end := offset + 1 + packet[offset]) > end:
            raise MalformedPacket("header extension element is cut off")
        yield id, packet[offset + 1 : value_end]
        offset = value_end


def build_extension(values: Iterable[tuple[int, bytes]]) -> bytes:
    """A whole one-byte form extension, profile and padding included; b"" when nothing is in it.

    Values that the form can't carry (id over 14, empty, over 16 bytes) are left out."""
    body = bytearray()
    for id, value in values:
        if 0 < id <= ONE_BYTE_LAST_ID and 0 < len(value) <= ONE_BYTE_LONGEST:
            body.append(id << 4 | len(value) - 1)
            body += value
    if not body:
        return b""
    body += bytes(-len(body) % 4)
    return EXTENSION.pack(ONE_BYTE, len(body) // 4) + body
