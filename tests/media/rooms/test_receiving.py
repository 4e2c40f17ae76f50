from __future__ import annotations

from dataclasses import replace

import pytest

from media.forward.layers import Layers
from media.metrics import Counters
from media.negotiation.events import Publish
from media.rooms.receiving import Receiving, Section
from media.rtp.extensions import MID, REPAIRED_RID, RID
from media.rtp.header import Header
from media.rtp.rtcp import PictureLossIndication, SenderReport, parse_compound
from tests.media.packets import VP8, VP8_RTX, rtp, vp8_delta, vp8_keyframe

MID_ID, RID_ID, REPAIRED_ID = 1, 2, 3
RIDS = ("q", "h", "f")
CAMERA = Publish(
    mid="1",
    source="camera",
    kind="video",
    codec="VP8",
    payload_type=VP8,
    clock_rate=90000,
    rtx_payload_type=VP8_RTX,
    ssrc=None,
    rtx_ssrc=None,
    extensions={MID: MID_ID, RID: RID_ID, REPAIRED_RID: REPAIRED_ID},
    rids=RIDS,
)
PLAIN = replace(CAMERA, mid="2", source="screen", ssrc=900, rtx_ssrc=901, rids=())


class Listener:
    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.ended_at: float | None = None

    def forward(self, packet: bytes, header: Header, now: float) -> None:
        self.packets.append(packet)

    def ended(self, now: float) -> None:
        self.ended_at = now


class Uplink:
    """What one participant publishes; the clock is moved by hand."""

    def __init__(self, *publishes: Publish) -> None:
        self.now = 10.0
        self.counters = Counters()
        self.rtcp: list[bytes] = []
        self.changes: list[Layers | None] = []
        self.receiving = Receiving(7, self.rtcp.append, self._changed, self.counters)
        for publish in publishes:
            self.receiving.publish(publish, self.now)

    def _changed(self, section: Section, now: float) -> None:
        self.changes.append(section.layers)

    @property
    def layers(self) -> Layers:
        (section,) = self.receiving.sections
        assert section.layers is not None
        return section.layers

    @property
    def ssrcs(self) -> list[int | None]:
        return [source and source.ssrc for source in self.layers.sources]

    @property
    def unknown(self) -> int:
        return self.counters.dropped["unknown_ssrc"]

    def send(
        self, ssrc: int, number: int, rid: str = "", mid: str = "1", payload_type: int = VP8
    ) -> None:
        self.now += 0.01
        named = [(MID_ID, mid.encode())] if mid else []
        named += [(RID_ID, rid.encode())] if rid else []
        self._receive(
            rtp(number, 0, vp8_keyframe(), ssrc=ssrc, payload_type=payload_type, extensions=named)
        )

    def repair(self, ssrc: int, number: int, rid: str) -> None:
        named = ((MID_ID, b"1"), (REPAIRED_ID, rid.encode()))
        body = number.to_bytes(2, "big") + vp8_delta()
        self._receive(rtp(1, 0, body, ssrc=ssrc, payload_type=VP8_RTX, extensions=named))

    def _receive(self, packet: bytes) -> None:
        self.receiving.receive(packet, self.now)


def test_layers_are_found_by_their_rid_whatever_their_order() -> None:
    uplink = Uplink(CAMERA)
    for ssrc, rid in ((30, "f"), (10, "q"), (20, "h")):
        uplink.send(ssrc, 1, rid)
    assert uplink.ssrcs == [10, 20, 30]
    assert uplink.layers.rids == RIDS
    assert uplink.changes == [uplink.layers]


def test_a_known_layer_needs_no_extension_any_more() -> None:
    uplink = Uplink(CAMERA)
    uplink.send(10, 1, "q")
    uplink.send(10, 2, mid="")
    assert uplink.layers.sources[0] is not None
    assert uplink.layers.sources[0].packets == 2


@pytest.mark.parametrize(("rid", "mid"), [("", "1"), ("x", "1"), ("q", "9"), ("", ""), ("\x80", "1")])
def test_what_names_no_layer_is_dropped(rid: str, mid: str) -> None:
    uplink = Uplink(CAMERA)
    uplink.send(10, 1, rid, mid)
    assert uplink.changes == []
    assert uplink.unknown == 1


def test_a_repaired_packet_finds_its_layer() -> None:
    uplink = Uplink(CAMERA)
    listener = Listener()
    uplink.send(10, 1, "q")
    uplink.send(20, 5, "h")
    uplink.send(20, 7)
    source = uplink.layers.sources[1]
    assert source is not None
    source.attach(listener, uplink.now)
    uplink.repair(21, 6, "h")
    assert (source.rtx_ssrc, source.recovered, len(listener.packets)) == (21, 1, 1)
    uplink.repair(99, 6, "f")
    assert uplink.unknown == 1


def test_a_layer_takes_a_new_ssrc_and_the_track_stays() -> None:
    uplink = Uplink(CAMERA)
    uplink.send(10, 1, "q")
    uplink.send(20, 1, "h")
    old, listener = uplink.layers.sources[1], Listener()
    assert old is not None
    old.attach(listener, uplink.now)
    uplink.now += 1.0
    uplink.send(21, 1, "h")
    assert uplink.ssrcs == [10, 21, None]
    assert listener.ended_at == uplink.now
    assert len(uplink.changes) == 1
    uplink.send(20, 2)
    assert uplink.unknown == 1


def test_a_new_ssrc_is_taken_once_a_second_by_each_layer() -> None:
    uplink = Uplink(CAMERA)
    uplink.send(10, 1, "q")
    uplink.send(11, 1, "q")
    uplink.send(20, 1, "h")
    assert uplink.ssrcs == [10, 20, None]
    assert uplink.unknown == 1


def test_an_ssrc_in_use_is_not_taken_by_another_layer_or_section() -> None:
    uplink = Uplink(CAMERA, PLAIN)
    uplink.send(10, 1, "q")
    uplink.send(10, 2, "h")
    uplink.send(900, 1, "f")
    uplink.send(10, 3, "f", payload_type=VP8_RTX)
    camera, screen = uplink.receiving.sections
    assert camera.layers is not None
    assert [source and source.ssrc for source in camera.layers.sources] == [10, None, None]
    assert [source.packets for source in uplink.receiving.sources] == [2, 1]
    assert screen.source(0) is not None


def test_a_lie_in_the_extension_is_dropped() -> None:
    uplink = Uplink(CAMERA)
    packet = bytearray(rtp(1, 0, vp8_keyframe(), extensions=((MID_ID, b"1"), (RID_ID, b"q"))))
    packet[16] = MID_ID << 4 | 0x0F
    uplink.receiving.receive(bytes(packet), 1.0)
    assert uplink.unknown == 1


def test_other_rids_make_another_track() -> None:
    uplink = Uplink(CAMERA)
    uplink.send(10, 1, "q")
    before = uplink.layers
    uplink.receiving.publish(replace(CAMERA, rids=("a", "b")), uplink.now)
    assert uplink.changes == [before, None]
    uplink.send(10, 2, "b")
    assert uplink.ssrcs == [None, 10]


def test_the_end_of_a_section_ends_all_its_layers() -> None:
    uplink = Uplink(CAMERA)
    listeners = {rid: Listener() for rid in RIDS}
    for ssrc, rid in enumerate(RIDS):
        uplink.send(ssrc, 1, rid)
        source = uplink.layers.sources[ssrc]
        assert source is not None
        source.attach(listeners[rid], uplink.now)
    uplink.receiving.unpublish("1", 99.0)
    assert {listener.ended_at for listener in listeners.values()} == {99.0}
    assert uplink.changes[-1] is None
    assert uplink.counters.retired.packets["in", "video"] == 3


def test_the_lowest_layer_may_be_asked_for_keyframes_twice_as_often() -> None:
    uplink = Uplink(CAMERA)
    for ssrc, rid in ((10, "q"), (20, "h")):
        uplink.send(ssrc, 1, rid)
    for _ in range(40):
        uplink.now += 0.05
        for source in uplink.receiving.sources:
            source.request_keyframe(uplink.now)
        uplink.receiving.poll(uplink.now)
    packets = [packet for data in uplink.rtcp for packet in parse_compound(data)]
    asked = [packet.media_ssrc for packet in packets if isinstance(packet, PictureLossIndication)]
    assert (asked.count(10), asked.count(20)) == (4, 2)


def test_sender_reports_go_to_their_layers() -> None:
    uplink = Uplink(CAMERA)
    uplink.send(10, 1, "q")
    uplink.send(20, 1, "h")
    uplink.receiving.on_sender_report(SenderReport(20, 1 << 32, 5, 0, 0), 12.0)
    clocks = [source.sender_clock() for source in uplink.receiving.sources]
    assert clocks == [None, (1 << 32, 5, 12.0)]
