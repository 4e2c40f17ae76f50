"""The page of a lesson that is over: all is there at once, and the mentor writes the last words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service as booking
from server.booking.times import next_mark
from server.classroom import state
from server.classroom.measures.models import Engagement
from server.classroom.models import AttendanceInterval, Seat
from server.classroom.teaching.models import NoteBlock, Poll, WrapUp
from server.edge.access import Viewer
from server.feedback.summary import bars, weekly_path
from server.infra import clock
from server.notifications.models import Notification
from server.recordings.models import Recording
from tests.databases import BOTH
from tests.server.achievements.lessons import held
from tests.server.booking.makers import OBJECTIVE, bearer, mentor, person, published
from tests.server.feedback.makers import lesson, reviewed
from tests.server.queries import counted

Jobs = Callable[[], Awaitable[int]]
MOST = 30  # queries: the page shows what eight features know of a lesson


async def page(http: TestClient, session_id: UUID, viewer: Viewer) -> str:
    answer = await http.get(f"/sessions/{session_id}/summary", headers=await bearer(viewer))
    assert answer.status == 200
    return await answer.text()


async def seat(session_id: UUID, viewer: Viewer, role: str) -> Seat:
    return await Seat.create(
        session_id=session_id,
        user_id=viewer.user_id,
        name=viewer.name,
        role=role,
        created_at=clock.now(),
    )


async def taught(moved_clock: Any, mira: Viewer, *learners: Viewer) -> UUID:
    """A lesson of an hour that goes on, with something in it from each of its tools."""
    begin = next_mark(clock.now())
    session_id = await published(mira, begin, capacity=len(learners))
    for learner in learners:
        await booking.book_session(session_id, learner)
    moved_clock.set(begin)
    await state.open_state(session_id)
    await booking.start_session(session_id, mira)
    seats = [await seat(session_id, who, "learner") for who in learners]
    own = await seat(session_id, mira, "mentor")
    for one, talk in ((own, 2_000_000), (seats[0], 1_000_000)):
        row = {"session_id": session_id, "seat_id": one.id, "talk_ms": talk, "at": clock.now()}
        await Engagement.create(**row, hands=2, lines=3)
    for who in (mira, *learners):
        came = {"session_id": session_id, "user_id": who.user_id, "kind": "socket"}
        await AttendanceInterval.create(**came, started_at=clock.now())
    at = {"session_id": session_id, "seat_id": own.id, "at": clock.now()}
    await NoteBlock.create(public_id=uuid4(), place="a", text="Cells outlive their function.", **at)
    await Poll.create(
        session_id=session_id, question="Clear?", answers=["Yes", "No"], asked_at=clock.now()
    )
    words = {"takeaways": "Closures keep cells.", "homework": "Write one."}
    await WrapUp.create(session_id=session_id, reached=[0], updated_at=clock.now(), **words)
    return session_id


@BOTH
async def test_everything_is_there_when_the_lesson_ends(http: TestClient, moved_clock: Any) -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await taught(moved_clock, mira, lea)
    moved_clock.advance(timedelta(minutes=50))
    await booking.end_session(session_id, mira)
    text = await page(http, session_id, lea)  # no job has run
    for words in (
        "You were there for 50 min",
        OBJECTIVE,
        'aria-label="Reached"',
        "Closures keep cells.",
        "Write one.",
        "67 %",
        "You spoke",
        "The notes you wrote together",
        "Clear?",
        "How was it?",
        'name="rating" value="5"',
        "The same hour next week",
    ):
        assert words in text, words
    assert f'action="/sessions/{session_id}/summary"' not in text
    assert "Answer" not in await page(http, session_id, mira)


@BOTH
async def test_within_a_minute_learners_are_told_and_the_recording_is_there(
    http: TestClient, moved_clock: Any, run_jobs: Jobs
) -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await taught(moved_clock, mira, lea)
    await state.begin_recording(session_id)
    moved_clock.advance(timedelta(minutes=30))
    await booking.end_session(session_id, mira)
    assert "The recording is being finished" in await page(http, session_id, lea)
    moved_clock.advance(timedelta(minutes=1))
    await run_jobs()
    told = await Notification.filter(kind="lesson_summary")
    assert [(one.user_id, one.path) for one in told] == [(lea.user_id, f"/sessions/{session_id}/summary")]
    await Recording.filter(session_id=session_id).delete()
    ready = {"session_id": session_id, "state": "ready", "origin_at": clock.now()}
    await Recording.create(id=uuid4(), **ready)
    assert f"/sessions/{session_id}/recordings" in await page(http, session_id, lea)
    assert await AttendanceInterval.filter(session_id=session_id, ended_at__isnull=True).count() == 0


# --- what the mentor writes afterwards


async def test_mentor_writes_the_last_words_and_learners_hear_of_it_once(
    http: TestClient, run_jobs: Jobs
) -> None:
    mira, lea, tomas = await mentor(), await person("lea"), await mentor("tomas")
    session_id = await lesson(mira, lea)
    path = f"/sessions/{session_id}/summary"
    assert "Write it now" in await page(http, session_id, mira)
    for viewer in (lea, tomas):
        answer = await http.post(path, data={"takeaways": "Mine."}, headers=await bearer(viewer))
        assert answer.status == 403
    for words in ("Cells.", "Cells and names."):
        answer = await http.post(
            path, data={"takeaways": words}, headers=await bearer(mira), allow_redirects=False
        )
        assert (answer.status, answer.headers["Location"]) == (303, f"{path}?done=written")
        await run_jobs()
    assert "Cells and names." in await page(http, session_id, lea)
    assert await Notification.filter(kind="lesson_summary", user_id=lea.user_id).count() == 1
    long = {"takeaways": "x" * 5001, "homework": "Kept all the same."}
    answer = await http.post(path, data=long, headers=await bearer(mira))
    assert answer.status == 422
    text = await answer.text()
    assert "Write at most 5000 characters." in text
    assert "Kept all the same." in text


async def test_mentor_finds_what_was_said_and_answers_it_there(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await lesson(mira, lea)
    words = {"comment": "Slow, which I liked.", "private_note": "The fan hums."}
    review = await reviewed(session_id, lea, **words)
    text = await page(http, session_id, mira)
    for words in (
        "Slow, which I liked.",
        "The fan hums.",
        "Answer a review",
        f"/feedback/{review}/reply",
    ):
        assert words in text, words
    own = await page(http, session_id, lea)
    assert "Your review" in own
    assert "Change it" in own


async def test_who_came_too_shortly_is_not_asked(http: TestClient) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    session_id = await held(mira, {lea: 60.0, jun: 2.0}, capacity=2)
    assert "How was it?" in await page(http, session_id, lea)
    assert "How was it?" not in await page(http, session_id, jun)


async def test_page_takes_as_many_queries_for_many_as_for_few(
    http: TestClient, moved_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira = await mentor()
    asked = []
    for size in (2, 9):
        learners = [await person(f"l{size}x{number}") for number in range(size)]
        session_id = await taught(moved_clock, mira, *learners)
        moved_clock.advance(timedelta(minutes=50))
        await booking.end_session(session_id, mira)
        for learner in learners[1:]:
            await reviewed(session_id, learner)
        for viewer in (learners[0], mira):
            headers = await bearer(viewer)
            await http.get(f"/sessions/{session_id}/summary", headers=headers)
            with counted(monkeypatch) as statements:
                await http.get(f"/sessions/{session_id}/summary", headers=headers)
            asked.append(len(statements))
        moved_clock.advance(timedelta(hours=2))
    assert asked[:2] == asked[2:]
    assert max(asked) <= MOST


# --- pure


def test_times_are_drawn_within_the_lesson() -> None:
    noon = datetime(2030, 5, 14, 12, tzinfo=UTC)

    def at(minute: int) -> datetime:
        return noon + timedelta(minutes=minute)

    held = noon, at(60)
    assert bars([(at(-10), at(15)), (at(0), at(15)), (at(30), at(90))], held) == (
        (0.0, 25.0),
        (50.0, 50.0),
    )
    assert bars([(at(-10), at(0)), (at(60), at(70))], held) == ()
    assert bars([(at(0), at(5))], (noon, noon)) == ()


@BOTH
async def test_same_hour_stays_the_same_across_daylight_saving(
    database: object, moved_clock: Any
) -> None:
    moved_clock.set(datetime(2030, 3, 24, 12, tzinfo=UTC))
    mira = await mentor(zone="Europe/Berlin")
    session_id = await published(mira, datetime(2030, 3, 29, 17, tzinfo=UTC))
    session = (await booking.room_access(session_id, mira.user_id)).session
    assert "T17%3A00" in session.starts_at.isoformat().replace(":", "%3A")
    assert "2030-04-05T16%3A00" in weekly_path(session, datetime(2030, 3, 29, 19, tzinfo=UTC))
    assert "2030-04-12T16%3A00" in weekly_path(session, datetime(2030, 4, 6, 19, tzinfo=UTC))
