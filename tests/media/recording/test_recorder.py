from __future__ import annotations

import hashlib
import resource
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from media.recording import pipeline, track
from media.recording.events import (
    RecorderEvent,
    RecordingTrouble,
    SegmentClosed,
    SegmentOpened,
    TrackKey,
)
from media.recording.recorder import Recorder
from tests.media.packets import parsed
from tests.media.recording.players import can_seek, codec_and_duration, pictures, sound
from tests.media.recording.streams import FRAME_RATE, Camera, Microphone, brightness

CAMERA = TrackKey("room", "recording", "ada", "camera", "video")
MICROPHONE = TrackKey("room", "recording", "ada", "microphone", "audio")


class Studio:
    """A recorder with its events; its clock is moved by hand."""

    def __init__(self, directory: Path, min_free_bytes: int = 0) -> None:
        self.events: list[RecorderEvent] = []
        self.now = 1000.0
        self._news = threading.Condition()
        self.recorder = Recorder(directory, self.take, lambda: self.now, min_free_bytes)

    def take(self, event: RecorderEvent) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def wait_for(self, kind: type[RecorderEvent]) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.of(kind), timeout=20)

    def of(self, kind: type[RecorderEvent]) -> list[RecorderEvent]:
        return [event for event in self.events if isinstance(event, kind)]

    def closed(self) -> list[SegmentClosed]:
        """All closed segments, after the recorder's end."""
        self.recorder.close()
        return [event for event in self.events if isinstance(event, SegmentClosed)]

    def path(self, closed: SegmentClosed) -> Path:
        path = self.recorder.path(closed.segment)
        assert path is not None
        return path


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = Studio(tmp_path / "segments")
    yield made
    made.recorder.close()


def test_video_is_recorded_as_it_was_sent(studio: Studio) -> None:
    camera = Camera()
    studio.recorder.start(CAMERA, camera.source, 5000, camera.now)
    camera.send(90)
    (closed,) = studio.closed()
    path = studio.path(closed)
    codec, duration = codec_and_duration(path)
    assert codec == "vp8"
    assert duration == pytest.approx(89 / FRAME_RATE, abs=0.01)
    shown = pictures(path)
    assert len(shown) == 90
    assert shown[0].keyframe
    for index, picture in enumerate(shown):
        assert picture.grey == pytest.approx(brightness(index), abs=4)
        assert picture.time == pytest.approx(index / FRAME_RATE, abs=0.002)


def test_sound_is_recorded_as_it_was_sent(studio: Studio) -> None:
    microphone = Microphone()
    studio.recorder.start(MICROPHONE, microphone.source, 0, microphone.now)
    microphone.send(150)
    (closed,) = studio.closed()
    path = studio.path(closed)
    codec, duration = codec_and_duration(path)
    assert codec == "opus"
    assert duration == pytest.approx(3.0, abs=0.02)
    heard = sound(path)
    assert len(heard) == 150
    assert all(loudness > 0.1 for _, _, loudness in heard[5:])


def test_the_closed_segment_tells_size_hash_and_place(studio: Studio) -> None:
    camera = Camera()
    studio.recorder.start(CAMERA, camera.source, 5000, camera.now)
    camera.send(30)
    (closed,) = studio.closed()
    data = studio.path(closed).read_bytes()
    assert (closed.size, closed.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (closed.key, closed.start_ms, closed.salvaged) == (CAMERA, 5000, False)
    assert closed.duration_ms == pytest.approx(29 * 1000 / FRAME_RATE, abs=2)
    assert studio.of(SegmentOpened) == [SegmentOpened(CAMERA, closed.segment, 5000)]


def test_players_can_seek_in_a_closed_file(studio: Studio) -> None:
    camera, microphone = Camera(), Microphone()
    studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    studio.recorder.start(MICROPHONE, microphone.source, 0, microphone.now)
    for _ in range(10):
        camera.asked = 1
        camera.send(30)
    microphone.send(500)
    for closed in studio.closed():
        assert can_seek(studio.path(closed), 7.5)


def test_recording_starts_at_a_keyframe_it_asks_for(studio: Studio) -> None:
    camera = Camera()
    camera.send(20)
    recording = studio.recorder.start(CAMERA, camera.source, 8000, camera.now)
    assert camera.asked == 1
    camera.arrive(camera.make()[:0])  # the request is answered by a frame that never comes
    camera.asked = 0
    camera.send(10)
    camera.asked = 1
    camera.send(30)
    studio.recorder.stop(recording)
    (closed,) = studio.closed()
    shown = pictures(studio.path(closed))
    assert (len(shown), shown[0].keyframe) == (30, True)
    assert shown[0].grey == pytest.approx(brightness(31), abs=4)
    assert closed.start_ms == pytest.approx(8000 + 11 * 1000 / FRAME_RATE, abs=2)


def test_a_lost_packet_costs_the_frames_until_the_next_keyframe(studio: Studio) -> None:
    camera = Camera()
    studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    camera.send(30)
    camera.make()
    camera.send(29)
    camera.asked = 1
    camera.send(30)
    (closed,) = studio.closed()
    shown = pictures(studio.path(closed))
    times = [round(picture.time * FRAME_RATE) for picture in shown]
    resumed = times[30]  # when the writer's thread noticed the loss, at the latest when we asked
    assert 30 < resumed <= 60
    assert times == [*range(30), *range(resumed, 90)]
    for place, picture in zip(times, shown, strict=True):
        assert picture.grey == pytest.approx(brightness(place), abs=4)


def test_late_and_repaired_packets_take_their_places(studio: Studio) -> None:
    camera = Camera()
    studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    camera.send(10)
    late = camera.make()
    camera.send(5)
    camera.arrive(late)
    swapped = camera.make()
    camera.arrive(swapped[::-1])
    camera.send(10)
    (closed,) = studio.closed()
    shown = pictures(studio.path(closed))
    assert len(shown) == 27
    assert all(
        picture.grey == pytest.approx(brightness(index), abs=4) for index, picture in enumerate(shown)
    )


def test_a_size_change_stays_in_one_segment(studio: Studio) -> None:
    camera = Camera()
    studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    camera.send(15)
    camera.encoder = type(camera.encoder)(640, 480)
    camera.send(15)
    (closed,) = studio.closed()
    assert len(pictures(studio.path(closed))) == 30


def test_a_dtx_gap_is_filled_and_what_follows_is_in_time(studio: Studio) -> None:
    microphone = Microphone()
    studio.recorder.start(MICROPHONE, microphone.source, 0, microphone.now)
    microphone.send(50)
    microphone.rest(100)
    microphone.send(50)
    (closed,) = studio.closed()
    heard = sound(studio.path(closed))
    assert closed.duration_ms == 4000
    assert len(heard) == 200
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(heard[1:])]
    assert all(gap == pytest.approx(0.02, abs=0.0025) for gap in gaps)
    assert max(loudness for _, _, loudness in heard[60:148]) < 0.01
    assert min(loudness for _, _, loudness in heard[153:]) > 0.1


def test_lost_sound_leaves_what_follows_in_time(studio: Studio) -> None:
    microphone = Microphone()
    studio.recorder.start(MICROPHONE, microphone.source, 0, microphone.now)
    for _ in range(20):
        microphone.send(4)
        microphone.lose()
    microphone.send()
    (closed,) = studio.closed()
    assert closed.duration_ms == 101 * 20
    assert len(sound(studio.path(closed))) == 101


def test_a_camera_that_rested_goes_on_in_time(studio: Studio) -> None:
    camera = Camera()
    studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    camera.send(10)
    camera.rest(150)
    camera.send(10)
    (closed,) = studio.closed()
    shown = pictures(studio.path(closed))
    assert len(shown) == 20
    assert shown[10].time == pytest.approx(160 / FRAME_RATE, abs=0.003)


def test_sound_and_picture_of_one_moment_get_one_place(studio: Studio) -> None:
    """Both were captured at the same moments; the picture arrives 80 ms later."""
    camera, microphone = Camera(), Microphone()
    ntp = 3_900_000_000 << 32
    camera.source.on_sender_report(camera.source.ssrc, ntp, camera.first_timestamp, 1000.080)
    microphone.source.on_sender_report(microphone.source.ssrc, ntp, microphone.first_timestamp, 1000.0)
    studio.recorder.start(MICROPHONE, microphone.source, 0, 999.0)
    studio.recorder.start(CAMERA, camera.source, 0, 999.0)
    microphone.send(1)
    studio.wait_for(SegmentOpened)
    for _ in range(10):
        camera.arrive(camera.make(), delay=0.080)
    starts = {closed.key.kind: closed.start_ms for closed in studio.closed()}
    assert starts["audio"] == pytest.approx(1000, abs=1)
    assert starts["video"] == pytest.approx(1000, abs=1)


def test_long_recordings_go_on_in_new_segments(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SEGMENT_MS", 1000)
    camera, microphone = Camera(), Microphone()
    studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    studio.recorder.start(MICROPHONE, microphone.source, 0, microphone.now)
    for _ in range(4):
        camera.asked = 1
        camera.send(20)
    microphone.send(125)
    segments = studio.closed()
    video = sorted(s.start_ms for s in segments if s.key.kind == "video")
    audio = sorted((s.start_ms, s.duration_ms) for s in segments if s.key.kind == "audio")
    assert len(video) > 1
    assert all(later - earlier >= 1000 for earlier, later in pairwise(video))
    assert audio == [(0, 1000), (1000, 1000), (2000, 500)]
    assert sum(len(pictures(studio.path(s))) for s in segments if s.key.kind == "video") == 80


def test_a_very_long_silence_starts_a_new_segment(studio: Studio) -> None:
    microphone = Microphone()
    studio.recorder.start(MICROPHONE, microphone.source, 0, microphone.now)
    microphone.send(50)
    microphone.rest(50 * 120)
    microphone.send(50)
    assert [(s.start_ms, s.duration_ms) for s in studio.closed()] == [(0, 1000), (121_000, 1000)]


def test_the_end_of_a_source_closes_its_segment(studio: Studio) -> None:
    camera = Camera()
    studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    camera.send(10)
    camera.source.end(camera.now)
    assert len(studio.closed()) == 1


def test_a_track_without_a_frame_leaves_nothing(studio: Studio, tmp_path: Path) -> None:
    camera = Camera()
    studio.recorder.stop(studio.recorder.start(CAMERA, camera.source, 0, camera.now))
    studio.recorder.close()
    assert studio.events == []
    assert list((tmp_path / "segments").iterdir()) == []


def test_garbage_is_not_recorded_and_harms_nothing(studio: Studio) -> None:
    camera = Camera()
    recording = studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    camera.send(10)
    for length in range(5):  # of what should be a descriptor and VP8 data behind it
        packet = camera.make()[0][: 12 + length]
        recording.forward(*parsed(packet), camera.now)
    camera.asked = 1
    camera.send(10)
    (closed,) = studio.closed()
    assert len(pictures(studio.path(closed))) == 20
    assert studio.of(RecordingTrouble) == []


# --- trouble


class StalledStudio(Studio):
    """Its writer thread hangs from the first segment on, as on a disk that does not answer."""

    def __init__(self, directory: Path) -> None:
        self.go_on = threading.Event()
        super().__init__(directory)

    def take(self, event: RecorderEvent) -> None:
        super().take(event)
        if isinstance(event, SegmentOpened):
            assert self.go_on.wait(20)


def test_a_writer_that_stalls_ends_the_recording_and_not_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track, "QUEUE_LIMIT", 20)
    studio, camera = StalledStudio(tmp_path / "segments"), Camera()
    recording = studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    camera.send(1)
    studio.wait_for(SegmentOpened)
    camera.send(40)
    assert studio.of(RecordingTrouble) == [RecordingTrouble(CAMERA, "queue")]
    assert camera.source.sink_errors == 0
    assert studio.recorder.lag() == 0.0
    studio.now = camera.now
    assert studio.recorder.lag() == pytest.approx(40 / FRAME_RATE, abs=0.1)
    studio.go_on.set()
    studio.recorder.stop(recording)
    (closed,) = studio.closed()
    assert pictures(studio.path(closed))


def make_room() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may grow above 40 kB: writing fails as on a full disk."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    yield
    make_room()


def test_a_full_disk_ends_the_recording_and_not_the_call(studio: Studio, small_files: None) -> None:
    camera = Camera()
    recording = studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    camera.send(1)
    studio.wait_for(SegmentOpened)
    camera.send(300)
    studio.wait_for(RecordingTrouble)
    assert studio.of(RecordingTrouble) == [RecordingTrouble(CAMERA, "disk_full")]
    camera.send(10)
    assert camera.source.sink_errors == 0
    assert not recording.accepting


def test_what_a_full_disk_cut_off_is_repaired_when_there_is_room_again(
    studio: Studio, small_files: None
) -> None:
    camera = Camera()
    recording = studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    camera.send(300)
    studio.wait_for(RecordingTrouble)
    make_room()
    studio.recorder.stop(recording)
    (closed,) = studio.closed()
    assert closed.salvaged
    assert pictures(studio.path(closed))


def test_recording_is_refused_when_the_disk_is_nearly_full(tmp_path: Path) -> None:
    studio = Studio(tmp_path / "segments", min_free_bytes=1 << 62)
    camera = Camera()
    studio.recorder.start(CAMERA, camera.source, 0, camera.now)
    studio.wait_for(RecordingTrouble)
    camera.send(5)
    studio.recorder.close()
    assert studio.events == [RecordingTrouble(CAMERA, "disk_full")]
    assert camera.source.sink_errors == 0
