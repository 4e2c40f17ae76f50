from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from server.recordings.composing.job import KINDS, Job, Pause, Segment
from server.recordings.composing.lesson import Lesson, tracks


def segment(participant: str, source: Any, start_ms: int, end_ms: int, role: str = "learner") -> Segment:
    return Segment(
        path=Path("a.webm"),
        participant=participant,
        name=participant.title(),
        role=role,
        source=source,
        kind=KINDS[source],
        start_ms=start_ms,
        duration_ms=end_ms - start_ms,
    )


def job(*segments: Segment, **more: Any) -> Job:
    return Job(output=Path("lesson"), segments=segments, **more)


def test_people_are_there_while_a_segment_of_theirs_lasts() -> None:
    lesson = Lesson(job(segment("ada", "microphone", 0, 100), segment("bob", "camera", 50, 200)))
    assert lesson.at(0).present == ("ada",)
    assert lesson.at(49).present == ("ada",)
    assert lesson.at(50).present == ("ada", "bob")
    assert lesson.at(100).present == ("bob",)
    assert lesson.at(200).present == ()


def test_nobody_is_there_who_has_no_segment_yet_again_or_any_more() -> None:
    lesson = Lesson(job(segment("ada", "camera", 100, 200), segment("ada", "camera", 500, 600)))
    assert [lesson.at(ms).cameras for ms in (0, 150, 300, 550, 700)] == [(), ("ada",), (), ("ada",), ()]


def test_mentors_come_first_then_who_came_first() -> None:
    lesson = Lesson(
        job(
            segment("bob", "camera", 0, 100),
            segment("cem", "camera", 10, 100),
            segment("ada", "camera", 20, 100, role="mentor"),
        )
    )
    assert lesson.at(50).present == ("ada", "bob", "cem")


def test_the_newest_of_two_screens_is_first() -> None:
    lesson = Lesson(job(segment("ada", "screen", 0, 100), segment("bob", "screen", 50, 80)))
    assert [lesson.at(ms).screens for ms in (0, 50, 80)] == [("ada",), ("bob", "ada"), ("ada",)]


def test_a_pause_hides_what_segments_hold() -> None:
    lesson = Lesson(job(segment("ada", "camera", 0, 300), pauses=(Pause(from_ms=100, to_ms=200),)))
    assert [lesson.at(ms).paused for ms in (0, 99, 100, 199, 200)] == [False, False, True, True, False]
    assert lesson.at(150).present == ()


def test_a_track_has_its_segments_in_the_order_of_time() -> None:
    late, early = segment("ada", "camera", 500, 600), segment("ada", "camera", 0, 400)
    assert tracks([late, early], "camera") == {("ada", "camera"): [early, late]}
    assert tracks([late, early], "microphone") == {}


def test_the_film_is_as_long_as_the_lesson() -> None:
    ends = [segment("ada", "camera", 0, 900), segment("bob", "microphone", 100, 700)]
    assert job(*ends).total_ms == 900
    assert job(*ends, duration_ms=1200).total_ms == 1200


@pytest.mark.parametrize(
    "wrong",
    [
        {"segments": []},
        {"width": 321},
        {"width": 100_000},
        {"fps": 23},
        {"duration_ms": 0},
        {"pauses": [{"from_ms": 5, "to_ms": 5}]},
        {"chapters": [{"at_ms": -1, "title": "x"}]},
        {"unheard_of": True},
    ],
)
def test_a_wrong_job_is_refused(wrong: dict[str, Any]) -> None:
    right = job(segment("ada", "camera", 0, 100)).model_dump(mode="json")
    Job.model_validate(right)
    with pytest.raises(ValidationError):
        Job.model_validate({**right, **wrong})


def test_sound_is_no_camera() -> None:
    with pytest.raises(ValidationError, match="camera is video"):
        Segment.model_validate(
            {**segment("ada", "camera", 0, 1).model_dump(), "kind": "audio"},
        )
