"""The header of a forwarded packet, rewritten for one subscriber."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from struct import Struct

from media.forward.interfaces import PacketNumbers
from media.forward.span import Span
from media.rtp.extensions import ONE_BYTE, ONE_BYTE_LAST_ID, all_elements, build_extension
from media.rtp.header import EXTENSION_BIT, FIXED, MARKER_BIT, PADDING_BIT, VERSION_2, Header
from media.rtp.rtx import OSN
from media.rtp.sequence import SEQUENCE_MASK, TIMESTAMP_MASK

NUMBERED = Struct(
    ">BBHIIHHBHx"
)  # a fixed header and an extension with nothing but a transport-wide number
NUMBER = Struct(">H")
NUMBER_AT = 5  # in an extension that begins with it: profile, length, the element's id and length
LONGEST_PADDING = 255  # bytes, the last of which tells their count


@dataclass(frozen=True, slots=True)
class OutgoingStream:
    """What a subscriber was told of the stream that it gets: numbers of its own section.

    Extension ids are None where it takes no such extension, the RTX values where it takes no RTX."""

    ssrc: int
    payload_type: int
    rtx_ssrc: int | None = None
    rtx_payload_type: int | None = None
    mid: str = ""
    mid_extension_id: int | None = None
    transport_cc_extension_id: int | None = None

    @property
    def has_rtx(self) -> bool:
        return self.rtx_ssrc is not None and self.rtx_payload_type is not None


class Rewriter:
    """`extension_map` maps the publisher's extension ids to the subscriber's; others are dropped.

    `mid` is the subscriber's mid element (id, value), written into every packet while it is set. CSRCs
    are dropped: they mean nothing outside the publisher's session."""

    __slots__ = (
        "_number_id",
        "_number_tag",
        "_numbers",
        "_payload_type",
        "_rtx_payload_type",
        "_rtx_ssrc",
        "_ssrc",
        "extension_map",
        "mid",
    )

    def __init__(
        self,
        stream: OutgoingStream,
        extension_map: Mapping[int, int],
        numbers: PacketNumbers | None = None,
    ) -> None:
        self._ssrc = stream.ssrc
        self._payload_type = stream.payload_type
        self._rtx_ssrc = stream.rtx_ssrc or 0
        self._rtx_payload_type = stream.rtx_payload_type or 0
        self.extension_map = extension_map
        mid_id = stream.mid_extension_id
        self.mid = None if mid_id is None else (mid_id, stream.mid.encode())
        self._number_id = stream.transport_cc_extension_id or 0
        self._number_tag = self._number_id << 4 | NUMBER.size - 1
        self._numbers = numbers if 0 < self._number_id <= ONE_BYTE_LAST_ID else None

    @property
    def numbered(self) -> bool:
        """True when each packet carries a number of its own, so that none can be sent twice as it was."""
        return self._numbers is not None

    def rewrite(self, packet: bytes, header: Header, span: Span, now: float) -> bytes:
        """The packet as this subscriber gets it; fast when no extension is left in it."""
        descriptor, at = b"", header.payload_offset
        if span.ids is not None:
            descriptor, at = span.ids.descriptor(packet, at)
        payload = descriptor + packet[at:] if descriptor else packet[at:]
        flags = VERSION_2 | (packet[0] & PADDING_BIT)
        kind = self._payload_type | (packet[1] & MARKER_BIT)
        number = (header.sequence_number + span.sequence_offset) & SEQUENCE_MASK
        timestamp = (header.timestamp + span.timestamp_offset) & TIMESTAMP_MASK
        listed = self.mid or (self.extension_map and header.extension_profile)
        values = self._values(packet, header) if listed else ()
        if values:
            extension = self._extension(values, len(payload), now)
            flags |= EXTENSION_BIT if extension else 0
            return FIXED.pack(flags, kind, number, timestamp, self._ssrc) + extension + payload
        if self._numbers is None:
            return FIXED.pack(flags, kind, number, timestamp, self._ssrc) + payload
        flags |= EXTENSION_BIT
        tag, count = self._number_tag, self._numbers.next(NUMBERED.size + len(payload), now)
        return (
            NUMBERED.pack(flags, kind, number, timestamp, self._ssrc, ONE_BYTE, 1, tag, count) + payload
        )

    def retransmission(
        self, packet: bytes, header: Header, span: Span, rtx_sequence_number: int, now: float
    ) -> bytes:
        """The packet in the RTX stream (RFC 4588 §4)."""
        at = header.payload_offset
        payload = OSN.pack((header.sequence_number + span.sequence_offset) & SEQUENCE_MASK)
        if span.ids is not None:
            descriptor, at = span.ids.descriptor(packet, at)
            payload += descriptor
        payload += packet[at:]
        flags, marker = packet[0] & PADDING_BIT, packet[1] & MARKER_BIT
        timestamp = (header.timestamp + span.timestamp_offset) & TIMESTAMP_MASK
        extension = self._extension(self._values(packet, header), len(payload), now)
        return self._rtx_header(flags, marker, rtx_sequence_number, timestamp, extension) + payload

    def padding(self, size: int, timestamp: int, rtx_sequence_number: int, now: float) -> bytes:
        """A packet of the RTX stream that holds `size` bytes of padding and nothing else."""
        count = min(max(size, 1), LONGEST_PADDING)
        extension = self._extension([self.mid] if self.mid else [], count, now)
        fixed = self._rtx_header(PADDING_BIT, 0, rtx_sequence_number, timestamp, extension)
        return fixed + bytes(count - 1) + bytes((count,))

    def _rtx_header(
        self, flags: int, marker: int, number: int, timestamp: int, extension: bytes
    ) -> bytes:
        flags |= VERSION_2 | (EXTENSION_BIT if extension else 0)
        kind = self._rtx_payload_type | marker
        return FIXED.pack(flags, kind, number, timestamp & TIMESTAMP_MASK, self._rtx_ssrc) + extension

    def _values(self, packet: bytes, header: Header) -> Sequence[tuple[int, bytes]]:
        """The elements that this subscriber gets, without the number."""
        map = self.extension_map
        if not (map and header.extension_profile):
            return (self.mid,) if self.mid else ()
        values = [(map[id], value) for id, value in all_elements(packet, header) if id in map]
        return [self.mid, *values] if self.mid else values

    def _extension(self, values: Sequence[tuple[int, bytes]], payload_length: int, now: float) -> bytes:
        """The extension with these elements, behind the packet's number where it has one."""
        if self._numbers is None:
            return build_extension(values) if values else b""
        extension = build_extension([(self._number_id, bytes(NUMBER.size)), *values])
        number = self._numbers.next(FIXED.size + len(extension) + payload_length, now)
        return extension[:NUMBER_AT] + NUMBER.pack(number) + extension[NUMBER_AT + NUMBER.size :]
