"""What a lesson earned is its mentor's and ours three days after it, once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from server.booking import service as booking
from server.booking.models import Session
from server.infra.clock import ManualClock
from server.payments.ledger.chart import MENTOR_AVAILABLE, PLATFORM_REVENUE
from server.payments.ledger.models import LedgerTransaction
from server.payments.release import releasing
from server.payments.release.releasing import release, release_due
from server.payments.release.rule import ISSUES, Facts, earned
from server.payments.shares import Shares
from tests.databases import BOTH
from tests.server.booking.makers import payments, person
from tests.server.payments.provider import Provider
from tests.server.payments.stories import failing_once, paid_seat, pay_for_seat

RunJobs = Callable[[], Awaitable[int]]
END = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
in_a_database = pytest.mark.usefixtures("database", "taking_payments")


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield


def facts(booking_status: str = "attended", session_status: str = "ended", **more: object) -> Facts:
    values: dict[str, object] = {
        "planned_end": END,
        "ended_at": END,
        "disputed": False,
        "held": False,
        "amount_minor": 100,
        "commission_minor": 15,
        "left_minor": 100,
        **more,
    }
    return Facts(booking_status=booking_status, session_status=session_status, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "counts_from"),
    [
        (facts(), END),
        (facts(ended_at=END - timedelta(minutes=50)), END),
        (facts(ended_at=END + timedelta(minutes=10)), END + timedelta(minutes=10)),
        (facts("cancelled_by_learner", "published", ended_at=None), END),
        (facts("cancelled_by_learner", "missed", ended_at=None), END),
        (facts("no_show_learner"), END),
        (facts("confirmed", "published", ended_at=None), None),
        (facts("confirmed", "live", ended_at=None), None),
        (facts("confirmed"), None),  # nobody has settled yet who was there
        (facts("no_show_mentor", "missed"), None),
        (facts("cancelled_by_mentor", "cancelled"), None),
        (facts("expired"), None),
        (facts(disputed=True), None),
        (facts(held=True), None),
    ],
)
def test_lesson_is_earned_three_days_after_its_end(known: Facts, counts_from: datetime | None) -> None:
    if counts_from is None:
        assert earned(known, END + timedelta(days=99)) is None
        return
    due = counts_from + ISSUES
    assert earned(known, due - timedelta(microseconds=1)) is None
    assert earned(known, due) == Shares(85, 15)


def test_what_was_given_back_is_not_earned() -> None:
    assert earned(facts(left_minor=50), END + ISSUES) == Shares(43, 7)
    assert earned(facts(left_minor=1), END + ISSUES) == Shares(1, 0)


@BOTH
@in_a_database
async def test_escrow_is_released_once(provider: Provider, moved_clock: ManualClock) -> None:
    seat = await paid_seat(provider, moved_clock, price=4999)
    await seat.take_place()
    moved_clock.advance(ISSUES - timedelta(seconds=1))
    assert await release_due() == 0
    moved_clock.advance(timedelta(seconds=1))
    assert Counter(await asyncio.gather(*(release(seat.payment_id) for _ in range(10)))) == {
        True: 1,
        False: 9,
    }
    assert await release_due() == 0
    assert (await seat.payment()).released_at == moved_clock.now()
    assert (await seat.escrow(), await seat.on(MENTOR_AVAILABLE)) == (0, 4249)
    assert await seat.on(PLATFORM_REVENUE) == 750


@BOTH
@in_a_database
async def test_what_a_late_cancellation_kept_is_released_as_if_its_learner_had_come(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, price=99, hours=20)
    await booking.cancel_booking((await seat.booking()).public_id, seat.learner)
    await run_jobs()
    session = await Session.get(id=seat.session_id)
    moved_clock.set(session.ends_at + ISSUES - timedelta(seconds=1))
    assert await release_due() == 0
    moved_clock.advance(timedelta(seconds=1))
    assert await release_due() == 1
    assert (await seat.on(MENTOR_AVAILABLE), await seat.on(PLATFORM_REVENUE)) == (42, 7)
    assert await seat.escrow() == 0


@in_a_database
async def test_lesson_that_did_not_take_place_earns_nothing(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock)
    await booking.cancel_session(seat.session_id, seat.mentor)
    await run_jobs()
    moved_clock.advance(timedelta(days=30))
    assert await release_due() == 0
    assert await seat.on(MENTOR_AVAILABLE) == 0


@in_a_database
async def test_what_fails_is_not_half_released(
    provider: Provider, moved_clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await paid_seat(provider, moved_clock)
    jun = await person("jun")
    second = await pay_for_seat(provider, moved_clock, first.mentor, jun, first.session_id)
    await first.take_place()
    moved_clock.advance(ISSUES)
    monkeypatch.setattr(releasing, "AT_ONCE", 1)
    with failing_once(releasing, "post"):
        assert await release_due() == 0
    assert (await first.payment()).released_at is None
    assert await LedgerTransaction.filter(kind="released").count() == 0
    assert await release_due() == 2
    assert await first.on(MENTOR_AVAILABLE) == 8500
    assert (await second.payment()).released_at is not None
