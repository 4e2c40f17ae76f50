"""A real decoder takes what a subscriber gets over changes of layer and track."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest

from media.forward.layers import Layers
from media.forward.rewriter import OutgoingStream
from media.forward.source import TrackSource
from media.forward.subscriber import TrackSink
from media.recording.depacketise import Frame, VideoDepacketiser
from media.rtp.header import parse_header
from tests.media.packets import RTX_SSRC, VP8, VP8_RTX
from tests.media.recording.streams import vp8_packets

FRAME_S = 1 / 30
SIZES = ((160, 90), (320, 180), (640, 360))
LUMA = (60, 120, 200)  # of each layer's picture


class Encoder:
    """One layer: a grey picture of its own size and brightness."""

    def __init__(self, layer: int, luma: int) -> None:
        self.width, self.height = SIZES[layer]
        self.luma = luma
        self.number, self.frame = 65_000 + layer * 200, 0
        self.first_timestamp = layer * 1_000_000_007
        self.asked = True
        context = self._context = av.CodecContext.create("libvpx", "w")
        context.width, context.height, context.pix_fmt = self.width, self.height, "yuv420p"
        context.time_base, context.framerate = Fraction(1, 90000), Fraction(30)
        context.gop_size, context.thread_count = 3000, 1
        context.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        self.source = TrackSource(
            "video", 90000, layer + 1, RTX_SSRC, VP8, VP8_RTX, 9, lambda data: self._ask()
        )

    def _ask(self) -> None:
        self.asked = True

    def packets(self) -> list[bytes]:
        picture = np.full((self.height * 3 // 2, self.width), 128, np.uint8)
        picture[: self.height] = self.luma
        picture[: self.height, : self.frame % self.width] += 20  # a bar that moves
        frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
        frame.pts, frame.time_base = self.frame * 3000, Fraction(1, 90000)
        if self.asked:
            frame.pict_type = av.video.frame.PictureType.I
        self.asked = False
        (encoded,) = self._context.encode(frame)
        packets = vp8_packets(bytes(encoded), self.number, self.first_timestamp + self.frame * 3000)
        self.number += len(packets)
        self.frame += 1
        return packets


class Screen:
    """What the subscriber's decoder makes of it: (width, height, brightness) of each frame."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.shown: list[tuple[int, int, float]] = []
        self.now = 0.0
        self._depacketiser = VideoDepacketiser()
        self._decoder = av.CodecContext.create("libvpx", "r")

    def take(self, packet: bytes) -> None:
        for frame in self._depacketiser.push(packet, parse_header(packet), self.now):
            self.frames.append(frame)
            for picture in self._decoder.decode(av.Packet(frame.data)):
                luma = picture.to_ndarray()[: picture.height]
                self.shown.append((picture.width, picture.height, float(np.median(luma[:, -8:]))))


class Studio:
    def __init__(self, lumas: tuple[int, ...] = LUMA) -> None:
        self.now = 10.0
        self.screen = Screen()
        self.publish(lumas)
        self.sink = TrackSink(self.layers, self.screen.take, OutgoingStream(7, 120, 8, 121), {})

    def publish(self, lumas: tuple[int, ...]) -> None:
        self.encoders = [Encoder(layer, luma) for layer, luma in enumerate(lumas)]
        self.layers = Layers("video", 90000, ("q", "h", "f"))
        for layer, encoder in enumerate(self.encoders):
            self.layers.put(layer, encoder.source, self.now)

    def run(self, frames: int) -> None:
        for _ in range(frames):
            self.now = self.screen.now = self.now + FRAME_S
            for encoder in self.encoders:
                for packet in encoder.packets():
                    encoder.source.receive(packet, parse_header(packet), self.now)
            self.layers.poll(self.now)
            self.sink.poll(self.now)

    def last(self) -> tuple[tuple[int, int], float]:
        width, height, luma = self.screen.shown[-1]
        return (width, height), luma


def test_every_layer_is_shown_whole_after_each_change() -> None:
    studio = Studio()
    studio.run(70)
    for layer in (0, 2, 1, 2, 0, 1):
        studio.sink.select(layer, studio.now)
        studio.run(35)
        size, luma = studio.last()
        assert size == SIZES[layer]
        assert luma == pytest.approx(LUMA[layer], abs=6)
    assert len(studio.screen.shown) == len(studio.screen.frames)
    times = [frame.timestamp for frame in studio.screen.frames]
    steps = [later - earlier for earlier, later in pairwise(times)]
    again = [step for step in steps if step < 100]  # one moment, of the old layer and of the new one
    assert all(2900 < step < 3100 for step in steps if step not in again)
    assert len(again) <= 5
    assert min(again) > 0
    assert times[-1] - times[0] == pytest.approx((6 * 35 - 1) * 3000, abs=100)


def test_another_track_is_shown_whole_in_the_same_stream() -> None:
    studio = Studio()
    studio.run(70)
    studio.sink.select(1, studio.now)
    studio.run(5)
    studio.publish((90, 150, 230))
    studio.sink.switch(studio.layers, studio.now)
    studio.run(5)
    assert studio.last() == (SIZES[0], pytest.approx(90, abs=6))
    studio.run(90)
    assert studio.last() == (SIZES[1], pytest.approx(150, abs=6))
    assert len(studio.screen.shown) == len(studio.screen.frames) >= 100
