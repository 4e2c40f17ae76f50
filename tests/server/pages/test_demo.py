"""The demo fills a fresh installation, once, and only what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from config.settings import Settings
from server.accounts import service as accounts
from server.accounts.models import User
from server.booking import service as booking
from server.booking.models import Booking, Session
from server.booking.service import SessionQuery
from server.infra import clock
from server.infra.clock import ManualClock
from server.infra.errors import NotFound
from server.pages.demo import seed_demo
from server.pages.programme import DEMO_LESSONS, DEMO_LOGINS
from server.people import service as people
from tests.databases import BOTH
from tests.server.booking.makers import person

UPCOMING = [lesson for lesson in DEMO_LESSONS if lesson.days > 0 and not lesson.draft]


@pytest.fixture
def at_night(moved_clock: ManualClock) -> ManualClock:
    """An hour at which the mentors' days differ."""
    moved_clock.set(clock.now().replace(hour=2, minute=3))
    return moved_clock


async def counts() -> tuple[int, int, int]:
    return await User.all().count(), await Session.all().count(), await Booking.all().count()


async def test_demo_has_its_people_with_their_roles(database: Settings, at_night: ManualClock) -> None:
    await seed_demo(database)
    assert [login.role for login in DEMO_LOGINS] == ["admin", "mentor", "mentor"] + ["learner"] * 3
    for login in DEMO_LOGINS:
        viewer = await accounts.get_viewer((await accounts.user_by_username(login.username)).id)
        assert viewer.verified
        assert login.role in viewer.roles
        assert ("owner" in viewer.roles) == (login.role == "admin")
        assert await people.mentor_approved(viewer.user_id) == (login.role == "mentor")


async def test_demo_has_lessons_ahead_and_behind(database: Settings, at_night: ManualClock) -> None:
    await seed_demo(database)
    found, total = await booking.find_sessions(SessionQuery(), clock.now(), 0, 50)
    assert total == len(UPCOMING) >= 12
    assert all(session.starts_at > clock.now() + timedelta(days=2) for session in found)
    assert any(session.seats_taken for session in found)
    lea = await accounts.user_by_username("lea")
    for tab in ("upcoming", "past"):
        assert await booking.learner_bookings(lea.id, tab, clock.now())
    for session in await Session.all():
        assert session.seats_taken == await Booking.filter(session_id=session.id).count()


@BOTH
async def test_demo_seeded_twice_is_the_same(database: Settings, at_night: ManualClock) -> None:
    await seed_demo(database)
    before = await counts()
    await seed_demo(database)
    assert await counts() == before


async def test_demo_plans_lessons_again_when_they_are_over(
    database: Settings, at_night: ManualClock
) -> None:
    await seed_demo(database)
    at_night.advance(timedelta(days=60))
    for session in await Session.filter(status="published"):
        await booking.close_overdue(session.id)
    await seed_demo(database)
    _, total = await booking.find_sessions(SessionQuery(), clock.now(), 0, 50)
    assert total == len(UPCOMING)


async def test_no_demo_owner_where_others_can_reach_the_server(database: Settings) -> None:
    await seed_demo(replace(database, host="0.0.0.0"))
    with pytest.raises(NotFound):
        await accounts.user_by_username("olga")
    await accounts.user_by_username("lea")


async def test_demo_person_who_left_stays_away(database: Settings) -> None:
    await seed_demo(database)
    await User.filter(username="jun").update(status="closing")
    await seed_demo(database)
    assert (await User.get(username="jun")).status == "closing"


async def test_stranger_with_a_demo_username_is_left_alone(database: Settings) -> None:
    """Their address differs from the demo person's."""
    stranger = await person("mira")
    await seed_demo(database)
    assert (await accounts.get_viewer(stranger.user_id)).roles == {"learner"}
    assert not await Session.filter(mentor_id=stranger.user_id).exists()
