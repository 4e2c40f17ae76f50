from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.errors import MalformedPacket
from media.rtp.rtcp import (
    FullIntraRequest,
    Goodbye,
    Nack,
    PictureLossIndication,
    ReceiverEstimatedMaxBitrate,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    SourceDescription,
    build_bye,
    build_nack,
    build_pli,
    build_receiver_report,
    build_remb,
    build_sdes,
    build_sender_report,
    build_transport_feedback,
    parse_compound,
)
from media.rtp.twcc import TransportFeedback

words = st.integers(0, 0xFFFFFFFF)
blocks = st.builds(
    ReportBlock,
    ssrc=words,
    fraction_lost=st.integers(0, 255),
    packets_lost=st.integers(-0x800000, 0x7FFFFF),
    highest_sequence=words,
    jitter=words,
    last_sr=words,
    delay_since_last_sr=words,
)
reports = st.lists(blocks, max_size=31).map(tuple)

FEEDBACK = TransportFeedback(1, 2, 65530, 40, 7, 8, ((0, 3), (1, 400), (9, 390), (39, 650)))
COMPOUND = (
    build_sender_report(SenderReport(1, 2 << 32, 3, 4, 5, (ReportBlock(6, 7, -8, 9, 10, 11, 12),)))
    + build_receiver_report(ReceiverReport(13, (ReportBlock(14, 15, 16, 17, 18, 19, 20),)))
    + build_sdes(1, b"cname")
    + build_nack(1, 2, [5, 6, 30])
    + build_transport_feedback(FEEDBACK)
    + build_pli(1, 2)
    + build_remb(1, 1_000_000, [2, 3])
    + build_bye([1])
)


@given(st.builds(SenderReport, words, st.integers(0, (1 << 64) - 1), words, words, words, reports))
def test_sender_reports_survive_the_wire(report: SenderReport) -> None:
    assert parse_compound(build_sender_report(report)) == [report]


@given(st.builds(ReceiverReport, words, reports))
def test_receiver_reports_survive_the_wire(report: ReceiverReport) -> None:
    assert parse_compound(build_receiver_report(report)) == [report]


@given(words, st.binary(max_size=255))
def test_cnames_survive_the_wire(ssrc: int, cname: bytes) -> None:
    built = build_sdes(ssrc, cname)
    assert len(built) % 4 == 0
    assert parse_compound(built) == [SourceDescription(((ssrc, cname),))]


@given(words, words, st.integers(0, 0xFFFF), st.sets(st.integers(0, 400), min_size=1, max_size=60))
def test_nacks_name_the_same_packets_after_the_wire(
    sender: int, media: int, start: int, steps: set[int]
) -> None:
    lost = [(start + step) & 0xFFFF for step in sorted(steps)]
    assert parse_compound(build_nack(sender, media, lost)) == [Nack(sender, media, tuple(lost))]


def test_nacks_are_packed_seventeen_to_an_item() -> None:
    assert len(build_nack(1, 2, range(17))) == 12 + 4
    assert len(build_nack(1, 2, range(18))) == 12 + 8


@given(words, st.integers(0, (1 << 62) - 1), st.lists(words, max_size=8))
def test_remb_is_rounded_down_by_less_than_one_in_a_hundred_thousand(
    sender: int, bitrate: int, ssrcs: list[int]
) -> None:
    (packet,) = parse_compound(build_remb(sender, bitrate, ssrcs))
    assert isinstance(packet, ReceiverEstimatedMaxBitrate)
    assert packet.ssrcs == tuple(ssrcs)
    assert packet.bitrate <= bitrate <= packet.bitrate + packet.bitrate // 100_000 + 1


def test_a_compound_packet_gives_its_parts_in_order() -> None:
    kinds = [type(packet) for packet in parse_compound(COMPOUND)]
    assert kinds == [
        SenderReport,
        ReceiverReport,
        SourceDescription,
        Nack,
        TransportFeedback,
        PictureLossIndication,
        ReceiverEstimatedMaxBitrate,
        Goodbye,
    ]


def test_fir_names_each_source_and_its_command() -> None:
    data = bytes.fromhex("84ce0006 00000001 00000000 00000002 07000000 00000003 08000000")
    assert parse_compound(data) == [FullIntraRequest(1, ((2, 7), (3, 8)))]


def test_unknown_types_and_formats_are_passed_over() -> None:
    application = bytes.fromhex("80cc0002 00000001 41424344")
    early_congestion = bytes.fromhex("84cd0003 00000001 00000002 00000000")
    other_feedback = bytes.fromhex("8fce0003 00000001 00000000 41424344")
    assert parse_compound(application + early_congestion + other_feedback + build_bye([9])) == [
        Goodbye((9,))
    ]


def test_padding_at_the_end_is_cut_off() -> None:
    assert parse_compound(bytes.fromhex("a1cb0002 00000009 00000004")) == [Goodbye((9,))]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\xc9\x00",
        build_pli(1, 2)[:-1],
        b"\x41" + build_pli(1, 2)[1:],
        bytes.fromhex("81c90001 00000001"),
        bytes.fromhex("80c80001 00000001"),
        bytes.fromhex("82cb0001 00000001"),
        bytes.fromhex("81cd0001 00000001"),
        bytes.fromhex("81ca0002 00000001 01ff6162"),
        bytes.fromhex("81ca0002 00000001 01026162"),
        bytes.fromhex("a0c90001 00000000"),
        bytes.fromhex("a0c90001 00000009"),
        bytes.fromhex("a0c90000"),
        bytes.fromhex("8fce0003 00000001 00000000 52454d42"),
        bytes.fromhex("8fce0004 00000001 00000000 52454d42 ff000000"),
        bytes.fromhex("84ce0003 00000001 00000000 00000002"),
    ],
)
def test_a_length_that_lies_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        parse_compound(data)


@given(st.binary(max_size=120))
def test_any_bytes_are_parsed_or_malformed(data: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        parse_compound(data)


@given(st.lists(st.tuples(st.integers(0, len(COMPOUND) - 1), st.integers(0, 255)), max_size=6), st.data())
def test_mutated_and_cut_packets_are_parsed_or_malformed(
    changes: list[tuple[int, int]], data: st.DataObject
) -> None:
    mutated = bytearray(COMPOUND)
    for place, value in changes:
        mutated[place] = value
    end = data.draw(st.integers(0, len(mutated)))
    with contextlib.suppress(MalformedPacket):
        parse_compound(bytes(mutated[:end]))
