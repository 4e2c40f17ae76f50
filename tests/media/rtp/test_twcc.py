from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.errors import MalformedPacket
from media.rtp.rtcp import build_transport_feedback, parse_compound
from media.rtp.twcc import (
    LARGE_MAX,
    NO_NUMBER,
    TransportFeedback,
    build_control_information,
    parse_control_information,
    transport_number,
)
from tests.media.packets import parsed, rtp

words = st.integers(0, 0xFFFFFFFF)


@st.composite
def feedbacks(draw: st.DrawFn) -> TransportFeedback:
    """Runs, gaps, small, large and negative deltas in any order."""
    gaps = draw(st.lists(st.one_of(st.just(1), st.integers(1, 40), st.integers(1, 9000)), max_size=60))
    deltas = st.one_of(st.integers(0, 255), st.integers(-2000, 2000), st.integers(-0x8000, LARGE_MAX))
    received, place, ticks = [], -1, 0
    for gap in gaps:
        place, ticks = place + gap, ticks + draw(deltas)
        if place > 0xFFFE:
            break
        received.append((place, ticks))
    size = min(0xFFFF, (received[-1][0] if received else 0) + 1 + draw(st.integers(0, 30)))
    return TransportFeedback(
        draw(words),
        draw(words),
        draw(st.integers(0, 0xFFFF)),
        size,
        draw(st.integers(0, 0xFFFFFF)),
        draw(st.integers(0, 255)),
        tuple(received),
    )


def information(symbols: str, *, size: int, deltas: str = "", base: int = 5) -> bytes:
    """Base number, count of statuses, reference 1, packet count 2, then chunks and deltas as given."""
    head = base.to_bytes(2, "big") + size.to_bytes(2, "big") + bytes.fromhex("00000102")
    return head + bytes.fromhex(symbols) + bytes.fromhex(deltas)


def received(data: bytes) -> tuple[tuple[int, int], ...]:
    return parse_control_information(1, 2, data).received


@given(feedbacks())
def test_feedback_survives_the_wire(feedback: TransportFeedback) -> None:
    assert parse_compound(build_transport_feedback(feedback)) == [feedback]


@given(feedbacks())
def test_feedback_is_whole_words(feedback: TransportFeedback) -> None:
    assert len(build_transport_feedback(feedback)) % 4 == 0


def test_fields_stand_where_the_draft_has_them() -> None:
    feedback = parse_control_information(1, 2, information("2001", size=1, deltas="08"))
    assert feedback == TransportFeedback(1, 2, 5, 1, 1, 2, ((0, 8),))


def test_a_run_tells_of_many_at_once() -> None:
    assert received(information("2003", size=3, deltas="040506")) == ((0, 4), (1, 9), (2, 15))


def test_one_bit_vector_has_fourteen_symbols() -> None:
    assert received(information("a001", size=14, deltas="0405")) == ((0, 4), (13, 9))


def test_two_bit_vector_has_seven_symbols_and_large_deltas() -> None:
    assert received(information("d002", size=7, deltas="04fffc")) == ((0, 4), (6, 0))


def test_symbols_after_the_last_packet_mean_nothing() -> None:
    assert received(information("bfff", size=2, deltas="0101")) == ((0, 1), (1, 2))


def test_a_long_run_of_lost_packets_takes_few_bytes() -> None:
    feedback = TransportFeedback(1, 2, 0, 60_000, 0, 0, ((0, 1), (59_999, 2)))
    assert len(build_control_information(feedback)) <= 32


def test_a_hundred_packets_in_time_take_less_than_two_bytes_each() -> None:
    feedback = TransportFeedback(1, 2, 0, 100, 0, 0, tuple((at, at * 5) for at in range(100)))
    assert len(build_control_information(feedback)) < 120


def test_an_arrival_too_far_off_is_said_as_far_as_can_be() -> None:
    feedback = TransportFeedback(1, 2, 0, 2, 0, 0, ((0, 0), (1, 100_000)))
    assert received(build_control_information(feedback)) == ((0, 0), (1, LARGE_MAX))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        information("", size=1),
        information("2001", size=0, deltas="00"),
        information("2001", size=1),
        information("4001", size=1, deltas="00"),
        information("6001", size=1, deltas="000000"),
        information("2001", size=2, deltas="04"),
        information("3fff", size=8191, deltas="00"),
        information("f000", size=7, deltas="00000000"),
        information("0000", size=3),
    ],
)
def test_feedback_that_lies_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        parse_control_information(1, 2, data)


@given(st.binary(max_size=80))
def test_any_bytes_are_parsed_or_malformed(data: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        feedback = parse_control_information(1, 2, data)
        assert all(place < feedback.size for place, _ in feedback.received)
        assert len(feedback.received) <= len(data)


# --- numbers in packets


def test_the_number_is_found_between_other_extensions() -> None:
    packet = rtp(1, extensions=((4, b"m1"), (3, b"\x01\x02\x03"), (5, b"\xab\xcd"), (1, b"\x30")))
    assert transport_number(*parsed(packet), 5) == 0xABCD


def test_a_packet_without_the_extension_has_no_number() -> None:
    assert transport_number(*parsed(rtp(1)), 5) == NO_NUMBER
    assert transport_number(*parsed(rtp(1, extensions=((4, b"\x50\x51"),))), 5) == NO_NUMBER


def test_the_two_byte_form_is_read_too() -> None:
    packet = bytes.fromhex("90600001 00000000 11223344 10000002 0502abcd 05000000") + b"payload"
    assert transport_number(*parsed(packet), 5) == 0xABCD


@given(st.binary(min_size=4, max_size=40).filter(lambda data: len(data) % 4 == 0), st.booleans())
def test_any_extension_has_a_number_or_none(data: bytes, one_byte: bool) -> None:
    profile = "bede" if one_byte else "1000"
    words_of = (len(data) // 4).to_bytes(2, "big")
    packet = bytes.fromhex(f"90600001 00000000 11223344 {profile}") + words_of + data
    assert NO_NUMBER <= transport_number(*parsed(packet), 5) <= 0xFFFF
