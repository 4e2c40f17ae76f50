"""The queue for a full session: a free seat goes to who waits longest and can take it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from server.accounts.models import User
from server.booking import service
from server.booking.forms import SessionChanges
from server.booking.jobs import sweep
from server.booking.models import Booking
from server.booking.states import BookingStatus
from server.booking.times import OFFER, next_mark
from server.booking.waiting.models import WaitlistEntry
from server.booking.waiting.queue import join_waitlist, leave_waitlist, place_of
from server.edge.access import Viewer
from server.infra import clock
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, NotFound
from server.infra.models import OutboxRow
from server.notifications.models import Notification
from server.people import circle
from server.people.models import Block
from server.worker import run_due
from tests.databases import BOTH
from tests.server.booking.makers import agree, mentor, person, published

pytestmark = pytest.mark.usefixtures("database")
RunJobs = Callable[[], Awaitable[int]]


async def full(hours: int = 48, capacity: int = 1) -> tuple[UUID, Viewer, list[Viewer]]:
    """A session without free seats, its mentor, and who has the seats."""
    mira = await mentor()
    start = next_mark(clock.now()) + timedelta(hours=hours)
    session_id = await published(mira, start, capacity=capacity)
    seated = [await person(f"seated{number}") for number in range(capacity)]
    for learner in seated:
        await service.book_session(session_id, learner)
    return session_id, mira, seated


async def waiting(session_id: UUID, *names: str) -> list[Viewer]:
    people = [await person(name) for name in names]
    for each in people:
        await join_waitlist(session_id, each)
    return people


async def offer_to(session_id: UUID, learner: Viewer) -> Booking | None:
    return await Booking.get_or_none(session_id=session_id, learner_id=learner.user_id, status="held")


async def states(session_id: UUID) -> list[str]:
    entries = await WaitlistEntry.filter(session_id=session_id).order_by("id")
    return [entry.status for entry in entries]


async def heard_of_seats() -> list[tuple[str, int]]:
    """Who was told of a free seat, in order."""
    await run_due()
    kinds = ("seat_offered", "seat_open", "free_seat")
    rows = await Notification.filter(kind__in=kinds).order_by("id")
    return [(row.kind, row.user_id) for row in rows]


async def test_places_count_from_one_and_joining_twice_keeps_the_place() -> None:
    session_id, _, _ = await full()
    lea, leo = await waiting(session_id, "lea", "leo")
    again = await join_waitlist(session_id, lea)
    assert (again.number, again.waiting, again.booking_id) == (1, 2, None)
    second = await place_of(session_id, leo.user_id)
    assert second
    assert second.number == 2
    await leave_waitlist(session_id, lea)
    moved_up = await place_of(session_id, leo.user_id)
    assert moved_up
    assert moved_up.number == 1
    assert await place_of(session_id, lea.user_id) is None
    with pytest.raises(Conflict, match="not waiting"):
        await leave_waitlist(session_id, lea)


async def test_who_may_wait() -> None:
    session_id, mira, (seated,) = await full()
    free = await published(await mentor("max"))
    for place, viewer, code in (
        (session_id, mira, "own_session"),
        (session_id, seated, "wrong_state"),
        (free, seated, "seats_left"),
    ):
        with pytest.raises(Conflict) as refused:
            await join_waitlist(place, viewer)
        assert refused.value.code == code
    eve = await person("eve")
    await Block.create(blocker_id=mira.user_id, blocked_id=eve.user_id, created_at=clock.now())
    with pytest.raises(NotFound):
        await join_waitlist(session_id, eve)


@BOTH
async def test_freed_seat_is_offered_in_the_same_transaction_and_taken(moved_clock: ManualClock) -> None:
    session_id, _, (seated,) = await full()
    lea, leo = await waiting(session_id, "lea", "leo")
    await service.leave_session(session_id, seated)
    offer = await offer_to(session_id, lea)
    assert offer
    assert offer.hold_expires_at == moved_clock.now() + OFFER
    assert await offer_to(session_id, leo) is None
    assert await agree(session_id) == 1
    rows = await OutboxRow.filter(job="notifications.tell")
    told = [row.payload for row in rows if row.payload["kind"] in ("seat_offered", "free_seat")]
    assert [(row["kind"], row["user_id"]) for row in told] == [("seat_offered", lea.user_id)]
    place = await place_of(session_id, lea.user_id)
    assert place
    assert place.booking_id == offer.public_id
    taken = await service.book_session(session_id, lea)
    assert (taken.booking_id, taken.created) == (offer.public_id, False)
    await offer.refresh_from_db()
    assert offer.status == BookingStatus.CONFIRMED
    assert await states(session_id) == ["taken", "waiting"]
    assert await agree(session_id) == 1


@BOTH
async def test_offer_that_runs_out_goes_to_the_next_and_then_to_anybody(
    moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    session_id, _, (seated,) = await full()
    lea, leo, lia = await waiting(session_id, "lea", "leo", "lia")
    await service.leave_session(session_id, seated)
    moved_clock.advance(OFFER)
    with pytest.raises(Conflict) as refused:
        await service.book_session(session_id, lea)
    assert refused.value.code == "sold_out"
    await run_jobs()
    assert await offer_to(session_id, leo)
    await leave_waitlist(session_id, leo)
    assert await offer_to(session_id, lia)
    await service.cancel_booking((await Booking.get(learner_id=lia.user_id)).public_id, lia)
    assert await states(session_id) == ["passed", "left", "passed"]
    assert await agree(session_id) == 0
    assert (await service.book_session(session_id, await person("eve"))).created


async def test_offers_pass_over_who_can_not_take_the_seat() -> None:
    """One has another lesson then, one is blocked, one suspended: all keep their places."""
    session_id, mira, (seated,) = await full()
    busy, blocked, suspended, leo = await waiting(session_id, "busy", "blocked", "suspended", "leo")
    start = (await service.get_session(session_id, None)).starts_at
    other = await published(await mentor("max"), start + timedelta(minutes=30))
    await service.book_session(other, busy)
    await Block.create(blocker_id=blocked.user_id, blocked_id=mira.user_id, created_at=clock.now())
    await User.filter(id=suspended.user_id).update(status="suspended")
    await service.leave_session(session_id, seated)
    assert await offer_to(session_id, leo)
    assert await states(session_id) == ["waiting", "waiting", "waiting", "offered"]
    assert await agree(session_id) == 1


async def test_who_could_not_take_it_is_found_by_the_sweep_when_they_can() -> None:
    session_id, _, (seated,) = await full()
    (busy,) = await waiting(session_id, "busy")
    start = (await service.get_session(session_id, None)).starts_at
    other = await published(await mentor("max"), start)
    await service.book_session(other, busy)
    await service.leave_session(session_id, seated)
    assert await offer_to(session_id, busy) is None
    await service.leave_session(other, busy)
    with pytest.raises(Conflict) as refused:  # it is theirs by now, though nobody has offered it yet
        await service.book_session(session_id, await person("eve"))
    assert refused.value.code == "sold_out"
    await sweep({})
    assert await offer_to(session_id, busy)


@BOTH
async def test_ten_wait_and_one_books_directly_when_a_seat_is_freed(moved_clock: ManualClock) -> None:
    session_id, _, (seated,) = await full()
    people = await waiting(session_id, *(f"waiting{number}" for number in range(10)))
    direct = [await person(f"direct{number}") for number in range(3)]
    answers = await asyncio.gather(
        service.leave_session(session_id, seated),
        *(service.book_session(session_id, one) for one in direct),
        return_exceptions=True,
    )
    assert answers[0] is None
    assert [getattr(answer, "code", answer) for answer in answers[1:]] == ["sold_out"] * 3
    assert await offer_to(session_id, people[0])
    assert await agree(session_id) == 1


@BOTH
async def test_more_seats_are_offered_one_after_the_other(run_jobs: RunJobs) -> None:
    session_id, mira, _ = await full()
    people = await waiting(session_id, "lea", "leo", "lia")
    await service.change_session(session_id, mira, SessionChanges(capacity=3))
    await run_jobs()
    assert [bool(await offer_to(session_id, each)) for each in people] == [True, True, False]
    assert await agree(session_id) == 3


@pytest.mark.parametrize(("minutes", "offered"), [(30, timedelta(minutes=20)), (15, None)])
async def test_offers_end_before_the_start(
    moved_clock: ManualClock, minutes: int, offered: timedelta | None
) -> None:
    moved_clock.set(next_mark(moved_clock.now()))
    session_id, _, (seated,) = await full(hours=3)
    (lea,) = await waiting(session_id, "lea")
    moved_clock.advance(timedelta(hours=3) - timedelta(minutes=minutes))
    await service.leave_session(session_id, seated)
    offer = await offer_to(session_id, lea)
    if offered is None:
        assert offer is None
        assert (await service.book_session(session_id, await person("eve"))).created
    else:
        assert offer
        assert offer.hold_expires_at == moved_clock.now() + offered


@BOTH
async def test_who_waits_hears_of_a_seat_that_comes_too_late_to_be_kept(
    moved_clock: ManualClock,
) -> None:
    """All who could take it, once each, also where they follow the mentor."""
    moved_clock.set(next_mark(moved_clock.now()))
    session_id, _, (seated,) = await full(hours=3)
    lea, leo, busy, _ = await waiting(session_id, "lea", "leo", "busy", "gone")
    await circle.follow(leo, "mira")
    start = (await service.get_session(session_id, None)).starts_at
    await service.book_session(await published(await mentor("max"), start), busy)
    await User.filter(username="gone").update(status="suspended")
    moved_clock.set(start - timedelta(minutes=25))
    await service.leave_session(session_id, seated)
    assert await heard_of_seats() == [("seat_offered", lea.user_id)]
    moved_clock.set(start - timedelta(minutes=10))
    assert await heard_of_seats() == [("seat_offered", lea.user_id), ("seat_open", leo.user_id)]
    assert (await service.book_session(session_id, leo)).created
    assert await states(session_id) == ["passed", "taken", "waiting", "waiting"]


@pytest.mark.parametrize("how", ["cancelled", "missed"])
async def test_end_of_the_session_empties_the_queue(moved_clock: ManualClock, how: str) -> None:
    session_id, mira, (seated,) = await full()
    lea, leo = await waiting(session_id, "lea", "leo")
    await service.leave_session(session_id, seated)
    if how == "cancelled":
        await service.cancel_session(session_id, mira)
        rows = await OutboxRow.filter(job="notifications.tell")
        told = [row.payload["user_id"] for row in rows if row.payload["kind"] == "session_cancelled"]
        assert sorted(told) == sorted([lea.user_id, leo.user_id])
    else:
        moved_clock.advance(timedelta(days=4))
        await service.close_overdue(session_id)
    assert await states(session_id) == ["left", "left"]
    assert await agree(session_id) == 0


async def test_who_waits_and_books_another_way_waits_no_more(moved_clock: ManualClock) -> None:
    """Too late for offers the seat is anybody's, and theirs if they come first."""
    session_id, _, (seated,) = await full(hours=3)
    (lea,) = await waiting(session_id, "lea")
    start: datetime = (await service.get_session(session_id, None)).starts_at
    moved_clock.set(start - timedelta(minutes=12))
    await service.leave_session(session_id, seated)
    assert (await service.book_session(session_id, lea)).created
    assert await states(session_id) == ["taken"]
