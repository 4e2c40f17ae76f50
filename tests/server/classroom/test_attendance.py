"""How long people were there: from coming to going, over reloads and crashes, and which share that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiohttp import WSCloseCode
from hypothesis import given
from hypothesis import strategies as st

from media.protocol import control
from server.booking import service as booking
from server.classroom.models import AttendanceInterval
from server.classroom.shares import Share, Span, attended_share, held_span, shares
from tests.databases import BOTH
from tests.server.booking.makers import draft
from tests.server.classroom.stage import RoomClient, Stage

NOON = datetime(2030, 5, 14, 12, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def span(first: float, last: float) -> Span:
    return after(first), after(last)


minutes = st.integers(-90, 150)
spans = st.lists(st.tuples(minutes, minutes).map(lambda two: span(min(two), max(two))), max_size=8)
held = st.tuples(st.integers(-10, 60), st.integers(0, 90)).map(lambda two: span(two[0], two[0] + two[1]))


# --- the share


@given(spans, held)
def test_share_lies_between_none_and_all(own: list[Span], lesson: Span) -> None:
    found = attended_share(own, lesson)
    assert 0.0 <= found.share <= 1.0
    assert 0 <= found.present_s <= found.held_s


@given(spans, spans, held)
def test_more_presence_is_never_less_share(own: list[Span], more: list[Span], lesson: Span) -> None:
    assert attended_share(own, lesson).share <= attended_share(own + more, lesson).share


@given(spans, held)
def test_what_overlaps_counts_once_in_any_order(own: list[Span], lesson: Span) -> None:
    assert attended_share([*reversed(own), *own], lesson) == attended_share(own, lesson)


@given(spans, held)
def test_share_is_that_of_the_minutes_at_which_somebody_was_there(own: list[Span], lesson: Span) -> None:
    """All times here are whole minutes, so that they can be counted one by one."""
    length = int((lesson[1] - lesson[0]).total_seconds()) // 60
    there = [
        minute
        for minute in range(length)
        if any(begin <= lesson[0] + timedelta(minutes=minute) < end for begin, end in own)
    ]
    assert attended_share(own, lesson).present_s == 60 * len(there)


def test_what_lies_outside_of_the_lesson_counts_nothing() -> None:
    assert attended_share([span(-15, 30), span(60, 90)], span(0, 60)) == Share(1800, 3600, 0.5)


def test_nobody_attends_what_had_no_length() -> None:
    assert attended_share([span(0, 60)], span(30, 30)) == Share(0, 0, 0.0)


def test_lesson_that_its_mentor_ended_early_was_held_until_then() -> None:
    assert held_span(after(2), after(60), after(40), after(40)) == span(2, 40)


def test_lesson_that_nobody_ended_was_held_until_its_planned_end_or_the_mentors_going() -> None:
    assert held_span(after(0), after(60), after(75), after(50)) == span(0, 60)
    assert held_span(after(0), after(60), after(75), after(68)) == span(0, 68)
    assert held_span(after(0), after(60), after(75), after(80)) == span(0, 75)


# --- measured in a room


async def held_by_both(stage: Stage) -> tuple[RoomClient, RoomClient]:
    """Mentor and learner are in the room, and the lesson begins."""
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await stage.start()
    await stage.go_live()
    return mentor, learner


async def minutes_of(stage: Stage) -> tuple[float, float]:
    """The learner's minutes, and those of the lesson, once it is ended."""
    await stage.end()
    found = (await shares(stage.session_id))[stage.learner.user_id]
    return found.present_s / 60, found.held_s / 60


def lose_the_room(stage: Stage) -> None:
    """As when the process dies: nobody is said to have gone."""
    room = stage.hub.rooms[str(stage.session_id)]
    stage.hub.let_go(room, WSCloseCode.SERVICE_RESTART)


@BOTH
async def test_share_is_of_the_time_the_lesson_was_held(stage: Stage) -> None:
    _, learner = await held_by_both(stage)
    await stage.pass_time(minutes=30)
    await learner.leave()
    await learner.closed()
    await stage.hub.journal.settled()
    await stage.pass_time(minutes=10)
    assert await minutes_of(stage) == (30, 40)
    assert (await shares(stage.session_id))[stage.learner.user_id].share == 0.75


async def test_lesson_that_is_not_over_has_no_shares(stage: Stage) -> None:
    await held_by_both(stage)
    await stage.pass_time(minutes=10)
    assert await shares(stage.session_id) == {}
    assert await shares(await draft(stage.mentor, stage.clock.now() + timedelta(days=1))) == {}


async def test_reload_counts_no_minute_twice(stage: Stage) -> None:
    _, learner = await held_by_both(stage)
    await stage.pass_time(minutes=10)
    await learner.vanish()
    await stage.pass_time(seconds=5)
    again = await stage.enter(stage.learner, resume=learner.resume)
    await stage.pass_time(minutes=10, seconds=-5)
    await again.sync()
    assert await minutes_of(stage) == (20, 20)
    assert await AttendanceInterval.filter(user_id=stage.learner.user_id).count() == 1


@BOTH
async def test_media_that_begin_while_a_seat_waits_count_nothing(stage: Stage) -> None:
    mentor, learner = await held_by_both(stage)
    await stage.pass_time(minutes=10)
    await learner.vanish()
    await mentor.sync()
    await stage.pass_time(seconds=5)
    place = {"room": str(stage.session_id), "participant": learner.id}
    await stage.node.say(control.PeerConnected(**place))
    await mentor.sync()
    await stage.pass_time(seconds=10)
    await mentor.hear("participant-left")
    await stage.pass_time(minutes=20)
    assert (await minutes_of(stage))[0] == 10
    assert not await AttendanceInterval.filter(ended_at__isnull=True).exists()


@BOTH
async def test_crash_after_which_nobody_returns_leaves_nobody_present(stage: Stage) -> None:
    await held_by_both(stage)
    await stage.pass_time(minutes=20)
    await stage.hub.journal.settled()
    lose_the_room(stage)
    await stage.pass_time(minutes=40)
    assert await minutes_of(stage) == (20, 60)


async def test_who_does_not_return_after_a_crash_went_when_the_room_was_last_seen(stage: Stage) -> None:
    mentor, _ = await held_by_both(stage)
    await stage.pass_time(minutes=20)
    await stage.hub.journal.settled()
    lose_the_room(stage)
    await stage.pass_time(minutes=1)
    await stage.enter(stage.mentor, resume=mentor.resume)
    await stage.pass_time(seconds=15)
    await stage.pass_time(minutes=19)
    assert (await minutes_of(stage))[0] == 20
    found = await shares(stage.session_id)
    assert found[stage.mentor.user_id].share == 1.0


async def test_who_returns_after_a_crash_was_there_all_the_time(stage: Stage) -> None:
    mentor, learner = await held_by_both(stage)
    await stage.pass_time(minutes=20)
    await stage.hub.journal.settled()
    lose_the_room(stage)
    await stage.pass_time(minutes=1)
    for viewer, before in ((stage.mentor, mentor), (stage.learner, learner)):
        await stage.enter(viewer, resume=before.resume)
    await stage.pass_time(seconds=15)
    await stage.pass_time(minutes=19, seconds=-15)
    assert await minutes_of(stage) == (40, 40)


async def test_clock_that_closes_a_forgotten_lesson_takes_no_share_away(stage: Stage) -> None:
    mentor, learner = await held_by_both(stage)
    await stage.pass_time(minutes=60)
    for client in (learner, mentor):
        await client.leave()
        await client.closed()
    await stage.hub.journal.settled()
    await stage.pass_time(minutes=15)
    await booking.close_overdue(stage.session_id)
    await stage.run_jobs()
    assert (await shares(stage.session_id))[stage.learner.user_id] == Share(3600, 3600, 1.0)
