from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.opus import MAX_DURATION, SILENCE, SILENCE_DURATION, packet_duration


@pytest.mark.parametrize(
    ("payload", "units"),
    [
        (b"", 0),
        (b"\x00", 480),
        (b"\x18", 2880),
        (b"\x60", 480),
        (b"\x78", 960),
        (b"\x80", 120),
        (b"\xf8", 960),
        (b"\xf9", 1920),
        (b"\xfa", 1920),
        (b"\xfb\x03", 2880),
        (b"\xfb\x83", 2880),
        (b"\xfb", 0),
        (b"\xfb\x00", 0),
        (b"\xfb\x3f", 0),
        (b"\x1b\x03", 0),
    ],
)
def test_the_first_byte_tells_the_duration(payload: bytes, units: int) -> None:
    assert packet_duration(payload) == units


def test_silence_is_twenty_milliseconds() -> None:
    assert packet_duration(SILENCE) == SILENCE_DURATION == 960


@given(st.binary(max_size=4))
def test_no_packet_is_longer_than_the_longest(payload: bytes) -> None:
    assert 0 <= packet_duration(payload) <= MAX_DURATION
