from __future__ import annotations

import logging

import pytest

from media.forward.source import TrackSource
from media.rtp.header import Header, parse_header
from media.rtp.rtcp import Nack, PictureLossIndication, ReceiverReport, ReportBlock, parse_compound
from tests.media.packets import (
    FRAME_UNITS,
    OPUS,
    RTX_SSRC,
    SSRC,
    VP8,
    VP8_RTX,
    parsed,
    payload_of,
    rtp,
    vp8_delta,
    vp8_keyframe,
)

LOCAL = 0xABCD


class Listener:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.ended_at: float | None = None

    def forward(self, packet: bytes, header: Header, now: float) -> None:
        assert header == parse_header(packet)
        self.packets.append(packet)

    def ended(self, now: float) -> None:
        self.ended_at = now

    @property
    def numbers(self) -> list[int]:
        return [parse_header(packet).sequence_number for packet in self.packets]


class Broken(Listener):
    def forward(self, packet: bytes, header: Header, now: float) -> None:
        raise RuntimeError("broken sink")

    def ended(self, now: float) -> None:
        raise RuntimeError("broken sink")


class Publisher:
    """A source with its clock moved by hand and all RTCP it sent."""

    def __init__(self, *, audio: bool = False) -> None:
        self.sent: list[bytes] = []
        self.now = 100.0
        self.source = (
            TrackSource("audio", 48000, SSRC, None, OPUS, None, LOCAL, self.sent.append)
            if audio
            else TrackSource("video", 90000, SSRC, RTX_SSRC, VP8, VP8_RTX, LOCAL, self.sent.append)
        )
        self.listener = Listener()
        self.source.attach(self.listener, self.now)

    def send(self, *numbers: int, key: bool = False) -> None:
        """One frame of one packet for each number, a millisecond apart."""
        payload = vp8_keyframe() if key else vp8_delta()
        for number in numbers:
            self.now += 0.001
            self.source.receive(*parsed(rtp(number, number * FRAME_UNITS, payload)), self.now)

    def resend(self, number: int, payload: bytes | None = None) -> None:
        body = number.to_bytes(2, "big") + (payload if payload is not None else vp8_delta())
        packet = rtp(9, number * FRAME_UNITS, body, ssrc=RTX_SSRC, payload_type=VP8_RTX)
        self.source.receive_rtx(*parsed(packet), self.now)

    def poll(self, seconds: float = 0.0) -> list[object]:
        self.now += seconds
        return [packet for data in self.source.poll(self.now) for packet in parse_compound(data)]

    def nacks(self, seconds: float = 0.0) -> list[int]:
        found = [packet for packet in self.poll(seconds) if isinstance(packet, Nack)]
        assert all((nack.sender_ssrc, nack.media_ssrc) == (LOCAL, SSRC) for nack in found)
        return [number for nack in found for number in nack.sequence_numbers]

    def report(self, seconds: float = 0.0) -> ReportBlock:
        (report,) = [packet for packet in self.poll(seconds) if isinstance(packet, ReceiverReport)]
        assert report.ssrc == LOCAL
        return report.reports[0]

    @property
    def plis(self) -> int:
        packets = [packet for data in self.sent for packet in parse_compound(data)]
        assert all(packet == PictureLossIndication(LOCAL, SSRC) for packet in packets)
        return len(packets)


def test_every_sink_gets_every_packet_as_it_came() -> None:
    publisher, second = Publisher(), Listener()
    publisher.source.attach(second, publisher.now)
    publisher.source.attach(second, publisher.now)
    publisher.send(65535, 0, 1)
    assert publisher.listener.numbers == second.numbers == [65535, 0, 1]
    publisher.source.detach(second)
    publisher.send(2)
    assert second.numbers == [65535, 0, 1]


def test_a_broken_sink_reaches_neither_the_others_nor_the_caller(
    caplog: pytest.LogCaptureFixture,
) -> None:
    publisher = Publisher()
    publisher.source.detach(publisher.listener)
    publisher.source.attach(Broken(), publisher.now)
    publisher.source.attach(publisher.listener, publisher.now)
    with caplog.at_level(logging.ERROR):
        publisher.send(1, 2, 3)
        publisher.source.end(publisher.now)
    assert publisher.listener.numbers == [1, 2, 3]
    assert publisher.listener.ended_at == publisher.now
    assert publisher.source.sink_errors == 4
    assert len(caplog.records) == 1


def test_the_end_is_told_once_and_to_late_comers_too() -> None:
    publisher, late = Publisher(), Listener()
    publisher.send(1)
    publisher.source.end(200.0)
    publisher.source.end(201.0)
    publisher.source.attach(late, 202.0)
    assert (publisher.listener.ended_at, late.ended_at) == (200.0, 202.0)
    assert publisher.source.next_poll is None


def test_recent_packets_are_kept_and_old_ones_overwritten() -> None:
    publisher = Publisher()
    publisher.send(*range(60000, 60000 + 1500))
    assert publisher.source.cached(60000 + 1499) is not None
    assert publisher.source.cached(60000 + 476) is not None
    assert publisher.source.cached(60000 + 475) is None
    assert publisher.source.cached(5) is None


def test_duplicates_are_forwarded_once() -> None:
    publisher = Publisher()
    publisher.send(1, 2, 2, 1, 3)
    assert publisher.listener.numbers == [1, 2, 3]


def test_late_packets_are_forwarded_and_not_asked_for() -> None:
    publisher = Publisher()
    publisher.send(1, 3, 2)
    assert publisher.listener.numbers == [1, 3, 2]
    assert publisher.nacks(0.05) == []


# --- NACK


def test_a_gap_is_asked_for_after_twenty_milliseconds() -> None:
    publisher = Publisher()
    publisher.send(65534, 1)
    publisher.poll()
    assert publisher.source.next_poll == pytest.approx(publisher.now + 0.020)
    assert publisher.nacks(0.019) == []
    assert publisher.nacks(0.002) == [65535, 0]


def test_requests_are_spaced_by_the_round_trip_and_end_after_ten() -> None:
    publisher = Publisher()
    publisher.source.rtt = 0.2
    publisher.send(1, 3)
    assert publisher.nacks(0.02) == [2]
    assert publisher.nacks(0.19) == []
    asked = sum(len(publisher.nacks(0.201)) for _ in range(30))
    assert asked == 9
    assert publisher.source.nacks == 10


def test_giving_a_packet_up_asks_for_a_keyframe() -> None:
    publisher = Publisher()
    publisher.send(1, 3)
    for _ in range(11):
        assert publisher.plis == 0
        publisher.poll(0.101)
    assert publisher.plis == 1


def test_a_very_long_gap_asks_for_a_keyframe_and_for_no_packet() -> None:
    publisher = Publisher()
    publisher.send(1, 1100)
    assert publisher.plis == 1
    assert publisher.nacks(0.1) == []


def test_many_gaps_overflow_the_list_and_ask_for_a_keyframe() -> None:
    publisher = Publisher()
    publisher.send(*range(0, 2002, 2))
    assert publisher.plis == 0
    publisher.send(2002)
    assert publisher.plis == 1
    assert publisher.nacks(0.1) == []


def test_a_keyframe_makes_older_gaps_worthless() -> None:
    publisher = Publisher()
    publisher.send(1, 3)
    publisher.send(4, key=True)
    publisher.send(6)
    assert publisher.nacks(0.05) == [5]


def test_audio_is_never_asked_for_again() -> None:
    publisher = Publisher(audio=True)
    publisher.send(1, 5, 2000)
    assert publisher.nacks(0.5) == []
    publisher.source.request_keyframe(publisher.now)
    assert publisher.plis == 0


# --- RTX


def test_a_recovered_packet_takes_its_place_and_ends_the_asking() -> None:
    publisher = Publisher()
    publisher.send(1, 3)
    publisher.resend(2, b"\x10\x11recovered")
    assert publisher.listener.numbers == [1, 3, 2]
    restored = publisher.listener.packets[-1]
    header = parse_header(restored)
    assert (header.ssrc, header.payload_type, header.timestamp) == (SSRC, VP8, 2 * FRAME_UNITS)
    assert payload_of(restored) == b"\x10\x11recovered"
    assert publisher.nacks(0.05) == []
    assert publisher.source.recovered == 1


def test_recovered_packets_still_count_as_lost_in_the_report() -> None:
    publisher = Publisher()
    publisher.send(1, 2, 4)
    publisher.resend(3)
    assert publisher.report().packets_lost == 1


def test_probes_duplicates_and_foreign_numbers_are_passed_over() -> None:
    publisher = Publisher()
    publisher.resend(1)
    publisher.send(100, 101)
    publisher.resend(101)
    publisher.resend(102)
    publisher.resend(40000)
    probe = rtp(9, 0, b"", ssrc=RTX_SSRC, payload_type=VP8_RTX, padding=100)
    publisher.source.receive_rtx(*parsed(probe), publisher.now)
    assert publisher.listener.numbers == [100, 101]


def test_a_recovered_keyframe_start_is_known_as_one() -> None:
    publisher = Publisher()
    publisher.send(1, 3)
    publisher.resend(2, vp8_keyframe())
    assert len(publisher.source.since_keyframe(publisher.now)) == 2


# --- sequence numbers that jump (RFC 3550 A.1)


def test_one_packet_far_off_is_dropped_and_two_in_a_row_mean_a_restart() -> None:
    publisher = Publisher()
    publisher.send(1, 2)
    publisher.send(30000)
    publisher.send(3)
    assert publisher.listener.numbers == [1, 2, 3]
    publisher.send(40000, 40001, 40002)
    assert publisher.listener.numbers == [1, 2, 3, 40001, 40002]
    assert publisher.source.lost == 0
    assert publisher.source.packets == 5


# --- keyframes


def test_keyframe_requests_are_throttled_and_the_refused_one_is_remembered() -> None:
    publisher = Publisher()
    start = publisher.now
    for _ in range(5):
        publisher.source.request_keyframe(publisher.now)
        publisher.now += 0.1
    assert publisher.plis == 1
    assert publisher.source.next_poll == pytest.approx(start + 1.0)
    assert publisher.poll() == []
    publisher.now = start + 1.0
    assert publisher.poll() == [PictureLossIndication(LOCAL, SSRC)]
    assert publisher.source.next_poll is None
    assert publisher.source.plis == 2


def test_a_keyframe_satisfies_the_remembered_request() -> None:
    publisher = Publisher()
    publisher.source.request_keyframe(publisher.now)
    publisher.source.request_keyframe(publisher.now)
    publisher.send(1, key=True)
    publisher.poll()
    assert not any(isinstance(packet, PictureLossIndication) for packet in publisher.poll(2.0))


def test_packets_since_the_keyframe_serve_a_joiner_while_whole_and_recent() -> None:
    publisher = Publisher()
    publisher.send(1, 2)
    assert publisher.source.since_keyframe(publisher.now) == []
    publisher.send(3, key=True)
    publisher.send(4, 6)
    assert publisher.source.since_keyframe(publisher.now) == []
    publisher.send(5)
    served = publisher.source.since_keyframe(publisher.now)
    assert [parse_header(packet).sequence_number for packet in served] == [3, 4, 5, 6]
    assert publisher.source.since_keyframe(publisher.now + 1.1) == []


def test_a_joiner_is_not_sent_a_huge_burst() -> None:
    publisher = Publisher()
    publisher.send(0, key=True)
    publisher.send(*range(1, 256))
    assert len(publisher.source.since_keyframe(publisher.now)) == 256
    publisher.send(256)
    assert publisher.source.since_keyframe(publisher.now) == []


def test_a_keyframe_start_behind_its_second_packet_is_found() -> None:
    publisher = Publisher()
    publisher.send(1)
    second = rtp(3, 2 * FRAME_UNITS, vp8_delta(start=False))
    first = rtp(2, 2 * FRAME_UNITS, vp8_keyframe())
    publisher.source.receive(*parsed(second), publisher.now)
    publisher.source.receive(*parsed(first), publisher.now)
    assert publisher.source.since_keyframe(publisher.now) == [first, second]


# --- reports


def test_reports_come_every_second_and_count_loss_by_interval() -> None:
    publisher = Publisher()
    assert publisher.source.next_poll is None
    publisher.send(*range(65530, 65536))
    assert publisher.report().packets_lost == 0
    publisher.send(1, 3)
    assert publisher.poll(0.5) == [Nack(LOCAL, SSRC, (0, 2))]
    block = publisher.report(0.6)
    assert block.ssrc == SSRC
    assert block.highest_sequence == 65536 + 3
    assert block.packets_lost == 2
    assert block.fraction_lost == 256 * 2 // 4
    assert publisher.report(1.1).fraction_lost == 0


def test_the_last_sender_report_is_echoed_with_its_age() -> None:
    publisher = Publisher()
    publisher.send(1)
    assert (publisher.report().last_sr, publisher.report(1.0).delay_since_last_sr) == (0, 0)
    publisher.source.on_sender_report(SSRC, 0x1122334455667788, 9000, publisher.now)
    publisher.source.on_sender_report(RTX_SSRC, 1, 1, publisher.now)
    block = publisher.report(1.5)
    assert block.last_sr == 0x33445566
    assert block.delay_since_last_sr == pytest.approx(1.5 * 65536, abs=2)
    assert publisher.source.sender_clock() == (0x1122334455667788, 9000, publisher.now - 1.5)


def test_even_arrival_has_no_jitter_and_a_changing_delay_has_its_mean() -> None:
    publisher = Publisher()
    for number in range(200):
        packet = rtp(number, 0xFFFFFF00 + number * FRAME_UNITS, vp8_delta())
        publisher.source.receive(*parsed(packet), number * FRAME_UNITS / 90000)
    assert publisher.source.jitter == 0
    for number in range(200, 600):
        packet = rtp(number, 0xFFFFFF00 + number * FRAME_UNITS, vp8_delta())
        delay = 0.010 if number % 2 else 0.0
        publisher.source.receive(*parsed(packet), number * FRAME_UNITS / 90000 + delay)
    assert publisher.source.jitter == pytest.approx(900, abs=2)


def test_received_bytes_are_counted() -> None:
    publisher = Publisher()
    publisher.send(1, 2)
    assert publisher.source.packets == 2
    assert publisher.source.bytes == sum(len(packet) for packet in publisher.listener.packets)
