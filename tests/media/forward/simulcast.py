"""A publisher of three layers and one subscriber, with a lossy path between; time is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass

from media.forward.layers import Layers
from media.forward.rewriter import OutgoingStream
from media.forward.source import TrackSource
from media.forward.subscriber import TrackSink
from media.rtp.header import parse_header
from media.rtp.rtcp import PictureLossIndication, parse_compound
from media.rtp.sequence import Unwrapper
from media.rtp.vp8 import frame_ids, parse_payload
from tests.media.packets import FRAME_UNITS, RTX_SSRC, VP8, VP8_RTX, rtp, vp8_delta, vp8_keyframe

FRAME_S = 1 / 30
OUT, OUT_RTX = 5000, 6000
NTP_START = 3_900_000_000 << 32


class Camera:
    """One layer: its frames have `size` packets, and random-looking bases of all their numbers."""

    def __init__(self, index: int, size: int) -> None:
        self.index = index
        self.size = size
        self.ssrc = 100 + index
        self.number = 65_530 - index * 20_000
        self.first_timestamp = 0xFFFF0000 - index * 0x10000000
        self.picture_id = 32_760 - index * 9_000
        self.tl0picidx = 250 - index * 50
        self.made = 0
        self.muted = False
        self.asked = True
        self.source = TrackSource(
            "video", 90000, self.ssrc, RTX_SSRC + index, VP8, VP8_RTX, 9, self._on_rtcp
        )

    def _on_rtcp(self, data: bytes) -> None:
        self.asked |= any(isinstance(packet, PictureLossIndication) for packet in parse_compound(data))

    def make(self, frame: int) -> list[bytes]:
        """The packets of the frame that is captured as number `frame`; none while muted."""
        if self.muted:
            return []
        key, self.asked = self.asked, False
        self.made += 1
        self.picture_id += 1
        self.tl0picidx += 1
        packets = [self._packet(frame, place, key=key) for place in range(self.size)]
        self.number += self.size
        return packets

    def _packet(self, frame: int, place: int, *, key: bool) -> bytes:
        data = bytes((self.index, place)) + self.made.to_bytes(4, "big") + frame.to_bytes(4, "big")
        start = vp8_keyframe(160 << self.index, 90 << self.index) if key else vp8_delta(b"")
        body = (start if place == 0 else vp8_delta(b"", start=False)) + data
        ids = (0x8000 | self.picture_id & 0x7FFF).to_bytes(2, "big") + bytes((self.tl0picidx & 0xFF, 0))
        return rtp(
            self.number + place,
            self.first_timestamp + frame * FRAME_UNITS,
            bytes((0x80 | body[0], 0xE0)) + ids + body[1:],
            ssrc=self.ssrc,
            marker=place == self.size - 1,
        )


@dataclass(frozen=True)
class Got:
    """One packet as the subscriber has it; `number` is unwrapped.

    Its layer made frame `made`, which was captured as number `frame`."""

    number: int
    timestamp: int
    picture_id: int
    tl0picidx: int
    layer: int
    place: int
    starts_keyframe: bool
    made: int
    frame: int
    data: bytes


def read(packet: bytes, numbers: Unwrapper, timestamps: Unwrapper) -> Got:
    header = parse_header(packet)
    ids = frame_ids(packet, header.payload_offset)
    assert ids.picture_id is not None
    assert ids.tl0picidx is not None
    return Got(
        numbers.unwrap(header.sequence_number),
        timestamps.unwrap(header.timestamp),
        ids.picture_id,
        ids.tl0picidx,
        packet[-10],
        packet[-9],
        parse_payload(packet, header).keyframe,
        int.from_bytes(packet[-8:-4], "big"),
        int.from_bytes(packet[-4:], "big"),
        packet,
    )


class Simulcast:
    """`got` is all that came, by its unwrapped sequence number. `reports`: the publisher sends SRs."""

    def __init__(
        self, *, reports: bool = True, rtx: bool = True, sizes: tuple[int, ...] = (1, 2, 3)
    ) -> None:
        self.now = 50.0
        self.frame = 0
        self.cameras = [Camera(index, size) for index, size in enumerate(sizes)]
        self.layers = Layers("video", 90000, ("q", "h", "f")[: len(sizes)])
        self.got: dict[int, Got] = {}
        self.repeats: list[bytes] = []
        self._numbers, self._timestamps = Unwrapper(16), Unwrapper(32)
        self.sink = TrackSink(
            self.layers,
            self._receive,
            OutgoingStream(OUT, 120, OUT_RTX if rtx else None, 121 if rtx else None),
            {},
        )
        for camera in self.cameras:
            self.layers.put(camera.index, camera.source, self.now)
            if reports:
                self.report(camera)

    def report(self, camera: Camera) -> None:
        """All layers' clocks began with frame 0."""
        since = round(self.frame * FRAME_S * (1 << 32))
        timestamp = (camera.first_timestamp + self.frame * FRAME_UNITS) & 0xFFFFFFFF
        camera.source.on_sender_report(camera.ssrc, NTP_START + since, timestamp, self.now)

    def _receive(self, packet: bytes) -> None:
        if parse_header(packet).ssrc == OUT_RTX:
            self.repeats.append(packet)
            return
        got = read(packet, self._numbers, self._timestamps)
        assert got.number not in self.got
        self.got[got.number] = got

    def run(self, frames: int) -> None:
        for _ in range(frames):
            self.arrive([packet for packets in self.make() for packet in packets])

    def seconds(self, seconds: float) -> None:
        self.run(round(seconds / FRAME_S))

    def make(self) -> list[list[bytes]]:
        """The next frame's packets of each layer, not arrived yet."""
        self.now += FRAME_S
        self.frame += 1
        return [camera.make(self.frame) for camera in self.cameras]

    def arrive(self, packets: list[bytes]) -> None:
        for packet in packets:
            header = parse_header(packet)
            self.cameras[header.ssrc - 100].source.receive(packet, header, self.now)
        self.layers.poll(self.now)
        self.sink.poll(self.now)
        for camera in self.cameras:
            for data in camera.source.poll(self.now):
                camera._on_rtcp(data)

    @property
    def packets(self) -> list[Got]:
        """What came, in the order of its numbers."""
        return [self.got[number] for number in sorted(self.got)]

    @property
    def shown(self) -> list[int]:
        """Which layer each of the last packets is of, without repeats in a row."""
        layers = [packet.layer for packet in self.packets]
        return [layer for place, layer in enumerate(layers) if place == 0 or layers[place - 1] != layer]
