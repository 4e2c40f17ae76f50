"""What kind of datagram this is, by its first two bytes (RFC 7983 §7, RFC 5761 §4)."""

from __future__ import annotations

from typing import Literal

DatagramKind = Literal["stun", "dtls", "rtp", "rtcp", "other"]

# RFC 7983 §7; first byte, both ends included
STUN_LAST = 3
DTLS_FIRST, DTLS_LAST = 20, 63
RTP_FIRST, RTP_LAST = 128, 191
# RFC 5761 §4: RTP payload types 64-95 are not used, so a second byte of 192-223 means RTCP
RTCP_FIRST, RTCP_LAST = 192, 223


def classify(datagram: bytes) -> DatagramKind:
    """The protocol of one datagram. One of fewer than two bytes is "other"."""
    if len(datagram) < 2:
        return "other"
    first = datagram[0]
    if RTP_FIRST <= first <= RTP_LAST:
        return "rtcp" if RTCP_FIRST <= datagram[1] <= RTCP_LAST else "rtp"
    if first <= STUN_LAST:
        return "stun"
    if DTLS_FIRST <= first <= DTLS_LAST:
        return "dtls"
    return "other"
