from __future__ import annotations

from itertools import pairwise

import pytest

from media.forward.layers import TOP_LAYER, Layers
from media.forward.rewriter import OutgoingStream
from media.forward.source import TrackSource
from media.forward.subscriber import State, TrackSink
from media.rtp.extensions import elements, read_extension
from media.rtp.header import Header, parse_header
from media.rtp.rtcp import ReportBlock, SenderReport, parse_compound
from media.rtp.rtx import restore
from tests.media.packets import (
    FRAME_UNITS,
    OPUS,
    RTX_SSRC,
    SSRC,
    VP8,
    VP8_RTX,
    parsed,
    rtp,
    vp8_delta,
    vp8_keyframe,
)

OUT, OUT_RTX = 5000, 6000
MID = 4


def make_source(*, audio: bool = False, plis: list[bytes] | None = None) -> TrackSource:
    send = (plis if plis is not None else []).append
    if audio:
        return TrackSource("audio", 48000, SSRC, None, OPUS, None, 1, send)
    return TrackSource("video", 90000, SSRC, RTX_SSRC, VP8, VP8_RTX, 1, send)


def track(source: TrackSource) -> Layers:
    """A track that has this one stream."""
    layers = Layers(source.kind, source.clock_rate)
    layers.put(0, source, 0.0)
    return layers


class Call:
    """One source, one subscriber and the clock, moved by hand."""

    def __init__(self, *, audio: bool = False, rtx: bool = True, mid: bool = False) -> None:
        self.plis: list[bytes] = []
        self.out: list[bytes] = []
        self.now = 50.0
        self.source = make_source(audio=audio, plis=self.plis)
        self.layers = track(self.source)
        stream = OutgoingStream(
            OUT, 120, OUT_RTX if rtx else None, 121 if rtx else None, "m1", MID if mid else None
        )
        self.sink = TrackSink(self.layers, self.out.append, stream, {})
        self.sink.select(TOP_LAYER, self.now)

    def send(self, *numbers: int, key: bool = False, source: TrackSource | None = None) -> None:
        """One frame of one packet for each number, 33 ms apart; timestamps follow the numbers."""
        for number in numbers:
            self.now += 1 / 30
            payload = vp8_keyframe() if key else vp8_delta()
            packet = rtp(number, number * FRAME_UNITS, payload)
            (source or self.source).receive(*parsed(packet), self.now)

    def take(self) -> list[Header]:
        headers = [parse_header(packet) for packet in self.out]
        self.out.clear()
        return headers

    def numbers(self) -> list[int]:
        return [header.sequence_number for header in self.take()]

    def report(self, last_sr: int = 0, delay: float = 0.0) -> None:
        block = ReportBlock(OUT, 64, 3, 0, 0, last_sr, int(delay * 65536))
        self.sink.on_receiver_report(block, self.now)


# --- starting


def test_video_starts_at_a_keyframe_and_asks_for_one() -> None:
    call = Call()
    call.send(1, 2, 3)
    assert call.out == []
    assert len(call.plis) == 1
    call.send(4, key=True)
    call.send(5)
    first, second = call.take()
    assert (first.ssrc, first.payload_type) == (OUT, 120)
    assert second.sequence_number == first.sequence_number + 1
    assert second.timestamp - first.timestamp == FRAME_UNITS


def test_the_request_is_repeated_until_the_keyframe_comes() -> None:
    call = Call()
    assert call.sink.next_poll == call.now + 0.2
    for _ in range(40):
        call.sink.poll(call.now)
        call.source.poll(call.now)
        call.now += 0.1
    assert call.source.plis == 4
    call.send(1, key=True)
    assert call.sink.next_poll is None


def test_retries_follow_the_round_trip_between_bounds() -> None:
    for rtt, wait in ((0.01, 0.2), (0.3, 0.6), (5.0, 1.0)):
        call = Call()
        call.sink.rtt = rtt
        call.now = call.sink.next_poll or 0.0
        call.sink.poll(call.now)
        assert call.sink.next_poll == pytest.approx(call.now + wait)


def test_audio_starts_at_once() -> None:
    call = Call(audio=True)
    assert call.sink.next_poll is None
    call.send(40000, 40001)
    assert call.numbers() == [40000 & 0x7FFF, (40000 & 0x7FFF) + 1]
    assert call.plis == []


def test_a_joiner_is_served_from_the_ring_without_a_request() -> None:
    call = Call()
    call.send(1, key=True)
    call.send(2, 3)
    late: list[bytes] = []
    call.plis.clear()
    joiner = TrackSink(call.layers, late.append, OutgoingStream(7, 120), {})
    joiner.select(TOP_LAYER, call.now)
    call.send(4)
    numbers = [parse_header(packet).sequence_number for packet in late]
    assert numbers == [1, 2, 3, 4]
    assert call.plis == []


def test_one_that_may_not_see_what_was_before_it_waits_for_a_keyframe() -> None:
    call = Call()
    call.send(1, key=True)
    late: list[bytes] = []
    joiner = TrackSink(call.layers, late.append, OutgoingStream(7, 120), {}, from_ring=False)
    joiner.select(TOP_LAYER, call.now)
    call.send(2)
    assert late == []
    call.send(3, key=True)
    assert [parse_header(packet).sequence_number for packet in late] == [3]


# --- numbering


def test_gaps_and_late_packets_keep_their_places() -> None:
    call = Call()
    call.send(65534, key=True)
    call.send(2, 0, 65535, 1)
    base, *rest = call.numbers()
    assert [(number - base) & 0xFFFF for number in rest] == [4, 2, 1, 3]


def test_a_packet_from_before_the_start_is_not_sent() -> None:
    call = Call()
    call.send(8)
    call.send(10, key=True)
    call.send(9, 11)
    base, *rest = call.numbers()
    assert [number - base for number in rest] == [1]


def test_a_restarted_source_continues_the_numbers_from_a_keyframe() -> None:
    call = Call()
    call.send(1, key=True)
    call.send(2)
    call.send(40000, 40001, 40002)
    call.send(40003, key=True)
    headers = call.take()
    base = headers[0].sequence_number
    assert [header.sequence_number - base for header in headers] == [0, 1, 2]
    elapsed = headers[2].timestamp - headers[1].timestamp
    assert elapsed == pytest.approx(4 * FRAME_UNITS, abs=2)


def test_another_source_continues_numbers_and_time() -> None:
    call = Call()
    call.send(1, key=True)
    call.send(2, 3)
    second = make_source(plis=call.plis)
    call.plis.clear()
    call.sink.switch(track(second), call.now)
    assert len(call.plis) == 1
    call.send(4)
    call.send(500, source=second)
    call.send(501, key=True, source=second)
    call.send(502, source=second)
    headers = call.take()
    base = headers[0]
    assert [header.sequence_number - base.sequence_number for header in headers] == [0, 1, 2, 3, 4]
    steps = [new.timestamp - old.timestamp for old, new in pairwise(headers)]
    assert steps == [FRAME_UNITS, FRAME_UNITS, pytest.approx(3 * FRAME_UNITS, abs=2), FRAME_UNITS]


def test_another_source_brings_its_own_extension_ids() -> None:
    call = Call()
    call.send(1, key=True)
    second = make_source()
    call.sink.switch(track(second), call.now, {7: 2})
    packet = rtp(9, 0, vp8_keyframe(), extensions=((7, b"level"), (3, b"abc")))
    second.receive(*parsed(packet), call.now)
    assert list(elements(*parsed(call.out[-1]))) == [(2, b"level")]


def test_a_sink_whose_source_ended_goes_on_with_the_next_one() -> None:
    call = Call()
    call.send(1, key=True)
    call.source.end(call.now)
    assert call.sink.state is State.ENDED
    second = make_source(plis=call.plis)
    call.sink.switch(track(second), call.now)
    call.send(9, key=True, source=second)
    first, next_ = call.numbers()
    assert next_ == first + 1


def test_nothing_is_sent_while_paused_and_a_keyframe_comes_after_it() -> None:
    call = Call()
    call.send(1, key=True)
    call.sink.select(None, call.now)
    call.send(2, 3, 4)
    call.plis.clear()
    call.now += 2.0
    call.sink.select(TOP_LAYER, call.now)
    assert len(call.plis) == 1
    call.send(5)
    call.send(6, key=True)
    first, next_ = call.take()
    assert next_.sequence_number == first.sequence_number + 1
    assert next_.timestamp - first.timestamp == 5 * FRAME_UNITS


def test_resuming_what_is_not_paused_does_nothing() -> None:
    call = Call()
    call.send(1, key=True)
    call.plis.clear()
    call.sink.select(TOP_LAYER, call.now)
    call.send(2)
    assert len(call.out) == 2
    assert call.plis == []


def test_pausing_does_not_revive_what_has_ended() -> None:
    call = Call()
    call.source.end(call.now)
    call.sink.select(None, call.now)
    call.sink.select(TOP_LAYER, call.now)
    assert call.sink.state is State.ENDED


# --- NACK


def test_lost_packets_are_repeated_by_rtx() -> None:
    call = Call()
    call.send(65535, key=True)
    call.send(0, 1)
    sent = list(call.out)
    call.out.clear()
    call.sink.on_nack([parse_header(sent[1]).sequence_number], call.now)
    (again,) = call.out
    header = parse_header(again)
    assert (header.ssrc, header.payload_type) == (OUT_RTX, 121)
    assert restore(again, header, OUT, 120)[0] == sent[1]
    assert call.sink.resent == 1


def test_rtx_has_its_own_numbers_in_a_row() -> None:
    call = Call()
    call.send(1, key=True)
    call.send(2, 3)
    asked = call.numbers()
    call.sink.on_nack(asked, call.now)
    first, second, third = call.numbers()
    assert (second, third) == (first + 1, first + 2)


def test_without_rtx_the_same_bytes_go_out_again() -> None:
    call = Call(rtx=False, mid=True)
    call.send(1, key=True)
    call.send(2)
    sent = list(call.out)
    call.out.clear()
    call.sink.on_nack([parse_header(packet).sequence_number for packet in sent], call.now)
    assert call.out == sent


def test_a_packet_is_not_repeated_too_soon_or_too_often() -> None:
    call = Call()
    call.send(1, key=True)
    (number,) = call.numbers()
    for _ in range(10):
        call.sink.on_nack([number, number], call.now)
        call.now += 0.06
    assert len(call.out) == 3
    assert call.sink.resent == 3


def test_repeats_wait_for_a_long_round_trip() -> None:
    call = Call()
    call.sink.rtt = 0.5
    call.send(1, key=True)
    (number,) = call.numbers()
    for _ in range(5):
        call.sink.on_nack([number], call.now)
        call.now += 0.11
    assert len(call.out) == 1


def test_what_was_never_sent_is_not_repeated() -> None:
    call = Call()
    call.sink.on_nack([1, 2, 3], call.now)
    call.send(7)
    call.send(8, key=True)
    (number,) = call.numbers()
    call.sink.on_nack([number - 1, number + 1, number + 30000], call.now)
    assert call.out == []


# --- keyframe requests


def test_a_receiver_may_ask_three_times_in_ten_seconds() -> None:
    call = Call()
    call.send(1, key=True)
    call.plis.clear()
    for _ in range(8):
        call.now += 1.2
        call.sink.on_keyframe_request(call.now)
    assert len(call.plis) == 3
    call.now += 2.0
    call.sink.on_keyframe_request(call.now)
    assert len(call.plis) == 4


# --- reports


def test_reports_run_on_the_publishers_clock() -> None:
    call = Call()
    call.send(10, key=True)
    call.send(11)
    sent = call.take()
    assert call.sink.sender_report(call.now, 999 << 32) is None
    ntp = (3_900_000_000 << 32) + 77
    call.source.on_sender_report(SSRC, ntp, 11 * FRAME_UNITS, call.now)
    call.now += 0.5
    data = call.sink.sender_report(call.now, 999 << 32)
    assert data is not None
    (report,) = parse_compound(data)
    assert isinstance(report, SenderReport)
    assert report.ssrc == OUT
    assert report.ntp - ntp == pytest.approx(1 << 31, rel=1e-6)
    assert report.rtp_timestamp == sent[1].timestamp + 45000
    assert report.packet_count == 2
    assert report.octet_count == sum(header.payload_end - header.payload_offset for header in sent)


def test_after_a_switch_reports_follow_the_shifted_timestamps() -> None:
    call = Call()
    call.send(1, key=True)
    second = make_source()
    call.sink.switch(track(second), call.now)
    call.send(9000, key=True, source=second)
    second.on_sender_report(SSRC, 5 << 32, (9000 * FRAME_UNITS) & 0xFFFFFFFF, call.now)
    data = call.sink.sender_report(call.now, 0)
    assert data is not None
    (report,) = parse_compound(data)
    assert isinstance(report, SenderReport)
    assert report.rtp_timestamp == call.take()[-1].timestamp


def test_a_publisher_without_reports_gets_the_nodes_clock_after_ten_seconds() -> None:
    call = Call()
    assert call.sink.sender_report(call.now, 1) is None
    call.send(1, key=True)
    assert call.sink.sender_report(call.now + 9.9, 999 << 32) is None
    data = call.sink.sender_report(call.now + 10.0, 999 << 32)
    assert data is not None
    (report,) = parse_compound(data)
    assert isinstance(report, SenderReport)
    assert report.ntp == 999 << 32
    assert report.rtp_timestamp == call.take()[0].timestamp + 900_000


def test_the_round_trip_is_measured_on_our_clock() -> None:
    call = Call()
    call.send(1, key=True)
    ntp = 0x0102030405060708
    call.source.on_sender_report(SSRC, ntp, FRAME_UNITS, call.now)
    call.sink.sender_report(call.now, 0)
    call.now += 0.380
    call.report(last_sr=0x03040506, delay=0.300)
    assert call.sink.rtt == pytest.approx(0.080, abs=0.001)
    assert call.sink.fraction_lost == 0.25
    assert call.sink.packets_lost == 3
    call.report(last_sr=0x99999999, delay=0.0)
    assert call.sink.rtt == pytest.approx(0.080, abs=0.001)


def test_a_delay_that_lies_gives_no_negative_round_trip() -> None:
    call = Call()
    call.send(1, key=True)
    call.source.on_sender_report(SSRC, 0x0102030405060708, FRAME_UNITS, call.now)
    call.sink.sender_report(call.now, 0)
    call.report(last_sr=0x03040506, delay=60.0)
    assert call.sink.rtt == 0.0


# --- mid


def test_the_mid_is_sent_until_the_receiver_reports() -> None:
    call = Call(mid=True)
    call.send(1, key=True)
    assert read_extension(*parsed(call.out[0]), MID) == b"m1"
    call.report()
    call.send(2)
    assert read_extension(*parsed(call.out[1]), MID) is None


def test_without_rtx_nothing_sent_with_a_mid_is_repeated_without_one() -> None:
    call = Call(rtx=False, mid=True)
    call.send(1, key=True)
    call.send(2)
    call.report()
    call.send(3)
    sent = list(call.out)
    call.out.clear()
    call.sink.on_nack([parse_header(packet).sequence_number for packet in sent], call.now)
    assert all(packet in sent for packet in call.out)
    assert sent[2] in call.out


def test_a_lossy_link_is_repaired_whole() -> None:
    call = Call()
    call.send(1, key=True)
    call.send(*range(2, 400))
    wanted = list(call.out)
    call.out.clear()
    lost = {parse_header(packet).sequence_number for packet in wanted[200::7]}
    call.sink.on_nack(sorted(lost), call.now)
    repaired = [restore(packet, parse_header(packet), OUT, 120)[0] for packet in call.out]
    assert {parse_header(packet).sequence_number for packet in repaired} == lost
    assert set(repaired) <= set(wanted)
