"""After a lesson each seat is settled once, by itself, and the books have what the verdict says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.booking import service as booking
from server.booking.lifecycle import SETTLED_AFTER, close_overdue
from server.booking.models import Booking, Session
from server.booking.times import over_at
from server.infra import db
from server.infra.clock import ManualClock
from server.notifications.models import Notification
from server.payments.books.invariants import broken
from server.payments.ledger.chart import (
    LEARNER_CREDIT,
    MENTOR_AVAILABLE,
    PLATFORM_GOODWILL,
    PLATFORM_REVENUE,
)
from server.payments.refunds.asking import ask_refund
from server.payments.release.releasing import release_due
from server.settlement import settling
from server.settlement.models import Issue, Verdict
from server.settlement.settling import LATE, settle, settle_late
from tests.databases import BOTH
from tests.server.booking.makers import mentor, person, published
from tests.server.payments.provider import Provider
from tests.server.payments.stories import Seat, failing_once, paid_seat, pay_for_seat
from tests.server.settlement.lessons import ALL, Minutes, end, failed, hold, was_there, window_over

RunJobs = Callable[[], Awaitable[int]]
pytestmark = pytest.mark.usefixtures("database", "taking_payments")
PRICE = 6000


async def money(seat: Seat) -> dict[str, int]:
    """Who has what in the end: the mentor, the platform, the learner's card and credit, at whose cost."""
    assert not await broken()
    return {
        "mentor": await seat.on(MENTOR_AVAILABLE),
        "commission": await seat.on(PLATFORM_REVENUE),
        "refunded": (await seat.payment()).refunded_minor,
        "credit": await seat.on(LEARNER_CREDIT),
        "goodwill": await seat.on(PLATFORM_GOODWILL),
        "escrow": await seat.escrow(),
    }


def amounts(
    mentor: int, commission: int, refunded: int = 0, credit: int = 0, escrow: int = 0
) -> dict[str, int]:
    return {
        "mentor": mentor,
        "commission": commission,
        "refunded": refunded,
        "credit": credit,
        "goodwill": credit,
        "escrow": escrow,
    }


@BOTH
@pytest.mark.parametrize(
    ("who_was_there", "status", "outcome", "wanted"),
    [
        ((ALL, ALL), "attended", "attended", amounts(5100, 900)),
        ((None, ALL), "no_show_mentor", "mentor_absent", amounts(0, 0, 6000)),
        ((ALL, None), "no_show_learner", "learner_absent", amounts(5100, 900)),
        (((0, 40), ALL), "attended", "cut_short", amounts(3400, 600, 2000)),
        ((None, None), "no_show_mentor", "mentor_absent", amounts(0, 0, 6000)),
    ],
)
async def test_money_follows_attendance(
    provider: Provider,
    moved_clock: ManualClock,
    run_jobs: RunJobs,
    who_was_there: tuple[Minutes | None, Minutes | None],
    status: str,
    outcome: str,
    wanted: dict[str, int],
) -> None:
    """By itself: nothing but jobs runs here."""
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await hold(seat, *who_was_there)
    await run_jobs()
    assert not await Verdict.exists()  # what nodes still hold has not come yet
    moved_clock.advance(SETTLED_AFTER)
    await run_jobs()
    assert (await seat.booking()).status == status
    assert (await Verdict.get(booking_id=seat.booking_id)).outcome == outcome
    await window_over(seat)
    await release_due()
    assert await money(seat) == wanted


@BOTH
async def test_nodes_fault_is_the_platforms_cost(provider: Provider, moved_clock: ManualClock) -> None:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await failed(seat.session_id, seat.learner, "node", range(10, 25))
    await hold(seat)
    assert await settle(seat.session_id) == 1
    verdict = await Verdict.get(booking_id=seat.booking_id)
    assert (verdict.outcome, verdict.node_min, verdict.credit_minor) == ("platform_failed", 15, 1500)
    await window_over(seat)
    await release_due()
    assert await money(seat) == amounts(5100, 900, credit=1500)


async def test_learners_own_line_costs_the_mentor_nothing(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await failed(seat.session_id, seat.learner, "down", range(40))
    await hold(seat)
    await settle(seat.session_id)
    verdict = await Verdict.get(booking_id=seat.booking_id)
    assert (verdict.outcome, verdict.own_min, verdict.refund_minor) == ("attended", 40, 0)


@BOTH
async def test_seat_is_settled_once(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await failed(seat.session_id, seat.mentor, "node", range(20, 30))
    await hold(seat, mentor=(0, 40))
    assert sum(await asyncio.gather(*(settle(seat.session_id) for _ in range(10)))) == 1
    moved_clock.advance(LATE)
    assert await settle_late() == 0
    await run_jobs()
    assert await Verdict.all().count() == 1
    assert await money(seat) == amounts(0, 0, refunded=2000, credit=1000, escrow=4000)


async def test_what_is_killed_halfway_is_done_again_from_the_start(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await failed(seat.session_id, seat.learner, "node", range(10, 20))
    await hold(seat, mentor=(0, 40))
    for name in ("settle_seat", "give_credit"):
        with failing_once(settling, name), pytest.raises(RuntimeError):
            await settle(seat.session_id)
        assert not await Verdict.exists()
        assert (await seat.booking()).status == "confirmed"
    moved_clock.advance(LATE)
    assert await settle_late() == 1
    await run_jobs()
    assert await money(seat) == amounts(0, 0, refunded=2000, credit=1000, escrow=4000)


async def test_each_seat_of_a_group_by_itself(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    first = await paid_seat(provider, moved_clock, price=PRICE, capacity=3)
    others = [
        await pay_for_seat(provider, moved_clock, first.mentor, await person(name), first.session_id)
        for name in ("jun", "amara")
    ]
    await failed(first.session_id, others[1].learner, "node", range(30))
    await was_there(first.session_id, others[1].learner, ALL)
    await hold(first)
    assert await settle(first.session_id) == 3
    found = await Verdict.filter(session_id=first.session_id).order_by("booking_id")
    assert [each.booking_id for each in found] == [each.booking_id for each in (first, *others)]
    assert [(each.outcome, each.credit_minor) for each in found] == [
        ("attended", 0),
        ("learner_absent", 0),
        ("platform_failed", 6000),
    ]


async def test_missed_lesson_is_given_back_at_once_and_says_so(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await was_there(seat.session_id, seat.learner, ALL)
    session = await Session.get(id=seat.session_id)
    moved_clock.set(over_at(session.ends_at))
    await close_overdue(session.id)
    await run_jobs()
    assert (await seat.payment()).refunded_minor == PRICE
    moved_clock.advance(SETTLED_AFTER)
    await run_jobs()
    verdict = await Verdict.get(booking_id=seat.booking_id)
    assert (verdict.outcome, verdict.refund_minor, verdict.credit_minor) == ("mentor_absent", PRICE, 0)
    assert await money(seat) == amounts(0, 0, refunded=PRICE)


async def test_what_the_mentor_gave_back_before_counts(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await hold(seat, mentor=(0, 40))
    await ask_refund((await seat.payment()).public_id, seat.mentor, 1500, "I had to leave")
    await settle(seat.session_id)
    await run_jobs()
    assert await money(seat) == amounts(0, 0, refunded=2000, escrow=4000)


async def test_nobody_measured_waits_for_a_person(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    for who in (seat.mentor, seat.learner):
        await was_there(seat.session_id, who, ALL, media=False)
    await seat.begin()
    await end(seat)
    await settle(seat.session_id)
    issue = await Issue.get(booking_id=seat.booking_id)
    assert (issue.side, issue.category, issue.opener_id) == ("platform", "unclear", None)
    await window_over(seat)
    moved_clock.advance(timedelta(days=30))
    assert await release_due() == 0
    assert await money(seat) == amounts(0, 0, escrow=PRICE)


async def test_free_lesson_is_settled_without_money(moved_clock: ManualClock) -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await published(mira, capacity=2)
    await booking.book_session(session_id, lea)
    session = await Session.get(id=session_id)
    moved_clock.set(session.starts_at)
    await booking.mark_live(session_id, mira.user_id)
    await was_there(session_id, mira, ALL)
    moved_clock.set(session.ends_at)
    await booking.end_session(session_id, mira)
    assert await settle(session_id) == 1
    verdict = await Verdict.get(session_id=session_id)
    assert (verdict.outcome, verdict.refund_minor, verdict.credit_minor) == ("learner_absent", 0, 0)
    assert (await Booking.get(session_id=session_id)).status == "no_show_learner"


async def test_both_sides_are_told_in_their_own_words(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await hold(seat, mentor=(0, 40))
    await settle(seat.session_id)
    await run_jobs()
    told = await Notification.filter(kind="lesson_settled")
    assert {(row.user_id, row.about["reader"]) for row in told} == {
        (seat.learner.user_id, "learner"),
        (seat.mentor.user_id, "mentor"),
    }


async def test_verdict_is_never_changed(provider: Provider, moved_clock: ManualClock) -> None:
    seat = await paid_seat(provider, moved_clock)
    await hold(seat)
    await settle(seat.session_id)
    for statement in ("UPDATE verdict SET refund_minor = 1", "DELETE FROM verdict"):
        with pytest.raises(Exception, match="append-only"):
            await db.execute(statement, [])
