from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.errors import MalformedPacket
from media.rtp.extensions import all_elements, build_extension, elements, read_extension
from media.rtp.header import EXTENSION, FIXED, parse_header
from tests.media.packets import parsed, rtp


def with_extension(profile: int, body: bytes) -> bytes:
    fixed = FIXED.pack(0x90, 96, 1, 2, 3)
    return fixed + EXTENSION.pack(profile, len(body) // 4) + body + b"payload"


def test_one_byte_elements_are_found_by_id() -> None:
    packet, header = parsed(rtp(1, extensions=((3, b"\x01\x02\x03"), (1, b"0"))))
    assert read_extension(packet, header, 1) == b"0"
    assert read_extension(packet, header, 3) == b"\x01\x02\x03"
    assert read_extension(packet, header, 2) is None


def test_padding_between_elements_is_skipped_and_id_15_ends_them() -> None:
    packet, header = parsed(with_extension(0xBEDE, b"\x00\x10a\x00\xf0\x20b\x00"))
    assert list(elements(packet, header)) == [(1, b"a")]


def test_two_byte_elements_may_be_empty_or_long() -> None:
    body = b"\x01\x00\x00\x20\x11" + b"m" * 17 + b"\x00\x00"
    packet, header = parsed(with_extension(0x1000, body))
    assert list(elements(packet, header)) == [(1, b""), (0x20, b"m" * 17)]


@pytest.mark.parametrize(
    ("profile", "body"),
    [(0xBEDE, b"\x13abc"), (0x1000, b"\x01\x03ab"), (0x1000, b"\x00\x00\x00\x01")],
)
def test_an_element_past_the_end_is_malformed(profile: int, body: bytes) -> None:
    packet, header = parsed(with_extension(profile, body))
    with pytest.raises(MalformedPacket):
        list(elements(packet, header))


def test_other_profiles_and_no_extension_have_no_elements() -> None:
    assert list(elements(*parsed(with_extension(0x4242, b"\x10abc")))) == []
    assert list(elements(*parsed(rtp(1)))) == []


def test_values_that_the_form_cannot_carry_are_left_out() -> None:
    assert build_extension([(15, b"a"), (0, b"a"), (1, b""), (2, b"x" * 17)]) == b""


@given(
    profile=st.sampled_from([0xBEDE, 0x1000, 0x100F, 0]),
    words=st.lists(st.binary(min_size=4, max_size=4), max_size=12),
)
def test_any_extension_is_read_or_malformed(profile: int, words: list[bytes]) -> None:
    packet = with_extension(profile, b"".join(words))
    header = parse_header(packet)
    try:
        found = list(elements(packet, header))
    except MalformedPacket:
        return
    assert sum(len(value) for _, value in found) <= 4 * len(words)


@given(st.lists(st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)), max_size=6))
def test_elements_survive_building_and_reading(values: list[tuple[int, bytes]]) -> None:
    packet, header = parsed(rtp(1, extensions=values))
    assert list(elements(packet, header)) == values


def test_elements_are_read_once_and_up_to_a_lie() -> None:
    packet, header = parsed(with_extension(0xBEDE, b"\x10a\x3fbcdefg"))
    assert all_elements(packet, header) == ((1, b"a"),)
    assert all_elements(b"", header) is all_elements(packet, header)
    assert header == parse_header(packet)
