from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.errors import MalformedPacket
from media.rtp.header import parse_header
from tests.media.packets import rtp


def test_fixed_header_is_read() -> None:
    header = parse_header(rtp(65535, 0xFFFFFFFE, b"abc", ssrc=7, payload_type=111, marker=True))
    assert (header.sequence_number, header.timestamp, header.ssrc) == (65535, 0xFFFFFFFE, 7)
    assert (header.payload_type, header.marker) == (111, True)
    assert (header.payload_offset, header.payload_end) == (12, 15)
    assert (header.extension_profile, header.extension_offset) == (0, 0)


def test_payload_lies_between_csrcs_extension_and_padding() -> None:
    packet = rtp(1, 2, b"abc", csrcs=(1, 2), extensions=((1, b"x"),), padding=4)
    header = parse_header(packet)
    assert packet[header.payload_offset : header.payload_end] == b"abc"
    assert header.extension_profile == 0xBEDE
    assert packet[header.extension_offset : header.payload_offset] == b"\x10x\x00\x00"


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\x80",
        rtp(1)[:11],
        b"\x40" + rtp(1)[1:],
        rtp(1, payload=b"", csrcs=(1, 2))[:16],
        b"\x9f" + rtp(1)[1:],
        rtp(1, payload=b"", extensions=((1, b"x"),))[:14],
        rtp(1, payload=b"", extensions=((1, b"x"),))[:17],
        b"\xa0" + rtp(1, payload=b"abc\x00")[1:],
        b"\xa0" + rtp(1, payload=b"abc\x05")[1:],
        b"\xa0" + rtp(1, payload=b"\xff")[1:],
    ],
    ids=[
        "empty",
        "one byte",
        "eleven bytes",
        "version 1",
        "cut CSRC list",
        "CSRC count lies",
        "cut extension header",
        "cut extension",
        "padding of zero",
        "padding over the payload",
        "padding over the packet",
    ],
)
def test_a_packet_that_lies_is_malformed(packet: bytes) -> None:
    with pytest.raises(MalformedPacket):
        parse_header(packet)


def test_padding_may_be_all_there_is() -> None:
    header = parse_header(rtp(1, payload=b"", padding=8))
    assert header.payload_offset == header.payload_end == 12


@given(st.binary(max_size=80))
def test_any_bytes_are_parsed_or_malformed(packet: bytes) -> None:
    try:
        header = parse_header(packet)
    except MalformedPacket:
        return
    assert 12 <= header.payload_offset <= header.payload_end <= len(packet)


@given(
    sequence_number=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    payload_type=st.integers(0, 127),
    marker=st.booleans(),
    payload=st.binary(max_size=30),
    padding=st.integers(0, 255),
    csrcs=st.lists(st.integers(0, 0xFFFFFFFF), max_size=15),
    extensions=st.lists(st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)), max_size=4),
)
def test_what_was_built_is_what_is_parsed(
    sequence_number: int,
    timestamp: int,
    ssrc: int,
    payload_type: int,
    marker: bool,
    payload: bytes,
    padding: int,
    csrcs: list[int],
    extensions: list[tuple[int, bytes]],
) -> None:
    packet = rtp(
        sequence_number,
        timestamp,
        payload,
        ssrc=ssrc,
        payload_type=payload_type,
        marker=marker,
        padding=padding,
        csrcs=csrcs,
        extensions=extensions,
    )
    header = parse_header(packet)
    assert (header.sequence_number, header.timestamp, header.ssrc) == (sequence_number, timestamp, ssrc)
    assert (header.payload_type, header.marker) == (payload_type, marker)
    assert packet[header.payload_offset : header.payload_end] == payload
