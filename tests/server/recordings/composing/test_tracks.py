"""Tracks read by time, from real files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from server.recordings.composing.canvas import Canvas
from server.recordings.composing.job import Job, Segment
from server.recordings.composing.layout import arrange
from server.recordings.composing.lesson import Lesson
from server.recordings.composing.mixing import Sound, silence
from server.recordings.composing.painting import Painter
from server.recordings.composing.pictures import PictureTrack
from server.recordings.composing.reading import Tally
from server.recordings.composing.running import COMMAND
from server.recordings.composing.voices import SoundTrack
from tests.server.recordings.composing.long_lesson import marked_lesson
from tests.server.recordings.composing.tapes import HEIGHT, WIDTH, Tapes, pictures, sounds

LONGER_MB = 25  # what a lesson that lasts six times as long may need more: noise of the allocator
SIZE = (WIDTH, HEIGHT)


@pytest.fixture
def tapes(tmp_path: Path) -> Tapes:
    return Tapes(tmp_path)


def stair(ms: int) -> int:
    """Another brightness each second."""
    return 40 + ms // 1000 * 12


def brightness(track: PictureTrack, ms: float) -> float | None:
    picture = track.at(ms)
    return None if picture is None else float(picture.frame.to_ndarray()[:HEIGHT].mean())


def camera(tapes: Tapes, duration_ms: int, *keyframes: int, start_ms: int = 0) -> Segment:
    shown = pictures(stair, duration_ms, sizes=dict.fromkeys((0, *keyframes), SIZE))
    return tapes.add("ada", "camera", shown, start_ms=start_ms)


@pytest.mark.parametrize("asked", [(0, 400, 5200, 9960), (9000,), (1000, 9000), (7900, 8100)])
@pytest.mark.parametrize("keyframes", [(), (8000,), (200, 3000)])
def test_whenever_it_is_asked_a_track_shows_that_moment(
    tapes: Tapes, asked: tuple[int, ...], keyframes: tuple[int, ...]
) -> None:
    track = PictureTrack([camera(tapes, 10_000, *keyframes)], Tally())
    for ms in asked:
        assert brightness(track, ms) == pytest.approx(stair(ms), abs=4)


def test_what_nobody_looked_at_is_not_decoded(tapes: Tapes) -> None:
    track = PictureTrack([camera(tapes, 10_000, 8000)], Tally())
    track.at(0)
    picture = track.at(8400)
    assert picture is not None and picture.number <= 2 + 11


def test_a_file_without_an_index_is_read_through(tapes: Tapes) -> None:
    segment = camera(tapes, 10_000, 8000)
    whole = segment.path.read_bytes()
    segment.path.write_bytes(whole[: len(whole) * 19 // 20])
    track = PictureTrack([segment], Tally())
    for ms in (400, 8200):
        assert brightness(track, ms) == pytest.approx(stair(ms), abs=4)


def test_a_camera_that_says_nothing_shows_nobody_after_a_while(tapes: Tapes) -> None:
    shown = list(pictures(stair, 14_000, sizes={0: SIZE, 13_000: SIZE}))
    shown = [one for one in shown if not 1000 <= one.ms < 13_000]
    still = PictureTrack([tapes.add("ada", "camera", shown)], Tally())
    found = [brightness(still, ms) is not None for ms in (900, 9000, 11_500, 13_200)]
    assert found == [True, True, False, True]
    screen = PictureTrack([tapes.add("ada", "screen", shown)], Tally())
    assert brightness(screen, 11_500) == pytest.approx(40, abs=4)


def test_the_second_segment_is_shown_from_its_beginning(tapes: Tapes) -> None:
    first, second = camera(tapes, 1000), camera(tapes, 3000, start_ms=5000)
    track = PictureTrack([first, second], Tally())
    assert brightness(track, 900) == pytest.approx(40, abs=4)
    assert brightness(track, 7100) == pytest.approx(stair(2100), abs=4)
    late = PictureTrack([first, second], Tally())
    assert brightness(late, 6100) == pytest.approx(stair(1100), abs=4)


def read(segments: list[Segment], step: int, until: int) -> Sound:
    track = SoundTrack(segments, Tally())
    blocks = [track.read(start, min(step, until - start)) for start in range(0, until, step)]
    sizes = [min(step, until - start) for start in range(0, until, step)]
    full = [silence(size) if one is None else one for one, size in zip(blocks, sizes, strict=True)]
    return np.concatenate(full, axis=1)


@pytest.mark.parametrize("step", [17, 1920, 96_000])
def test_sound_is_the_same_in_whatever_pieces_it_is_read(tapes: Tapes, step: int) -> None:
    sent = [one for one in sounds([300], 900) if not 400 <= one.ms < 600]
    segments = [tapes.add("ada", "microphone", sent, start_ms=start) for start in (100, 1100)]
    until = 48 * 2100
    assert (read(segments, step, until) == read(segments, 48_000, until)).all()


def test_what_two_segments_both_hold_is_heard_once(tapes: Tapes) -> None:
    """The old node wrote on for a moment after the new one began."""
    segments = [tapes.add("ada", "microphone", sounds([200, 700], 1000), start_ms=0)]
    segments.append(tapes.add("ada", "microphone", sounds([200], 1000), start_ms=500))
    heard = read(segments, 48_000, 48 * 1500)
    assert np.abs(heard).max() < 0.6


def test_a_picture_that_did_not_change_is_not_painted(tapes: Tapes) -> None:
    segment = camera(tapes, 400)
    job = tapes.job()
    lesson, canvas = Lesson(job), Canvas(*SIZE)
    painter = Painter("", lesson.people, {("ada", "camera"): PictureTrack([segment], Tally())}, canvas)
    scene = arrange(lesson.at(0), None, *SIZE)
    assert [painter.paint(scene, ms) for ms in (0, 20, 40, 60, 360, 399)] == [
        True,
        False,
        True,
        False,
        True,
        False,
    ]


def peak_mb(job: Job, folder: Path) -> float:
    """Of the composing process."""
    path = folder / "job.json"
    path.write_text(job.model_dump_json())
    child = subprocess.Popen((*COMMAND, str(path)), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0
    child.returncode = 0
    assert child.stdin is not None
    child.stdin.close()
    return usage.ru_maxrss / 1024


def test_a_longer_lesson_needs_no_more_memory(tmp_path: Path) -> None:
    used = []
    for seconds in (10, 60):
        folder = tmp_path / str(seconds)
        folder.mkdir()
        used.append(peak_mb(marked_lesson(folder, seconds * 1000).job, folder))
    assert used[1] - used[0] < LONGER_MB, used
