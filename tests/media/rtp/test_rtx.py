from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.errors import MalformedPacket
from media.rtp.header import parse_header
from media.rtp.rtx import original_sequence_number, restore
from tests.media.packets import RTX_SSRC, SSRC, VP8, VP8_RTX, parsed, rtp


def test_the_original_packet_comes_back() -> None:
    original = rtp(700, 9000, b"frame", marker=True, extensions=((3, b"abc"),), padding=4)
    sent = rtp(
        5,
        9000,
        b"\x02\xbc" + b"frame",
        ssrc=RTX_SSRC,
        payload_type=VP8_RTX,
        marker=True,
        extensions=((3, b"abc"),),
        padding=4,
    )
    restored, header = restore(*parsed(sent), SSRC, VP8)
    assert restored == original
    assert header == parse_header(original)


def test_a_probe_repeats_nothing() -> None:
    packet, header = parsed(rtp(5, payload=b"", padding=200))
    assert original_sequence_number(packet, header) is None
    with pytest.raises(MalformedPacket):
        restore(packet, header, SSRC, VP8)


@given(st.binary(max_size=60))
def test_restored_headers_say_what_parsing_would(data: bytes) -> None:
    try:
        packet, header = parsed(b"\x90" + data)
        restored, restored_header = restore(packet, header, SSRC, VP8)
    except MalformedPacket:
        return
    assert parse_header(restored) == restored_header
