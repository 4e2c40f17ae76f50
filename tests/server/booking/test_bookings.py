"""Seats: who may take one and when, and what the database counts."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from server.accounts.models import User
from server.booking import service
from server.booking.models import Booking, BusyCell, Session
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.infra import clock
from server.infra.clock import ManualClock
from server.infra.db import IntegrityError
from server.infra.errors import Conflict, DomainError, Forbidden, NotFound
from server.infra.models import OutboxRow, StateTransition
from server.people.models import MentorProfile
from tests.databases import BOTH
from tests.server.booking.makers import draft, mentor, person, published

TOLD = "notifications.tell"

pytestmark = pytest.mark.usefixtures("database")


async def refusal(session_id: UUID, viewer: Viewer) -> str:
    with pytest.raises(DomainError) as refused:
        await service.book_session(session_id, viewer)
    return refused.value.code


async def seats_agree(session_id: UUID) -> int:
    """Seats taken, which are as many as active bookings."""
    session = await Session.get(id=session_id)
    active = await Booking.filter(session_id=session_id, status__in=("held", "confirmed")).count()
    assert session.seats_taken == active
    return active


async def test_free_seat_is_confirmed_at_once_and_mailed() -> None:
    session_id, learner = await published(await mentor()), await person("lea")
    booked = await service.book_session(session_id, learner)
    assert booked.created
    row = await service.get_booking(booked.booking_id, learner, clock.now())
    assert row.status == "confirmed"
    told = {row.payload["kind"]: row.payload["user_id"] for row in await OutboxRow.filter(job=TOLD)}
    mira = (await service.get_session(session_id, None)).mentor_id
    assert told == {"booking_confirmed": learner.user_id, "seat_booked": mira}
    assert await seats_agree(session_id) == 1


async def test_second_post_by_the_same_learner_finds_the_same_booking() -> None:
    session_id, learner = await published(await mentor()), await person("lea")
    first = await service.book_session(session_id, learner)
    second = await service.book_session(session_id, learner)
    assert (second.booking_id, second.created) == (first.booking_id, False)
    assert await seats_agree(session_id) == 1


@BOTH
async def test_mentor_who_may_not_teach_any_more_is_not_booked() -> None:
    session_id, lea = await published(await mentor()), await person("lea")
    await MentorProfile.all().update(status="suspended")
    with pytest.raises(Conflict) as refused:
        await service.book_session(session_id, lea)
    assert refused.value.code == "wrong_state"
    assert await Booking.all().count() == 0


@pytest.mark.parametrize("status", ["suspended", "banned"])
async def test_mentor_who_is_put_out_is_neither_found_nor_booked(status: str) -> None:
    mira, lea, leo = await mentor(), await person("lea"), await person("leo")
    session_id = await published(mira, capacity=5)
    await service.book_session(session_id, lea)
    await User.filter(id=mira.user_id).update(status=status)
    assert await refusal(session_id, leo) == "wrong_state"
    assert await service.find_sessions(service.SessionQuery(), clock.now(), 0, 9) == ([], 0)
    assert not (await service.book_session(session_id, lea)).created
    await User.filter(id=mira.user_id).update(status="active")
    assert (await service.book_session(session_id, leo)).created


async def test_full_session_is_sold_out() -> None:
    session_id = await published(await mentor())
    await service.book_session(session_id, await person("lea"))
    assert await refusal(session_id, await person("leo")) == "sold_out"


async def test_mentor_cannot_book_their_own_session() -> None:
    mira = await mentor()
    assert await refusal(await published(mira), mira) == "own_session"


async def test_foreign_draft_is_not_there_and_the_own_one_is_no_seat() -> None:
    mira = await mentor()
    session_id = await draft(mira)
    with pytest.raises(NotFound):
        await service.book_session(session_id, await person("lea"))
    assert await refusal(session_id, mira) == "own_session"


@BOTH
async def test_learner_cannot_be_in_two_sessions_at_once() -> None:
    start = next_mark(clock.now()) + timedelta(hours=3)
    first = await published(await mentor("mira"), start)
    second = await published(await mentor("max"), start + timedelta(minutes=55))
    third = await published(await mentor("mona"), start + timedelta(minutes=60))
    learner = await person("lea")
    await service.book_session(first, learner)
    assert await refusal(second, learner) == "overlap"
    assert await seats_agree(second) == 0
    assert (await service.book_session(third, learner)).created


async def test_mentor_cannot_take_a_seat_while_they_teach() -> None:
    start = next_mark(clock.now()) + timedelta(hours=3)
    mira = await mentor("mira")
    await published(mira, start)
    other = await published(await mentor("max"), start)
    assert await refusal(other, mira) == "overlap"


@pytest.mark.parametrize(("minutes", "code"), [(9, None), (10, "wrong_state"), (30, "wrong_state")])
async def test_seats_can_be_taken_until_ten_minutes_after_the_start(
    moved_clock: ManualClock, minutes: int, code: str | None
) -> None:
    mira, learner = await mentor(), await person("lea")
    start = next_mark(clock.now())
    session_id = await published(mira, start)
    moved_clock.set(start + timedelta(minutes=minutes))
    await service.mark_live(session_id)
    if code:
        assert await refusal(session_id, learner) == code
    else:
        assert (await service.book_session(session_id, learner)).created


async def test_cancelled_session_cannot_be_booked() -> None:
    mira = await mentor()
    session_id = await published(mira)
    await service.cancel_session(session_id, mira)
    assert await refusal(session_id, await person("lea")) == "wrong_state"


async def test_unverified_person_can_book_a_free_session() -> None:
    session_id = await published(await mentor())
    assert (await service.book_session(session_id, await person("lea", verified=False))).created


@BOTH
async def test_cancelled_booking_frees_seat_and_time_and_can_be_booked_again() -> None:
    session_id, learner = await published(await mentor()), await person("lea")
    first = await service.book_session(session_id, learner)
    await service.cancel_booking(first.booking_id, learner)
    assert await seats_agree(session_id) == 0
    assert not await BusyCell.filter(user_id=learner.user_id).exists()
    again = await service.book_session(session_id, learner)
    assert again.created
    assert again.booking_id != first.booking_id
    moves = await StateTransition.filter(entity="booking").order_by("id").values_list("old", "new")
    assert moves == [
        ("", "confirmed"),
        ("confirmed", "cancelled_by_learner"),
        ("", "confirmed"),
    ]


async def test_booking_cannot_be_cancelled_twice_nor_after_the_start(moved_clock: ManualClock) -> None:
    mira, lea, leo = await mentor(), await person("lea"), await person("leo")
    start = next_mark(clock.now()) + timedelta(minutes=5)
    session_id = await published(mira, start, capacity=2)
    first = await service.book_session(session_id, lea)
    second = await service.book_session(session_id, leo)
    await service.cancel_booking(first.booking_id, lea)
    with pytest.raises(Conflict):
        await service.cancel_booking(first.booking_id, lea)
    await service.start_session(session_id, mira)
    with pytest.raises(Conflict):
        await service.cancel_booking(second.booking_id, leo)


async def test_bookings_are_invisible_to_others() -> None:
    session_id, learner = await published(await mentor()), await person("lea")
    booked = await service.book_session(session_id, learner)
    stranger = await person("eve")
    with pytest.raises(NotFound):
        await service.get_booking(booked.booking_id, stranger, clock.now())
    with pytest.raises(NotFound):
        await service.cancel_booking(booked.booking_id, stranger)


@BOTH
async def test_one_seat_and_many_tasks_at_once_sell_one_seat() -> None:
    session_id = await published(await mentor())
    learners = [await person(f"learner{number}") for number in range(12)]
    answers = await asyncio.gather(
        *(service.book_session(session_id, learner) for learner in learners), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(refused) == 11
    assert {error.code for error in refused} == {"sold_out"}
    assert await seats_agree(session_id) == 1
    assert await BusyCell.filter(booking_id__isnull=False).count() == 12


@BOTH
async def test_database_itself_refuses_a_second_active_booking_and_too_many_seats() -> None:
    session_id, learner = await published(await mentor()), await person("lea")
    await service.book_session(session_id, learner)
    with pytest.raises(IntegrityError):
        await Booking.create(
            session_id=session_id, learner_id=learner.user_id, currency="EUR", created_at=clock.now()
        )
    with pytest.raises(IntegrityError):
        await Session.filter(id=session_id).update(seats_taken=2)


async def test_room_is_for_the_mentor_and_those_who_booked() -> None:
    mira, learner, stranger = await mentor(), await person("lea"), await person("eve")
    session_id = await published(mira)
    booked = await service.book_session(session_id, learner)
    assert (await service.room_access(session_id, mira.user_id)).role == "mentor"
    assert (await service.room_access(session_id, learner.user_id)).role == "learner"
    with pytest.raises(Forbidden):
        await service.room_access(session_id, stranger.user_id)
    await service.cancel_booking(booked.booking_id, learner)
    with pytest.raises(Forbidden):
        await service.room_access(session_id, learner.user_id)
    with pytest.raises(NotFound):
        await service.room_access(await draft(await mentor("max")), stranger.user_id)
