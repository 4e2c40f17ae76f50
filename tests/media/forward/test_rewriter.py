from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.forward.rewriter import Rewriter
from media.rtp.errors import MalformedPacket
from media.rtp.extensions import elements
from media.rtp.header import parse_header
from media.rtp.rtx import restore
from tests.media.packets import parsed, payload_of, rtp

TARGET, TARGET_RTX = 0xCAFE, 0xBEEF


def rewriter(
    extension_map: dict[int, int] | None = None, mid: tuple[int, bytes] | None = None
) -> Rewriter:
    made = Rewriter(TARGET, 100, TARGET_RTX, 101, extension_map or {}, mid)
    made.sequence_offset = 10
    made.timestamp_offset = 20
    return made


def test_only_the_header_changes() -> None:
    packet, header = parsed(rtp(65530, 0xFFFFFFF0, b"frame", marker=True, padding=4))
    assert rewriter().rewrite(packet, header) == rtp(
        4, 4, b"frame", ssrc=TARGET, payload_type=100, marker=True, padding=4
    )


def test_unmapped_extensions_and_csrcs_are_dropped() -> None:
    packet, header = parsed(rtp(1, 2, b"frame", extensions=((3, b"abc"),), csrcs=(1, 2)))
    assert rewriter().rewrite(packet, header) == rtp(11, 22, b"frame", ssrc=TARGET, payload_type=100)


def test_extensions_are_renumbered_and_the_mid_is_ours() -> None:
    packet, header = parsed(rtp(1, 2, b"frame", extensions=((3, b"abc"), (4, b"their"), (1, b"\x20"))))
    sent = rewriter({3: 5, 1: 6}, mid=(9, b"7")).rewrite(packet, header)
    assert list(elements(*parsed(sent))) == [(9, b"7"), (5, b"abc"), (6, b"\x20")]
    assert payload_of(sent) == b"frame"


def test_a_mid_is_written_into_a_packet_without_extensions() -> None:
    sent = rewriter(mid=(9, b"audio-1")).rewrite(*parsed(rtp(1, 2, b"frame")))
    assert list(elements(*parsed(sent))) == [(9, b"audio-1")]
    assert payload_of(sent) == b"frame"


def test_an_extension_that_lies_is_dropped_and_the_packet_goes_on() -> None:
    packet = bytearray(rtp(1, 2, b"frame", extensions=((3, b"abc"),)))
    packet[16] = 0x3F
    sent = rewriter({3: 5}).rewrite(*parsed(bytes(packet)))
    assert sent == rtp(11, 22, b"frame", ssrc=TARGET, payload_type=100)


def test_a_retransmission_restores_to_what_was_sent_first() -> None:
    target = rewriter({3: 5}, mid=(9, b"7"))
    packet, header = parsed(rtp(65530, 2, b"frame", marker=True, extensions=((3, b"abc"),), padding=3))
    first = target.rewrite(packet, header)
    again = target.retransmission(packet, header, 77)
    assert parse_header(again).sequence_number == 77
    assert (parse_header(again).ssrc, parse_header(again).payload_type) == (TARGET_RTX, 101)
    assert restore(again, parse_header(again), TARGET, 100)[0] == first


@given(
    data=st.binary(max_size=80),
    extension_map=st.dictionaries(st.integers(0, 255), st.integers(0, 255), max_size=4),
    mid=st.none() | st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)),
)
def test_whatever_parses_is_rewritten_to_what_parses(
    data: bytes, extension_map: dict[int, int], mid: tuple[int, bytes] | None
) -> None:
    packet = b"\xb2" + data
    try:
        header = parse_header(packet)
    except MalformedPacket:
        return
    sent = rewriter(extension_map, mid).rewrite(packet, header)
    assert payload_of(sent) == packet[header.payload_offset : header.payload_end]
    list(elements(*parsed(sent)))
