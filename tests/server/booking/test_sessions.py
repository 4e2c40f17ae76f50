"""Drafts, publishing, and the life of a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from server.booking import service
from server.booking.forms import SessionChanges
from server.booking.models import Booking, BusyCell, Session
from server.booking.states import SESSION_MOVES, SessionStatus
from server.booking.times import GRID, next_mark
from server.edge.access import Viewer
from server.infra import clock
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from server.infra.models import OutboxRow, StateTransition
from server.worker import run_due
from tests.databases import BOTH
from tests.server.booking.makers import draft, mentor, person, published, skill

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def in_spring_2030(moved_clock: ManualClock) -> None:
    """Dates in the test are then near, whenever it runs."""
    moved_clock.set(datetime(2030, 5, 1, tzinfo=UTC))


async def change(session_id: UUID, viewer: Viewer, **values: object) -> Session:
    await service.change_session(session_id, viewer, SessionChanges.model_validate(values))
    return await Session.get(id=session_id)


async def jobs(name: str) -> int:
    return await OutboxRow.filter(job=name).count()


# --- drafts


@pytest.mark.usefixtures("in_spring_2030")
async def test_draft_keeps_what_was_written() -> None:
    await skill("python", "Python")
    mira = await mentor(zone="Europe/Berlin")
    session_id = await service.create_session(
        mira,
        service.SessionForm(
            title="Closures",
            skills=["python"],
            objectives=["One", "Two"],
            starts_at="2030-07-01T18:00",
            duration_minutes=45,
        ),
    )
    found = await service.get_session(session_id, mira)
    assert found.status == "draft"
    assert found.starts_at == datetime(2030, 7, 1, 16, 0, tzinfo=UTC)
    assert (found.ends_at - found.starts_at, found.duration_minutes) == (timedelta(minutes=45), 45)
    assert (found.timezone, found.local_start) == ("Europe/Berlin", "2030-07-01T18:00")
    assert (found.skill_slugs, found.objectives) == (("python",), ("One", "Two"))


async def test_unknown_skill_is_refused_and_nothing_is_left() -> None:
    with pytest.raises(Invalid) as refused:
        await draft(await mentor(), skills=["alchemy"])
    assert "skills" in refused.value.fields
    assert await Session.all().count() == 0


async def test_learner_cannot_create_a_session() -> None:
    with pytest.raises(Forbidden):
        await draft(await person("lea"))


async def test_session_in_the_past_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        await draft(await mentor(), next_mark(clock.now()) - timedelta(hours=1))
    assert "starts_at" in refused.value.fields


@pytest.mark.usefixtures("in_spring_2030")
async def test_draft_can_be_changed_in_everything() -> None:
    mira = await mentor(zone="Europe/Berlin")
    session_id = await draft(mira)
    changed = await change(
        session_id,
        mira,
        title="Other",
        starts_at="2030-07-01T18:00",
        duration_minutes=30,
        price_minor=900,
    )
    assert (changed.title, changed.price_minor) == ("Other", 900)
    assert changed.ends_at == datetime(2030, 7, 1, 16, 30, tzinfo=UTC)
    changed = await change(session_id, mira, timezone="America/New_York")
    assert (changed.local_start, changed.starts_at.hour) == ("2030-07-01T18:00", 22)
    changed = await change(session_id, mira, objectives=["New"], duration_minutes=60)
    assert changed.ends_at.hour == 23
    assert (await service.get_session(session_id, mira)).objectives == ("New",)


async def test_published_session_keeps_its_time_and_price() -> None:
    mira = await mentor()
    session_id = await published(mira)
    before = await Session.get(id=session_id)
    with pytest.raises(Conflict):
        await change(session_id, mira, starts_at=(before.starts_at + GRID).isoformat())
    with pytest.raises(Conflict):
        await change(session_id, mira, price_minor=100)
    same = await change(session_id, mira, starts_at=before.starts_at.isoformat(), title="Renamed")
    assert (same.title, same.starts_at) == ("Renamed", before.starts_at)


async def test_capacity_cannot_fall_below_the_seats_taken() -> None:
    mira = await mentor()
    session_id = await published(mira, capacity=2)
    for name in ("lea", "leo"):
        await service.book_session(session_id, await person(name))
    with pytest.raises(Invalid) as refused:
        await change(session_id, mira, capacity=1)
    assert "capacity" in refused.value.fields
    assert (await change(session_id, mira, capacity=3)).capacity == 3


@pytest.mark.usefixtures("in_spring_2030")
async def test_time_chosen_by_offset_in_a_repeated_hour_survives_an_edit() -> None:
    mira = await mentor()
    session_id = await draft(
        mira, datetime.fromisoformat("2030-10-27T02:30+01:00"), timezone="Europe/Berlin"
    )
    same = {"starts_at": "2030-10-27T02:30", "timezone": "Europe/Berlin", "duration_minutes": 60}
    changed = await change(session_id, mira, **same)
    assert changed.starts_at == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)


@BOTH
async def test_draft_can_be_deleted_and_a_published_session_cannot() -> None:
    mira = await mentor()
    session_id = await draft(mira)
    await service.delete_session(session_id, mira)
    assert not await Session.exists(id=session_id)
    with pytest.raises(Conflict):
        await service.delete_session(await published(mira), mira)


async def test_strangers_neither_see_a_draft_nor_touch_a_session() -> None:
    mira, max_ = await mentor("mira"), await mentor("max")
    hidden, shown = await draft(mira), await published(mira)
    for viewer in (None, max_):
        with pytest.raises(NotFound):
            await service.get_session(hidden, viewer)
    for action in (
        service.publish_session,
        service.start_session,
        service.end_session,
        service.cancel_session,
        service.delete_session,
    ):
        with pytest.raises(NotFound):
            await action(hidden, max_)
        with pytest.raises(Forbidden):
            await action(shown, max_)


# --- publishing


async def test_publishing_takes_the_mentors_time_and_plans_the_end() -> None:
    mira = await mentor()
    session_id = await published(mira)
    session = await Session.get(id=session_id)
    assert (session.status, session.published_at is not None) == ("published", True)
    cells = await BusyCell.filter(user_id=mira.user_id, session_id=session_id).values_list(
        "cell", flat=True
    )
    assert len(cells) == 12
    over = await OutboxRow.get(job="booking.session_over")
    assert over.run_at == session.ends_at + timedelta(minutes=15)
    moved = await StateTransition.get(entity="session", entity_id=str(session_id))
    assert (moved.old, moved.new, moved.actor_id) == ("draft", "published", mira.user_id)


@pytest.mark.parametrize(
    ("verified", "approved", "code"),
    [
        (False, False, "unverified"),
        (False, True, "unverified"),
        (True, False, "mentor_not_approved"),
    ],
)
async def test_unverified_or_unapproved_mentor_cannot_publish(
    verified: bool, approved: bool, code: str
) -> None:
    with pytest.raises(Forbidden) as refused:
        await published(await mentor(verified=verified, approved=approved))
    assert refused.value.code == code


async def test_session_that_is_not_complete_cannot_be_published() -> None:
    mira = await mentor()
    with pytest.raises(Invalid) as refused:
        await published(mira, objectives=[])
    assert "objectives" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        await published(mira, price_minor=1500)
    assert "price_minor" in refused.value.fields


async def test_draft_whose_time_has_passed_cannot_be_published(moved_clock: ManualClock) -> None:
    mira = await mentor()
    session_id = await draft(mira)
    moved_clock.advance(timedelta(hours=3))
    with pytest.raises(Invalid) as refused:
        await service.publish_session(session_id, mira)
    assert "starts_at" in refused.value.fields


@BOTH
async def test_mentor_cannot_publish_onto_another_session_of_theirs() -> None:
    mira = await mentor()
    start = next_mark(clock.now()) + timedelta(hours=2)
    await published(mira, start)
    with pytest.raises(Conflict) as refused:
        await published(mira, start + timedelta(minutes=30))
    assert refused.value.code == "overlap"
    await published(mira, start + timedelta(minutes=60))
    assert await Session.filter(status="published").count() == 2


async def test_session_at_the_next_mark_can_be_published_at_once(moved_clock: ManualClock) -> None:
    mira = await mentor()
    start = next_mark(clock.now())
    session_id = await draft(mira, start)
    moved_clock.set(start + timedelta(seconds=2))
    await service.publish_session(session_id, mira)


# --- live, ended, cancelled, missed


async def test_start_is_allowed_once_the_doors_are_open(moved_clock: ManualClock) -> None:
    mira = await mentor()
    start = next_mark(clock.now()) + timedelta(hours=2)
    session_id = await published(mira, start)
    moved_clock.set(start - timedelta(minutes=15, seconds=1))
    with pytest.raises(Conflict) as refused:
        await service.start_session(session_id, mira)
    assert refused.value.code == "too_early"
    moved_clock.set(start - timedelta(minutes=15))
    await service.start_session(session_id, mira)
    await service.start_session(session_id, mira)
    assert (await Session.get(id=session_id)).status == "live"
    assert await jobs("classroom.session_started") == 1


async def test_present_mentor_makes_the_session_live_at_its_start(moved_clock: ManualClock) -> None:
    start = next_mark(clock.now()) + timedelta(minutes=5)
    session_id = await published(await mentor(), start)
    assert not await service.mark_live(session_id)
    moved_clock.set(start)
    assert await service.mark_live(session_id)
    assert await service.mark_live(session_id)
    assert await jobs("classroom.session_started") == 1


async def test_ended_session_frees_what_is_left_of_everybodys_time(moved_clock: ManualClock) -> None:
    mira, lea = await mentor(), await person("lea")
    start = next_mark(clock.now())
    session_id = await published(mira, start)
    await service.book_session(session_id, lea)
    moved_clock.set(start)
    await service.start_session(session_id, mira)
    await service.end_session(session_id, mira)
    session = await Session.get(id=session_id)
    assert (session.status, session.ended_at) == ("ended", start)
    assert await BusyCell.all().count() == 0
    assert await jobs("classroom.session_ended") == 1
    with pytest.raises(Conflict):
        await service.end_session(session_id, mira)


async def test_session_that_is_not_live_cannot_be_ended() -> None:
    mira = await mentor()
    with pytest.raises(Conflict) as refused:
        await service.end_session(await published(mira), mira)
    assert refused.value.code == "wrong_state"


@BOTH
async def test_cancelled_session_cancels_its_bookings_and_frees_their_time() -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await published(mira)
    await service.book_session(session_id, lea)
    await service.cancel_session(session_id, mira, "ill")
    session = await Session.get(id=session_id)
    assert (session.status, session.seats_taken, session.ics_sequence) == ("cancelled", 0, 1)
    assert (await Booking.get(session_id=session_id)).status == "cancelled_by_mentor"
    told = await OutboxRow.filter(job="notifications.tell").order_by("-id").first()
    assert told is not None
    assert (told.payload["kind"], told.payload["user_id"]) == ("session_cancelled", lea.user_id)
    assert await BusyCell.all().count() == 0
    with pytest.raises(Conflict):
        await service.cancel_session(session_id, mira)


async def test_live_session_nobody_ends_is_ended_after_its_overtime(moved_clock: ManualClock) -> None:
    mira = await mentor()
    start = next_mark(clock.now())
    session_id = await published(mira, start)
    moved_clock.set(start)
    await service.start_session(session_id, mira)
    moved_clock.set(start + timedelta(minutes=74))
    await service.close_overdue(session_id)
    assert (await Session.get(id=session_id)).status == "live"
    moved_clock.set(start + timedelta(minutes=75))
    await service.close_overdue(session_id)
    await service.close_overdue(session_id)
    assert (await Session.get(id=session_id)).status == "ended"
    assert await jobs("classroom.session_ended") == 1


@BOTH
async def test_session_whose_mentor_never_came_is_missed(moved_clock: ManualClock) -> None:
    lea = await person("lea")
    start = next_mark(clock.now())
    session_id = await published(await mentor(), start)
    await service.book_session(session_id, lea)
    moved_clock.set(start + timedelta(minutes=75))
    await service.close_overdue(session_id)
    assert (await Session.get(id=session_id)).status == "missed"
    assert (await Booking.get(session_id=session_id)).status == "no_show_mentor"
    assert await BusyCell.all().count() == 0


async def test_worker_closes_a_session_at_its_time(moved_clock: ManualClock) -> None:
    start = next_mark(clock.now())
    session_id = await published(await mentor(), start)
    moved_clock.set(start + timedelta(minutes=74, seconds=59))
    await run_due()
    assert (await Session.get(id=session_id)).status == "published"
    moved_clock.advance(timedelta(seconds=1))
    await run_due()
    assert (await Session.get(id=session_id)).status == "missed"


async def test_only_listed_moves_can_happen() -> None:
    """Every action, in every state that its session can be in."""
    mira = await mentor()
    actions = {
        SessionStatus.PUBLISHED: service.publish_session,
        SessionStatus.ENDED: service.end_session,
        SessionStatus.CANCELLED: service.cancel_session,
    }
    for status in SessionStatus:
        for target, action in actions.items():
            session_id = await draft(mira)
            await Session.filter(id=session_id).update(status=status)
            if target in SESSION_MOVES.get(status, ()):
                await action(session_id, mira)
                await BusyCell.all().delete()
            else:
                with pytest.raises(DomainError) as refused:
                    await action(session_id, mira)
                assert refused.value.code == "wrong_state"
