"""A track of several layers is recorded as one: the best that is alive, on one time line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from media.forward.layers import Layers
from media.recording.best_layer import BestLayer
from media.recording.events import SegmentOpened
from media.recording.track import TrackRecorder
from tests.media.recording.players import pictures
from tests.media.recording.streams import (
    FRAME_RATE,
    Camera,
    Microphone,
    VideoEncoder,
    brightness,
)
from tests.media.recording.test_recorder import CAMERA, MICROPHONE, Studio

SIZES = ((160, 120), (320, 240))
LOW, HIGH = 0, 1
NTP = 3_900_000_000 << 32


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = Studio(tmp_path / "segments")
    yield made
    made.recorder.close()


class Pair:
    """Two layers of one camera; both frames of a moment are captured together."""

    def __init__(self, *, reports: bool = True) -> None:
        self.cameras = [Camera(first_timestamp=77), Camera(first_timestamp=0xFFFF0000)]
        self.layers = Layers("video", 90000, ("q", "h"))
        self.muted: set[int] = set()
        for index, camera in enumerate(self.cameras):
            camera.encoder = VideoEncoder(*SIZES[index])
            camera.source.ssrc += index
            self.layers.put(index, camera.source, camera.now)
            if reports:
                camera.source.on_sender_report(
                    camera.source.ssrc, NTP, camera.first_timestamp & 0xFFFFFFFF, camera.now
                )

    @property
    def now(self) -> float:
        return self.cameras[LOW].now

    def send(self, frames: int) -> None:
        for _ in range(frames):
            for index, camera in enumerate(self.cameras):
                if index in self.muted:
                    camera.rest(1)
                else:
                    camera.send()
            self.layers.poll(self.now)

    def record(self, studio: Studio, start_ms: int = 0) -> TrackRecorder:
        return studio.recorder.start(CAMERA, BestLayer(self.layers), start_ms, self.now)


def test_recording_goes_over_to_the_best_layer_without_a_gap(studio: Studio) -> None:
    pair = Pair()
    pair.record(studio)
    pair.send(120)
    (closed,) = studio.closed()
    shown = pictures(studio.path(closed))
    times = [picture.time for picture in shown]
    assert all(later >= earlier for earlier, later in pairwise(times))
    assert max(later - earlier for earlier, later in pairwise(times)) < 0.05
    for picture in shown:
        assert picture.grey == pytest.approx(brightness(round(picture.time * FRAME_RATE)), abs=5)
    assert closed.duration_ms == pytest.approx(119 * 1000 / FRAME_RATE, abs=3)


def test_the_layer_that_dies_is_left_and_taken_again(studio: Studio) -> None:
    pair = Pair()
    pair.send(90)
    recording = pair.record(studio)
    pair.send(30)
    pair.muted = {HIGH}
    pair.send(60)
    source = recording.source
    assert isinstance(source, BestLayer)
    assert source.layer == LOW
    pair.muted = set()
    pair.send(90)
    assert source.layer == HIGH
    (closed,) = studio.closed()
    shown = pictures(studio.path(closed))
    times = [picture.time for picture in shown]
    assert all(later >= earlier for earlier, later in pairwise(times))
    assert times[-1] == pytest.approx(180 / FRAME_RATE, abs=0.1)
    for picture in shown:
        frame = 90 + round((closed.start_ms / 1000 + picture.time) * FRAME_RATE)
        assert picture.grey == pytest.approx(brightness(frame), abs=5)


def test_only_the_layer_that_is_written_is_asked_for_a_keyframe(studio: Studio) -> None:
    pair = Pair()
    pair.send(90)
    low, high = (camera.source.plis for camera in pair.cameras)
    pair.record(studio)
    pair.send(90)
    assert pair.cameras[LOW].source.plis == low
    assert high < pair.cameras[HIGH].source.plis <= high + 2  # the writer may ask once before it looks


def test_nothing_from_before_the_recording_is_written(studio: Studio) -> None:
    pair = Pair()
    pair.send(10)
    pair.record(studio, start_ms=4000)
    pair.send(30)
    (closed,) = studio.closed()
    assert closed.start_ms >= 4000
    first = pictures(studio.path(closed))[0]
    assert first.grey != pytest.approx(brightness(9), abs=2)
    assert first.grey == pytest.approx(brightness(10), abs=4)


def test_a_new_stream_of_the_camera_goes_on_in_the_same_segment(studio: Studio) -> None:
    """The browser took a new SSRC: the recording is not cut."""
    layers = Layers("video", 90000)
    camera = Camera()
    layers.put(0, camera.source, camera.now)
    studio.recorder.start(CAMERA, BestLayer(layers), 0, camera.now)
    camera.send(15)
    second = Camera(start=camera.now, first_timestamp=9)
    second.source.ssrc += 1
    layers.put(0, second.source, camera.now)
    second.send(15)
    (closed,) = studio.closed()
    shown = pictures(studio.path(closed))
    assert len(shown) == 30
    assert shown[-1].time == pytest.approx(29 / FRAME_RATE, abs=0.01)


def test_sound_and_picture_of_one_moment_get_one_place_in_any_layer(studio: Studio) -> None:
    pair, microphone = Pair(), Microphone()
    microphone.source.on_sender_report(microphone.source.ssrc, NTP, microphone.first_timestamp, 1000.0)
    sound = Layers("audio", 48000)
    sound.put(0, microphone.source, microphone.now)
    studio.recorder.start(MICROPHONE, BestLayer(sound), 0, 999.0)
    microphone.send(1)
    studio.wait_for(SegmentOpened)
    pair.record(studio, start_ms=1000)
    pair.send(120)
    microphone.send(199)
    closed = {segment.key.kind: segment for segment in studio.closed()}
    assert closed["audio"].start_ms == pytest.approx(1000, abs=1)
    end = closed["video"].start_ms + closed["video"].duration_ms
    assert end == pytest.approx(1000 + 119 * 1000 / FRAME_RATE, abs=3)


def test_the_end_of_the_track_closes_its_segment(studio: Studio) -> None:
    pair = Pair()
    pair.record(studio)
    pair.send(10)
    pair.layers.end(pair.now)
    assert len(studio.closed()) == 1


def test_a_stopped_recording_follows_nothing(studio: Studio) -> None:
    pair = Pair()
    recording = pair.record(studio)
    pair.send(10)
    studio.recorder.stop(recording)
    source = recording.source
    assert isinstance(source, BestLayer)
    count = source.packets
    pair.send(100)
    assert source.packets == count
