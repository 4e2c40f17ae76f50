"""Giving a seat back: what is shown before is what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from server.booking import service
from server.booking.models import Booking, Session
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, NotFound
from server.infra.models import OutboxRow
from tests.databases import BOTH
from tests.server.booking.makers import agree, mentor, payments, person, published

pytestmark = pytest.mark.usefixtures("database", "taking_payments")


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def paid_seat(moved_clock: ManualClock, hours: int = 48) -> tuple[UUID, Viewer, Viewer, Booking]:
    """A session that begins in so many hours, its mentor, a learner, and their confirmed seat."""
    moved_clock.set(next_mark(moved_clock.now()))
    mira, lea = await mentor(), await person("lea")
    start = moved_clock.now() + timedelta(hours=hours)
    session_id = await published(mira, start, price_minor=1999, currency="EUR", capacity=2)
    booked = await service.book_session(session_id, lea)
    booking = await Booking.get(public_id=booked.booking_id)
    await service.confirm(booking.id, lea.user_id)
    return session_id, mira, lea, booking


@pytest.mark.parametrize(("hours", "percent", "refund"), [(48, 100, 1999), (20, 50, 1000), (3, 0, 0)])
async def test_refund_that_was_shown_is_kept(
    moved_clock: ManualClock, hours: int, percent: int, refund: int
) -> None:
    session_id, _, lea, booking = await paid_seat(moved_clock, hours)
    shown = await service.cancellation(booking.public_id, lea)
    assert (shown.percent, shown.refund_minor) == (percent, refund)
    await service.cancel_booking(booking.public_id, lea, "ill", percent=shown.percent)
    await booking.refresh_from_db()
    assert (booking.status, booking.refund_minor) == ("cancelled_by_learner", refund)
    assert booking.cancelled_at == moved_clock.now()
    assert await agree(session_id) == 0


async def test_answer_is_bound_to_what_was_shown(moved_clock: ManualClock) -> None:
    """Shown a second before the day before, sent a second after it."""
    session_id, _, lea, booking = await paid_seat(moved_clock, 24)
    shown = await service.cancellation(booking.public_id, lea)
    assert (shown.percent, shown.changes_at) == (100, moved_clock.now())
    moved_clock.advance(timedelta(seconds=1))
    with pytest.raises(Conflict) as refused:
        await service.cancel_booking(booking.public_id, lea, percent=shown.percent)
    assert refused.value.code == "refund_changed"
    assert refused.value.fields == {"percent": "50", "refund_minor": "1000"}
    assert await agree(session_id) == 1
    await service.cancel_booking(booking.public_id, lea, percent=50)


async def test_later_policy_changes_nothing_that_was_promised(moved_clock: ManualClock) -> None:
    session_id, _, lea, booking = await paid_seat(moved_clock, 30)
    await Session.filter(id=session_id).update(policy="strict")
    assert (await service.cancellation(booking.public_id, lea)).percent == 100


async def test_mentor_who_calls_off_gives_everything_back_at_any_time(moved_clock: ManualClock) -> None:
    session_id, mira, _, booking = await paid_seat(moved_clock, 3)
    await service.cancel_session(session_id, mira, "ill")
    await booking.refresh_from_db()
    assert (booking.status, booking.refund_minor) == ("cancelled_by_mentor", 1999)


async def test_foreign_and_given_back_seats_have_no_cancellation(moved_clock: ManualClock) -> None:
    _, _, lea, booking = await paid_seat(moved_clock)
    with pytest.raises(NotFound):
        await service.cancellation(booking.public_id, await person("eve"))
    await service.cancel_booking(booking.public_id, lea)
    with pytest.raises(Conflict):
        await service.cancellation(booking.public_id, lea)


@BOTH
async def test_calling_off_that_is_killed_midway_changed_nothing_and_is_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mira = await mentor()
    session_id = await published(mira, capacity=40)
    for number in range(40):
        await service.book_session(session_id, await person(f"learner{number}"))
    with monkeypatch.context() as broken:
        broken.setattr("server.booking.lifecycle.announcing.called_off", killed)
        with pytest.raises(SystemError):
            await service.cancel_session(session_id, mira)
    assert await agree(session_id) == 40
    assert await Booking.filter(status="confirmed").count() == 40
    told = [row.payload["kind"] for row in await OutboxRow.filter(job="notifications.tell")]
    assert "session_cancelled" not in told
    await service.cancel_session(session_id, mira)
    assert await agree(session_id) == 0
    assert await Booking.filter(status="cancelled_by_mentor").count() == 40


async def killed(session: Session) -> None:
    """Stands for the end of the process when all has been written but the commit."""
    raise SystemError("killed")
