from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.forward.rewriter import OutgoingStream, Rewriter
from media.forward.source import TrackSource
from media.forward.span import Span
from media.rtp.errors import MalformedPacket
from media.rtp.extensions import elements
from media.rtp.header import Header, parse_header
from media.rtp.rtx import restore
from tests.media.packets import SSRC, VP8, parsed, payload_of, rtp

TARGET, TARGET_RTX = 0xCAFE, 0xBEEF


class Target:
    """A rewriter and a span that adds 10 to sequence numbers and 20 to timestamps."""

    def __init__(
        self,
        extension_map: dict[int, int] | None = None,
        mid: tuple[int, str] | None = None,
        numbers: Numbers | None = None,
    ) -> None:
        mid_id, name = mid or (None, "")
        stream = OutgoingStream(TARGET, 100, TARGET_RTX, 101, name, mid_id, 3 if numbers else None)
        self.rewriter = Rewriter(stream, extension_map or {}, numbers)
        source = TrackSource("video", 90000, SSRC, None, VP8, None, 9, lambda data: None)
        self.span = Span(source, *parsed(rtp(0)), 0.0)
        self.span.sequence_offset, self.span.timestamp_offset = 10, 20

    def rewrite(self, packet: bytes, header: Header) -> bytes:
        return self.rewriter.rewrite(packet, header, self.span, 1.0)

    def retransmission(self, packet: bytes, header: Header, number: int) -> bytes:
        return self.rewriter.retransmission(packet, header, self.span, number, 1.0)


class Numbers:
    """Counts up from 1000, and keeps the sizes it was told."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def next(self, size: int, now: float) -> int:
        self.sizes.append(size)
        return 999 + len(self.sizes)


def test_only_the_header_changes() -> None:
    packet, header = parsed(rtp(65530, 0xFFFFFFF0, b"frame", marker=True, padding=4))
    assert Target().rewrite(packet, header) == rtp(
        4, 4, b"frame", ssrc=TARGET, payload_type=100, marker=True, padding=4
    )


def test_unmapped_extensions_and_csrcs_are_dropped() -> None:
    packet, header = parsed(rtp(1, 2, b"frame", extensions=((3, b"abc"),), csrcs=(1, 2)))
    assert Target().rewrite(packet, header) == rtp(11, 22, b"frame", ssrc=TARGET, payload_type=100)


def test_extensions_are_renumbered_and_the_mid_is_ours() -> None:
    packet, header = parsed(rtp(1, 2, b"frame", extensions=((3, b"abc"), (4, b"their"), (1, b"\x20"))))
    sent = Target({3: 5, 1: 6}, mid=(9, "7")).rewrite(packet, header)
    assert list(elements(*parsed(sent))) == [(9, b"7"), (5, b"abc"), (6, b"\x20")]
    assert payload_of(sent) == b"frame"


def test_a_mid_is_written_into_a_packet_without_extensions() -> None:
    sent = Target(mid=(9, "audio-1")).rewrite(*parsed(rtp(1, 2, b"frame")))
    assert list(elements(*parsed(sent))) == [(9, b"audio-1")]
    assert payload_of(sent) == b"frame"


def test_an_extension_that_lies_is_dropped_and_the_packet_goes_on() -> None:
    packet = bytearray(rtp(1, 2, b"frame", extensions=((3, b"abc"),)))
    packet[16] = 0x3F
    sent = Target({3: 5}).rewrite(*parsed(bytes(packet)))
    assert sent == rtp(11, 22, b"frame", ssrc=TARGET, payload_type=100)


def test_a_retransmission_restores_to_what_was_sent_first() -> None:
    target = Target({3: 5}, mid=(9, "7"))
    packet, header = parsed(rtp(65530, 2, b"frame", marker=True, extensions=((3, b"abc"),), padding=3))
    first = target.rewrite(packet, header)
    again = target.retransmission(packet, header, 77)
    assert parse_header(again).sequence_number == 77
    assert (parse_header(again).ssrc, parse_header(again).payload_type) == (TARGET_RTX, 101)
    assert restore(again, parse_header(again), TARGET, 100)[0] == first


# --- transport-wide numbers


def test_each_packet_has_a_number_of_its_own_and_its_size_is_told() -> None:
    target = Target(numbers=(numbers := Numbers()))
    packet, header = parsed(rtp(1, 2, b"frame", padding=3))
    sent = [target.rewrite(packet, header), target.retransmission(packet, header, 7)]
    assert [list(elements(*parsed(data))) for data in sent] == [[(3, b"\x03\xe8")], [(3, b"\x03\xe9")]]
    assert numbers.sizes == [len(data) for data in sent]
    assert restore(sent[1], parse_header(sent[1]), TARGET, 100)[0][20:] == sent[0][20:]


def test_number_stands_before_other_extensions() -> None:
    target = Target({4: 5}, (9, "7"), numbers := Numbers())
    sent = target.rewrite(*parsed(rtp(1, 2, b"frame", extensions=((4, b"abc"),))))
    assert list(elements(*parsed(sent))) == [(3, b"\x03\xe8"), (9, b"7"), (5, b"abc")]
    assert payload_of(sent) == b"frame"
    assert numbers.sizes == [len(sent)]


def test_padding_is_numbered_and_holds_nothing() -> None:
    target = Target(mid=(9, "7"), numbers=(numbers := Numbers()))
    data = target.rewriter.padding(100, 1 << 32, 5, 1.0)
    header = parse_header(data)
    assert (header.ssrc, header.sequence_number, payload_of(data)) == (TARGET_RTX, 5, b"")
    assert len(data) - header.payload_offset == 100
    assert numbers.sizes == [len(data)]


@given(
    data=st.binary(max_size=80),
    extension_map=st.dictionaries(st.integers(0, 255), st.integers(0, 255), max_size=4),
    mid=st.none() | st.tuples(st.integers(1, 14), st.text("ab7", min_size=1, max_size=16)),
)
def test_whatever_parses_is_rewritten_to_what_parses(
    data: bytes, extension_map: dict[int, int], mid: tuple[int, str] | None
) -> None:
    packet = b"\xb2" + data
    try:
        header = parse_header(packet)
    except MalformedPacket:
        return
    sent = Target(extension_map, mid).rewrite(packet, header)
    assert payload_of(sent) == packet[header.payload_offset : header.payload_end]
    list(elements(*parsed(sent)))
