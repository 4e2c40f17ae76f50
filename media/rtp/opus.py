"""Opus packets: how long one plays, by its table of contents byte (RFC 6716 §3.1 and §3.2)."""

from __future__ import annotations

CLOCK_RATE = 48000  # RTP timestamp units per second (RFC 7587 §4.1)
MAX_DURATION = 5760  # units: 120 ms, the longest packet there may be
SILENCE = b"\xf8\xff\xfe"  # 20 ms of CELT silence
SILENCE_DURATION = 960  # units

# Units per frame by the 5 bits of configuration (RFC 6716 table 2)
_SILK = (480, 960, 1920, 2880)
_HYBRID = (480, 960)
_CELT = (120, 240, 480, 960)
_FRAME = _SILK * 3 + _HYBRID * 2 + _CELT * 4


def packet_duration(payload: bytes) -> int:
    """In timestamp units; 0 for what is no Opus packet."""
    if not payload:
        return 0
    duration = _FRAME[payload[0] >> 3] * _frame_count(payload)
    return duration if duration <= MAX_DURATION else 0


def _frame_count(payload: bytes) -> int:
    """RFC 6716 §3.2: code 0 is one frame, 1 and 2 are two, 3 says the count in the next byte."""
    code = payload[0] & 0x03
    if code < 3:
        return 1 if code == 0 else 2
    return payload[1] & 0x3F if len(payload) > 1 else 0
