"""SRTP and SRTCP of one peer (RFC 3711, RFC 7714), through pylibsrtp's library handle.

`pylibsrtp.Session.protect` refuses RTP over 1,356 bytes, allocates on each call and tells of failures by
exceptions. So its sessions keep the keys and the state, and the library's functions are called on a
buffer of our own. Use one object from one thread only.
"""

from __future__ import annotations

from typing import Any

from pylibsrtp._binding import ffi, lib

MAX_PACKET = 2048  # bytes; above any Ethernet's payload, so that a longer datagram is no media
TRAILER = 160  # bytes; the longest tag, MKI and SRTCP index that libsrtp may add (148), rounded up
MAX_SOURCES = 512  # SSRCs of one peer: libsrtp keeps state for each and never lets go

_OK = lib.srtp_err_status_ok


class Srtp:
    """Both directions of one peer. Every method gives None for a packet that can't be processed."""

    def __init__(self, receiving: Any, sending: Any) -> None:
        """`receiving` and `sending` are pylibsrtp Sessions: kept, for their memory ends with them."""
        self._sessions = (receiving, sending)
        self._receiving = receiving._srtp[0]
        self._sending = sending._srtp[0]
        self._memory = ffi.new("char[]", MAX_PACKET + TRAILER)
        self._buffer = ffi.buffer(self._memory)
        self._length = ffi.new("int *")
        self._sources: set[bytes] = set()

    def unprotect(self, datagram: bytes) -> bytes | None:
        """The RTP packet in `datagram`; None if it is forged, replayed or of an SSRC too many."""
        return self._unprotect(lib.srtp_unprotect, datagram, datagram[8:12])

    def unprotect_rtcp(self, datagram: bytes) -> bytes | None:
        """The compound RTCP packet in `datagram`; None as in `unprotect`."""
        return self._unprotect(lib.srtp_unprotect_rtcp, datagram, datagram[4:8])

    def protect(self, packet: bytes) -> bytes | None:
        """The datagram for an RTP packet; None if it is too long or malformed."""
        return self._apply(lib.srtp_protect, self._sending, packet)

    def protect_rtcp(self, packet: bytes) -> bytes | None:
        """The datagram for a compound RTCP packet; None as in `protect`."""
        return self._apply(lib.srtp_protect_rtcp, self._sending, packet)

    def _unprotect(self, function: Any, datagram: bytes, ssrc: bytes) -> bytes | None:
        if ssrc in self._sources:
            return self._apply(function, self._receiving, datagram)
        if len(self._sources) >= MAX_SOURCES:
            return None
        packet = self._apply(function, self._receiving, datagram)
        if packet is not None:
            self._sources.add(ssrc)
        return packet

    def _apply(self, function: Any, context: Any, data: bytes) -> bytes | None:
        size = len(data)
        if size > MAX_PACKET:
            return None
        length = self._length
        length[0] = size
        self._buffer[0:size] = data
        if function(context, self._memory, length) != _OK:
            return None
        packet: bytes = self._buffer[0 : length[0]]
        return packet
