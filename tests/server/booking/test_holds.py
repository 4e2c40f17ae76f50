"""Held seats: until they are confirmed, or their time is over; whoever comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from server.booking import service
from server.booking.holding import Holding, use_holding
from server.booking.models import Booking
from server.booking.paying import paid_by
from server.booking.seats.expiry import expire_hold, expire_overdue
from server.booking.states import BookingStatus
from server.booking.times import HOLD, next_mark, offer_until
from server.edge.access import Viewer
from server.infra import clock
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, Invalid
from server.infra.models import OutboxRow, StateTransition
from tests.databases import BOTH
from tests.server.booking.makers import agree, draft, mentor, payments, person, published

pytestmark = pytest.mark.usefixtures("database", "taking_payments")


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def priced(**values: int) -> UUID:
    return await published(await mentor(), price_minor=2000, currency="EUR", **values)


async def held(session_id: UUID, learner: Viewer) -> Booking:
    booked = await service.book_session(session_id, learner)
    booking = await Booking.get(public_id=booked.booking_id)
    assert booking.status == BookingStatus.HELD
    return booking


async def status_of(booking: Booking) -> str:
    await booking.refresh_from_db()
    return booking.status


async def told() -> list[str]:
    rows = await OutboxRow.filter(job="notifications.tell").order_by("id")
    return [row.payload["kind"] for row in rows if row.payload["kind"] != "new_session"]


async def test_seat_is_held_as_long_as_the_platform_says(moved_clock: ManualClock) -> None:
    session_id, lea = await priced(), await person("lea")
    use_holding(Holding(hold=timedelta(minutes=40)))
    try:
        booking = await held(session_id, lea)
    finally:
        use_holding(Holding())
    assert booking.hold_expires_at == moved_clock.now() + timedelta(minutes=40)


def test_an_offer_lasts_as_long_as_the_platform_says_and_ends_before_the_start() -> None:
    start, day = next_mark(clock.now()), timedelta(days=1)
    assert offer_until(start + 2 * day, start, day) == start + day
    assert offer_until(start + day, start, day) == start + day - timedelta(minutes=10)


async def test_priced_seat_is_held_with_what_was_promised(moved_clock: ManualClock) -> None:
    session_id, lea = await priced(), await person("lea")
    booking = await held(session_id, lea)
    assert booking.hold_expires_at == moved_clock.now() + HOLD
    assert (booking.price_minor, booking.currency, booking.confirmed_at) == (2000, "EUR", None)
    assert booking.policy == {"name": "standard", "steps": [[24, 100], [12, 50]]}
    assert await told() == []  # nothing is booked yet
    assert await agree(session_id) == 1
    assert not (await service.book_session(session_id, lea)).created


@BOTH
async def test_confirmed_hold_stays(
    moved_clock: ManualClock, run_jobs: Callable[[], Awaitable[int]]
) -> None:
    session_id, lea = await priced(), await person("lea")
    booking = await held(session_id, lea)
    await service.confirm(booking.id, lea.user_id)
    await service.confirm(booking.id, lea.user_id)
    assert await told() == ["booking_confirmed", "seat_booked"]
    moved_clock.advance(HOLD)
    await run_jobs()
    assert not await expire_hold(booking.id)
    assert await status_of(booking) == BookingStatus.CONFIRMED
    assert booking.confirmed_at is not None
    assert await agree(session_id) == 1
    moves = await StateTransition.filter(entity="booking").order_by("id").values_list("old", "new")
    assert moves == [("", "held"), ("held", "confirmed")]


@BOTH
async def test_hold_that_is_not_confirmed_gives_the_seat_back(
    moved_clock: ManualClock, run_jobs: Callable[[], Awaitable[int]]
) -> None:
    session_id, lea = await priced(), await person("lea")
    booking = await held(session_id, lea)
    moved_clock.advance(HOLD - timedelta(seconds=1))
    await run_jobs()
    assert await status_of(booking) == BookingStatus.HELD
    moved_clock.advance(timedelta(seconds=1))
    with pytest.raises(Conflict) as refused:
        await service.confirm(booking.id, lea.user_id)
    assert refused.value.code == "hold_expired"
    await run_jobs()
    assert await status_of(booking) == BookingStatus.EXPIRED
    assert await agree(session_id) == 0
    assert (await service.book_session(session_id, await person("leo"))).created


async def test_sweep_finds_holds_whose_job_was_lost(moved_clock: ManualClock) -> None:
    session_id = await priced(capacity=3)
    bookings = [await held(session_id, await person(name)) for name in ("lea", "leo", "lia")]
    await service.confirm(bookings[2].id, None)
    await OutboxRow.all().delete()
    moved_clock.advance(HOLD)
    assert await expire_overdue() == 2
    assert [await status_of(booking) for booking in bookings] == ["expired", "expired", "confirmed"]
    assert await agree(session_id) == 1


@BOTH
async def test_confirmation_and_expiry_at_once_have_one_winner(moved_clock: ManualClock) -> None:
    """In time the confirmation wins, late the expiry: never both, never neither."""
    for late in (timedelta(0), HOLD):
        suffix = "late" if late else "early"
        mira, lea = await mentor(f"mira_{suffix}"), await person(f"lea_{suffix}")
        session_id = await published(mira, price_minor=2000, currency="EUR")
        booking = await held(session_id, lea)
        moved_clock.advance(late)
        answers = await asyncio.gather(
            *(expire_hold(booking.id) for _ in range(4)),
            *(service.confirm(booking.id, lea.user_id) for _ in range(4)),
            return_exceptions=True,
        )
        refused = [answer for answer in answers if isinstance(answer, Conflict)]
        assert {error.code for error in refused} == ({"hold_expired"} if late else set())
        assert answers.count(True) == (1 if late else 0)
        assert await status_of(booking) == ("expired" if late else "confirmed")
        assert await agree(session_id) == (0 if late else 1)


async def test_given_up_hold_costs_nothing_and_frees_the_seat() -> None:
    session_id, lea = await priced(), await person("lea")
    booking = await held(session_id, lea)
    shown = await service.cancellation(booking.public_id, lea)
    assert (shown.percent, shown.refund_minor, shown.changes_at) == (100, 0, None)
    await service.cancel_booking(booking.public_id, lea)
    assert await status_of(booking) == BookingStatus.CANCELLED_BY_LEARNER
    assert booking.refund_minor == 0
    assert await told() == []
    assert await agree(session_id) == 0


@pytest.mark.parametrize("how", ["ended", "missed", "cancelled"])
async def test_end_of_the_session_ends_its_holds(moved_clock: ManualClock, how: str) -> None:
    mira, lea, leo = await mentor(), await person("lea"), await person("leo")
    session_id = await published(mira, price_minor=2000, currency="EUR", capacity=3)
    first, second = await held(session_id, lea), await held(session_id, leo)
    await service.confirm(first.id, lea.user_id)
    if how == "cancelled":
        await service.cancel_session(session_id, mira)
    else:
        moved_clock.advance(timedelta(hours=2))
        if how == "ended":
            await service.start_session(session_id, mira)
            await service.end_session(session_id, mira)
        else:
            moved_clock.advance(timedelta(hours=2))
            await service.close_overdue(session_id)
    ends = {
        "ended": ("confirmed", "expired", None, 1),
        "missed": ("no_show_mentor", "expired", 2000, 0),
        "cancelled": ("cancelled_by_mentor", "cancelled_by_mentor", 2000, 0),
    }
    kept, let_go, refund, seats = ends[how]
    assert (await status_of(first), await status_of(second)) == (kept, let_go)
    assert (first.refund_minor, second.refund_minor) == (refund, 0)
    assert await agree(session_id) == seats


async def test_priced_session_is_neither_published_nor_booked_without_payments() -> None:
    session_id, mira = await priced(), await mentor("max")
    other = await draft(mira, price_minor=2000, currency="EUR")
    with paid_by(None):
        with pytest.raises(Invalid):
            await service.publish_session(other, mira)
        with pytest.raises(Conflict):
            await service.book_session(session_id, await person("lea"))
