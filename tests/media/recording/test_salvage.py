from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from media.recording.events import RecorderEvent, SegmentClosed, SegmentLost, SegmentOpened, TrackKey
from media.recording.files import SegmentFiles
from media.recording.recorder import Recorder
from media.recording.salvage import salvage
from tests.media.recording.players import can_seek, codec_and_duration, pictures, sound
from tests.media.recording.streams import Camera, Microphone, brightness

ROOT = Path(__file__).parents[3]
KEY = TrackKey("room", "recording", "ada", "camera", "video")
SENT_MS = 3000


def record(directory: Path, frames: int = 90) -> SegmentClosed:
    recorder = Recorder(directory, lambda event: None, lambda: 0.0, min_free_bytes=0)
    camera = Camera()
    recorder.start(KEY, camera.source, 700, camera.now)
    camera.send(frames)
    recorder.close()
    (closed,) = recorder.pending()
    return closed


def reopen(directory: Path) -> tuple[Recorder, list[RecorderEvent]]:
    events: list[RecorderEvent] = []
    recorder = Recorder(directory, events.append, lambda: 0.0, min_free_bytes=0)
    recorder.salvage()
    recorder.close()
    return recorder, events


def kill_while_recording(directory: Path) -> int:
    """Milliseconds that had been sent when the process was killed."""
    command = [sys.executable, "-m", "tests.media.recording.victim", str(directory)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        sent = 0
        while sent < SENT_MS:
            sent = int(victim.stdout.readline())
        victim.kill()
        rest = victim.stdout.read().split()
    return int(rest[-1]) if rest else sent


def test_a_killed_process_loses_at_most_two_seconds(tmp_path: Path) -> None:
    sent = kill_while_recording(tmp_path)
    recorder, events = reopen(tmp_path)
    closed = {event.key.kind: event for event in events if isinstance(event, SegmentClosed)}
    assert set(closed) == {"video", "audio"}
    for kind, segment in closed.items():
        path = recorder.path(segment.segment)
        assert path is not None
        codec, duration = codec_and_duration(path)
        assert codec == {"video": "vp8", "audio": "opus"}[kind]
        assert duration * 1000 >= sent - 2000
        assert segment.duration_ms == pytest.approx(duration * 1000, abs=40)
        assert segment.salvaged
        assert segment.start_ms == pytest.approx(700, abs=60)
        assert segment.size == path.stat().st_size
    shown = pictures(tmp_path / f"{closed['video'].segment}.webm")
    assert shown[0].keyframe
    assert all(
        picture.grey == pytest.approx(brightness(index), abs=4) for index, picture in enumerate(shown)
    )
    assert sound(tmp_path / f"{closed['audio'].segment}.webm")
    assert not list(tmp_path.glob("*.part.webm"))


def break_off(directory: Path, closed: SegmentClosed, size: int) -> SegmentOpened:
    """Make a closed segment look as if the process had died at `size` bytes."""
    files = SegmentFiles(directory)
    opened = SegmentOpened(closed.key, closed.segment, closed.start_ms)
    data = files.whole(closed.segment).read_bytes()
    files.delete(closed.segment)
    files.open(opened).write_bytes(data[:size])
    return opened


@pytest.mark.parametrize("share", [0.99, 0.7, 0.31])
def test_a_file_cut_anywhere_is_playable_up_to_the_cut(tmp_path: Path, share: float) -> None:
    closed = record(tmp_path)
    opened = break_off(tmp_path, closed, int(closed.size * share))
    mended = salvage(SegmentFiles(tmp_path), opened)
    assert mended is not None
    path = SegmentFiles(tmp_path).whole(closed.segment)
    shown = pictures(path)
    assert len(shown) >= 90 * share - 15
    assert mended.duration_ms == pytest.approx(shown[-1].time * 1000, abs=70)
    assert can_seek(path, 0.5)


@pytest.mark.parametrize("size", [0, 1, 40, 300, 420])
def test_a_file_without_a_frame_is_told_as_lost_until_somebody_took_note(
    tmp_path: Path, size: int
) -> None:
    closed = record(tmp_path, frames=5)
    break_off(tmp_path, closed, size)
    for _ in range(2):  # starts of the node
        recorder, events = reopen(tmp_path)
        assert events == recorder.pending() == [SegmentLost(KEY, closed.segment)]
        assert recorder.path(closed.segment) is None
        assert not list(tmp_path.glob("*.webm"))
    recorder.delete(closed.segment)
    assert list(tmp_path.iterdir()) == []


def test_closed_segments_wait_over_a_restart_until_they_are_deleted(tmp_path: Path) -> None:
    closed = record(tmp_path)
    recorder, events = reopen(tmp_path)
    assert events == []
    assert recorder.pending() == [closed]
    assert recorder.path(closed.segment) == tmp_path / f"{closed.segment}.webm"
    recorder.delete(closed.segment)
    recorder.delete(closed.segment)
    assert recorder.pending() == []
    assert recorder.path(closed.segment) is None
    assert list(tmp_path.iterdir()) == []


def test_a_crash_before_the_last_rename_loses_nothing(tmp_path: Path) -> None:
    closed = record(tmp_path)
    files = SegmentFiles(tmp_path)
    files.whole(closed.segment).rename(files.part(closed.segment))
    recorder, events = reopen(tmp_path)
    assert recorder.pending() == [closed]
    assert events == []


def test_foreign_and_broken_sidecars_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").write_bytes(b"\xff\x00")
    (tmp_path / "c.json.new").write_text("{")
    recorder, events = reopen(tmp_path)
    assert (recorder.pending(), events) == ([], [])
    assert len(list(tmp_path.iterdir())) == 3


def test_paths_are_given_for_known_segments_only(tmp_path: Path) -> None:
    (tmp_path / "secret.webm").write_bytes(b"x")
    recorder, _ = reopen(tmp_path)
    assert recorder.path("secret") is None
    assert recorder.path("../secret") is None


def test_sound_is_salvaged_with_its_header(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, lambda event: None, lambda: 0.0, min_free_bytes=0)
    microphone = Microphone()
    key = TrackKey("room", "recording", "ada", "microphone", "audio")
    recorder.start(key, microphone.source, 0, microphone.now)
    microphone.send(150)
    recorder.close()
    (closed,) = recorder.pending()
    opened = break_off(tmp_path, closed, closed.size * 2 // 3)
    mended = salvage(SegmentFiles(tmp_path), opened)
    assert mended is not None
    assert 1000 < mended.duration_ms < 3000
    path = SegmentFiles(tmp_path).whole(closed.segment)
    assert codec_and_duration(path)[0] == "opus"
    assert all(loudness > 0.1 for _, _, loudness in sound(path)[5:])


def test_sidecars_survive_writing_and_reading(tmp_path: Path) -> None:
    files = SegmentFiles(tmp_path)
    opened = SegmentOpened(KEY, "segment", 12)
    files.open(opened)
    assert files.read() == ([], [opened])
