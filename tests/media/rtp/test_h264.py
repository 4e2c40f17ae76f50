from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.h264 import starts_keyframe
from tests.media.packets import parsed, rtp


@pytest.mark.parametrize(
    ("payload", "starts"),
    [
        (b"", False),
        (b"\x65", False),
        (b"\x65\x88", True),
        (b"\x67\x42", True),
        (b"\x41\x9a", False),
        (b"\x78\x00\x02\x67\x42\x00\x01\x68", True),
        (b"\x78\x00\x01\x06\x00\x02\x41\x9a", False),
        (b"\x78\x00\x00\x00\x00", False),
        (b"\x7c\x85\x88", True),
        (b"\x7c\x05\x88", False),
        (b"\x7c\x81\x9a", False),
    ],
)
def test_keyframes_are_known_by_their_units(payload: bytes, starts: bool) -> None:
    assert starts_keyframe(*parsed(rtp(1, payload=payload))) is starts


@given(st.binary(max_size=40))
def test_any_payload_gets_an_answer(payload: bytes) -> None:
    assert starts_keyframe(*parsed(rtp(1, payload=payload))) in (True, False)
