"""Watch positions, and what a recording is watched with: chat, and what somebody missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.classroom.chat import remove_line
from server.classroom.models import AttendanceInterval, ChatMessage
from server.classroom.replay import chat_read_by, gaps
from server.edge.access import Viewer
from server.infra import clock
from server.recordings.export import erase, export
from server.recordings.models import LessonFile, Recording, WatchPosition
from server.recordings.views import asked_ms
from server.recordings.watching.playing import placed, playing
from server.recordings.watching.service import is_finished, watched
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.stage import Stage
from tests.server.recordings.lesson import Taped, taped_lesson

LENGTH_MS = 100_000
T0 = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)


@pytest.fixture
async def taped(stage: Stage) -> Taped:
    """A recorded lesson with a film of 100 s."""
    found = await taped_lesson(stage)
    await found.write(found.mentor)
    await LessonFile.create(
        recording_id=found.recording, state="ready", queued_at=clock.now(), duration_ms=LENGTH_MS
    )
    return found


async def report(taped: Taped, viewer: Viewer | None = None, **said: Any) -> tuple[int, Any]:
    stage = taped.stage
    headers = await stage.bearer(viewer or stage.learner)
    path = f"/api/v1/recordings/{taped.recording}/watch"
    answer = await stage.http.post(path, headers=headers, json=said)
    return answer.status, (await answer.json())["data"]


def after(taped: Taped, seconds: float) -> None:
    taped.stage.clock.advance(timedelta(seconds=seconds))


@BOTH
async def test_position_is_kept_and_played_time_adds_up(taped: Taped) -> None:
    assert (await report(taped, position_ms=9_000, watched_ms=9_000))[0] == 200
    after(taped, 15)
    _, told = await report(taped, position_ms=24_000, watched_ms=15_000)
    assert (told["position_ms"], told["watched_ms"], told["finished"]) == (24_000, 24_000, False)
    shown = await taped.shown(taped.stage.learner)
    assert shown["watch"]["position_ms"] == 24_000
    assert (await taped.shown())["watch"] is None  # the mentor's own
    assert await WatchPosition.all().count() == 1


async def test_nobody_plays_more_than_the_time_that_passed(taped: Taped) -> None:
    await report(taped, position_ms=1_000, watched_ms=86_000_000)
    first = (await WatchPosition.get()).watched_ms
    assert first == 60_000
    after(taped, 10)
    _, told = await report(taped, position_ms=90_000, watched_ms=90_000)
    assert told["watched_ms"] == first + 2 * 10_000 + 5_000
    _, told = await report(taped, position_ms=90_000, watched_ms=90_000)  # the same moment, another tab
    assert told["watched_ms"] == first + 30_000


async def test_a_position_is_within_the_film(taped: Taped) -> None:
    _, told = await report(taped, position_ms=5_000_000, watched_ms=0)
    assert told["position_ms"] == LENGTH_MS


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"position_ms": -1},
        {"position_ms": 1, "watched_ms": -5},
        {"position_ms": "soon"},
        {"position_ms": 10**12},
    ],
)
async def test_what_is_no_report_is_refused(taped: Taped, said: dict[str, Any]) -> None:
    assert (await report(taped, **said))[0] == 422
    assert await WatchPosition.all().count() == 0


async def test_finished_is_who_came_to_the_end_and_played_most_of_it(taped: Taped) -> None:
    _, told = await report(taped, position_ms=99_000, watched_ms=1_000)
    assert not told["finished"]  # jumped
    after(taped, 100)
    _, told = await report(taped, position_ms=90_000, watched_ms=60_000)
    assert told["finished"]
    _, told = await report(taped, position_ms=3_000, watched_ms=0)  # again from the start
    assert told["finished"]
    assert [(one.finished, one.duration_ms) for one in await watched(taped.stage.learner.user_id)] == [
        (True, LENGTH_MS)
    ]


def test_a_film_without_a_length_is_never_finished() -> None:
    assert not is_finished(0, 0, 0)


async def test_strangers_find_nothing_to_report_on(taped: Taped) -> None:
    for viewer in (await makers.person("sven"), await makers.person("ada", "admin")):
        assert (await report(taped, viewer, position_ms=1))[0] == 404
    await taped.stage.end()
    await Recording.all().update(state="expired")
    assert (await report(taped, position_ms=1))[0] == 404
    assert await WatchPosition.all().count() == 0


async def test_what_one_watched_is_exported_and_goes_with_the_person(taped: Taped) -> None:
    learner = taped.stage.learner
    await report(taped, position_ms=9_000, watched_ms=9_000)
    [row] = (await export(learner.user_id))["recordings_watched"]
    assert row["position_ms"] == 9_000
    await erase(learner.user_id)
    assert await WatchPosition.all().count() == 0


# --- chat and absences


@BOTH
async def test_chat_of_a_recording_has_no_private_lines_of_others_and_no_removed_ones(
    stage: Stage,
) -> None:
    mentor, learner, other = [
        await stage.enter(one) for one in (stage.mentor, stage.learner, stage.other)
    ]
    await mentor.say("chat", text="for all")
    await mentor.say("chat", text="for one", to=learner.id)
    await learner.say("chat", text="gone")
    await other.hear("chat", text="gone")
    line = await ChatMessage.get(text="gone")
    await remove_line(str(line.public_id), clock.now())
    read = {
        viewer.user_id: [one.text for one in await chat_read_by(stage.session_id, viewer.user_id)]
        for viewer in (stage.mentor, stage.learner, stage.other)
    }
    assert read[stage.mentor.user_id] == read[stage.learner.user_id] == ["for all", "for one"]
    assert read[stage.other.user_id] == ["for all"]
    whom = [one.to for one in await chat_read_by(stage.session_id, stage.learner.user_id)]
    assert whom == ["", "you"]


async def test_lines_stand_at_their_place_on_the_time_line(taped: Taped) -> None:
    await taped.learner.say("chat", text="now")
    await taped.mentor.hear("chat", text="now")
    origin = (await Recording.get()).origin_at
    [line] = await chat_read_by(taped.stage.session_id, taped.stage.learner.user_id)
    assert placed(line, line.at - timedelta(seconds=7), LENGTH_MS).at_ms == 7_000
    assert placed(line, line.at + timedelta(seconds=1), LENGTH_MS).when == "before"
    assert placed(line, line.at - timedelta(hours=1), LENGTH_MS).when == "after"
    assert [one.line for one in (await playing(taped.stage.session_id, taped.stage.learner)).chat] == [
        line
    ]
    assert origin <= line.at


async def test_missed_is_what_attendance_has_not(taped: Taped) -> None:
    origin, learner = (await Recording.get()).origin_at, taped.stage.learner
    await AttendanceInterval.all().delete()
    for begin, end in ((-60, 10), (13, 40), (70, None)):
        await AttendanceInterval.create(
            session_id=taped.stage.session_id,
            user_id=learner.user_id,
            kind="media",
            started_at=origin + timedelta(seconds=begin),
            ended_at=None if end is None else origin + timedelta(seconds=end),
        )
    shown = await taped.shown(learner)
    assert shown["missed"] == [{"from_ms": 40_000, "to_ms": 70_000}]  # 3 s are a moment
    assert (await taped.shown())["missed"] == []  # the mentor never came, by these rows


@pytest.mark.parametrize(
    ("spans", "away"),
    [
        ([(0, 100)], []),
        ([(10, 100)], [(0, 10)]),
        ([(0, 50)], [(50, 100)]),
        ([(0, 20), (30, 60)], [(20, 30), (60, 100)]),
        ([(-50, -10), (110, 120)], [(0, 100)]),
        ([(4, 97)], []),
    ],
)
def test_gaps_lie_between_spans(spans: list[tuple[int, int]], away: list[tuple[int, int]]) -> None:
    def at(pairs: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
        return [(T0 + timedelta(seconds=one), T0 + timedelta(seconds=two)) for one, two in pairs]

    assert gaps(at(spans), at([(0, 100)])[0]) == at(away)


@pytest.mark.parametrize(
    ("asked", "begin_ms"),
    [("", 0), ("75", 75_000), ("1.5", 0), ("-3", 0), ("٣", 0), ("999999", 86_400_000), ("9" * 40, 0)],
)
def test_a_link_names_whole_seconds(asked: str, begin_ms: int) -> None:
    assert asked_ms(asked) == begin_ms


# --- the page


async def page_of(taped: Taped, viewer: Viewer, query: str = "") -> tuple[int, str]:
    headers = await taped.stage.bearer(viewer)
    path = f"/sessions/{taped.stage.session_id}/recordings{query}"
    answer = await taped.stage.http.get(path, headers=headers)
    return answer.status, await answer.text()


async def test_the_page_goes_on_where_one_was_unless_it_is_asked_for_a_time(taped: Taped) -> None:
    learner = taped.stage.learner
    await report(taped, position_ms=47_000, watched_ms=9_000)
    status, text = await page_of(taped, learner)
    assert status == 200
    assert "Continue at 0:47" in text
    assert "/file#t=47" in text
    _, text = await page_of(taped, learner, "?t=12")
    assert "Continue" not in text
    assert "/file#t=12" in text
    _, text = await page_of(taped, taped.stage.mentor)
    assert "Continue" not in text


async def test_the_mentor_deletes_the_recording_by_its_page(taped: Taped) -> None:
    stage = taped.stage
    await stage.end()
    path = f"/sessions/{stage.session_id}/recordings/delete"
    learner, mentor = await stage.bearer(stage.learner), await stage.bearer(stage.mentor)
    assert (await stage.http.post(path, headers=learner)).status == 403
    answer = await stage.http.post(path, headers=mentor, allow_redirects=False)
    assert answer.status == 303
    assert "The recording was deleted" in (await page_of(taped, stage.mentor))[1]
