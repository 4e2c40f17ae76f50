"""The header of a forwarded packet, rewritten for one subscriber."""

from __future__ import annotations

from collections.abc import Mapping

from media.rtp.errors import MalformedPacket
from media.rtp.extensions import build_extension, elements
from media.rtp.header import EXTENSION_BIT, FIXED, MARKER_BIT, PADDING_BIT, VERSION_2, Header
from media.rtp.rtx import OSN
from media.rtp.sequence import SEQUENCE_MASK, TIMESTAMP_MASK


class Rewriter:
    """`extension_map` maps the publisher's extension ids to the subscriber's; others are dropped.

    `mid` is the subscriber's mid element (id, value), written into every packet while it is set. CSRCs
    are dropped: they mean nothing outside the publisher's session."""

    __slots__ = (
        "_payload_type",
        "_rtx_payload_type",
        "_rtx_ssrc",
        "_ssrc",
        "extension_map",
        "mid",
        "sequence_offset",
        "timestamp_offset",
    )

    def __init__(
        self,
        ssrc: int,
        payload_type: int,
        rtx_ssrc: int,
        rtx_payload_type: int,
        extension_map: Mapping[int, int],
        mid: tuple[int, bytes] | None,
    ) -> None:
        self._ssrc = ssrc
        self._payload_type = payload_type
        self._rtx_ssrc = rtx_ssrc
        self._rtx_payload_type = rtx_payload_type
        self.extension_map = extension_map
        self.mid = mid
        self.sequence_offset = 0
        self.timestamp_offset = 0

    def rewrite(self, packet: bytes, header: Header) -> bytes:
        """The packet as this subscriber gets it; fast when no extension is left in it."""
        extension = b""
        if self.mid or (header.extension_profile and self.extension_map):
            extension = self._extension(packet, header)
        fixed = FIXED.pack(
            VERSION_2 | (packet[0] & PADDING_BIT) | (EXTENSION_BIT if extension else 0),
            self._payload_type | (packet[1] & MARKER_BIT),
            (header.sequence_number + self.sequence_offset) & SEQUENCE_MASK,
            (header.timestamp + self.timestamp_offset) & TIMESTAMP_MASK,
            self._ssrc,
        )
        return fixed + extension + packet[header.payload_offset :]

    def retransmission(self, packet: bytes, header: Header, rtx_sequence_number: int) -> bytes:
        """The packet in the RTX stream (RFC 4588 §4)."""
        extension = self._extension(packet, header)
        fixed = FIXED.pack(
            VERSION_2 | (packet[0] & PADDING_BIT) | (EXTENSION_BIT if extension else 0),
            self._rtx_payload_type | (packet[1] & MARKER_BIT),
            rtx_sequence_number,
            (header.timestamp + self.timestamp_offset) & TIMESTAMP_MASK,
            self._rtx_ssrc,
        )
        original = OSN.pack((header.sequence_number + self.sequence_offset) & SEQUENCE_MASK)
        return fixed + extension + original + packet[header.payload_offset :]

    def _extension(self, packet: bytes, header: Header) -> bytes:
        """The new header extension; what follows a length that lies is left out."""
        values = [self.mid] if self.mid else []
        try:
            for id, value in elements(packet, header):
                if id in self.extension_map:
                    values.append((self.extension_map[id], value))
        except MalformedPacket:
            pass
        return build_extension(values) if values else b""
