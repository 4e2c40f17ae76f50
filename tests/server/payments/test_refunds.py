"""Money that goes back: as much as was promised, once, and never more than was paid."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import pytest

from server.booking import service as booking
from server.booking.models import Session
from server.booking.rescheduling.answering import decline
from server.booking.rescheduling.forms import MoveForm
from server.booking.rescheduling.proposing import propose
from server.infra.clock import ManualClock
from server.infra.errors import Conflict
from server.infra.models import OutboxRow
from server.payments.gateway.answers import GatewayDown, GatewayRefused
from server.payments.ledger.balances import trial_balance
from server.payments.ledger.chart import (
    ESCROW,
    LEARNER_CREDIT,
    MENTOR_AVAILABLE,
    PLATFORM_REVENUE,
    REFUND_IN_FLIGHT,
    STRIPE_CLEARING,
)
from server.payments.models import Payment, Refund
from server.payments.receipts.seen import payment_seen
from server.payments.refunds import sending
from server.payments.refunds.deciding import decide
from server.payments.refunds.given_back import give_back
from server.payments.release.releasing import release
from server.payments.release.rule import ISSUES
from tests.databases import BOTH
from tests.server.booking.makers import payments, person
from tests.server.payments.provider import Provider
from tests.server.payments.stories import REFUND_FAILS, REFUND_WAITS, Seat, failing_once, paid_seat

pytestmark = pytest.mark.usefixtures("database", "taking_payments")
RunJobs = Callable[[], Awaitable[int]]


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def refund(seat: Seat, amount: int, cause: str = "test") -> Refund:
    found = await decide(await seat.payment(), amount, cause=cause, reason="asked", actor_id=None)
    assert found is not None
    return found


async def given_back_at_provider(seat: Seat) -> int:
    payment = await seat.payment()
    return (await seat.provider.gateway.charge(payment.charge_id or "")).refunded_minor


# --- by what booking promised


@BOTH
@pytest.mark.parametrize(
    ("hours", "back", "status"), [(48, 5000, "refunded"), (20, 2500, "partially_refunded")]
)
async def test_cancellation_gives_back_what_it_promised(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs, hours: int, back: int, status: str
) -> None:
    seat = await paid_seat(provider, moved_clock, hours=hours)
    assert await seat.escrow() == 5000
    await booking.cancel_booking((await seat.booking()).public_id, seat.learner, "ill")
    await run_jobs()
    assert await seat.statuses() == (status, ["succeeded"])
    assert await given_back_at_provider(seat) == back
    assert await seat.escrow() == 5000 - back
    assert await seat.on(REFUND_IN_FLIGHT) == 0
    await give_back(seat.booking_id)
    assert (await seat.payment()).refunded_minor == back


async def test_late_cancellation_gives_nothing_back(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, hours=3)
    await booking.cancel_booking((await seat.booking()).public_id, seat.learner)
    await run_jobs()
    assert await seat.statuses() == ("succeeded", [])
    assert await seat.escrow() == 5000


async def cancelled_by_mentor(seat: Seat) -> None:
    await booking.cancel_session(seat.session_id, seat.mentor, "ill")


async def missed(seat: Seat) -> None:
    session = await Session.get(id=seat.session_id)
    seat.clock.set(session.ends_at + timedelta(minutes=15))
    await booking.close_overdue(seat.session_id)


async def moved_without(seat: Seat) -> None:
    form = MoveForm(starts_at=(seat.clock.now() + timedelta(hours=96)).isoformat())
    await decline(await propose(seat.session_id, seat.mentor, form), seat.learner)


@BOTH
@pytest.mark.parametrize("ended", [cancelled_by_mentor, missed, moved_without])
async def test_who_loses_a_seat_gets_all_back(
    provider: Provider,
    moved_clock: ManualClock,
    run_jobs: RunJobs,
    ended: Callable[[Seat], Awaitable[None]],
) -> None:
    seat = await paid_seat(provider, moved_clock)
    await ended(seat)
    await run_jobs()
    assert await seat.statuses() == ("refunded", ["succeeded"])
    assert (await seat.booking()).refund_minor == await given_back_at_provider(seat) == 5000
    assert await seat.escrow() == 0
    assert await seat.on(STRIPE_CLEARING) == -95  # the provider keeps its fee


async def test_seats_that_end_unpaid_give_nothing_back(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    with payments():
        seat = await paid_seat(provider, moved_clock)
        free = await person("jun")
        held = await booking.book_session(seat.session_id, free)
    await booking.cancel_booking(held.booking_id, free)
    await booking.cancel_session(seat.session_id, seat.mentor)
    assert await Refund.all().count() == 0
    jobs = await OutboxRow.filter(job="payments.given_back")
    assert [row.payload["booking_id"] for row in jobs] == [seat.booking_id]


# --- what the provider makes of it


@BOTH
async def test_bank_that_refuses_weeks_later_makes_it_credit(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, card=REFUND_FAILS)
    await refund(seat, 2000)
    await run_jobs()
    sent = await seat.refund()
    assert (sent.status, await seat.on(STRIPE_CLEARING)) == ("succeeded", 5000 - 95 - 2000)
    await provider.call(f"_sandbox/refunds/{sent.provider_id}/settle")
    for news in (True, False, False):
        assert await sending.sync(sent.provider_id or "") is news
    assert await seat.statuses() == ("partially_refunded", ["failed"])
    assert (await seat.refund()).failure == "lost_or_stolen_card"
    assert await seat.on(LEARNER_CREDIT) == 2000
    assert (await seat.on(STRIPE_CLEARING), await seat.escrow()) == (5000 - 95, 3000)
    assert await told(seat, "refund_failed") == 1


@BOTH
async def test_refund_that_waits_is_followed_until_it_arrives(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, card=REFUND_WAITS)
    await refund(seat, 5000)
    await run_jobs()
    assert await seat.statuses() == ("succeeded", ["sent"])
    assert await seat.on(REFUND_IN_FLIGHT) == 5000
    await provider.call(f"_sandbox/refunds/{(await seat.refund()).provider_id}/settle")
    moved_clock.advance(sending.PATIENCE)
    await sending.sweep()
    assert await seat.statuses() == ("refunded", ["succeeded"])
    assert await told(seat, "refund_arrived") == 1


async def test_provider_that_refuses_makes_it_credit(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await paid_seat(provider, moved_clock)

    async def refuses(*_: object, **__: object) -> None:
        raise GatewayRefused("expired_or_canceled_card", "The card is gone.")

    monkeypatch.setattr(provider.gateway, "refund", refuses)
    await refund(seat, 5000)
    await run_jobs()
    assert await seat.statuses() == ("refunded", ["failed"])
    assert (await seat.refund()).failure == "expired_or_canceled_card: The card is gone."
    assert await seat.on(LEARNER_CREDIT) == 5000


@BOTH
@pytest.mark.parametrize("late", [False, True])
async def test_what_a_bank_took_already_is_not_given_again(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs, late: bool
) -> None:
    """The provider knows of a dispute before we do."""
    seat = await paid_seat(provider, moved_clock)
    payment = await seat.payment()
    if late:
        await seat.take_place()
        moved_clock.advance(ISSUES)
        assert await release(payment.id)
    before = await trial()
    await provider.call(f"_sandbox/charges/{payment.charge_id}/dispute")
    await refund(seat, 1999, cause="again")
    await run_jobs()
    assert await seat.statuses() == ("succeeded", ["failed"])
    assert (await seat.refund()).failure.startswith("charge_disputed: ")
    assert (await seat.payment()).refunded_minor == 0
    assert await trial() == before
    assert (await payment_seen(payment.public_id, seat.learner)).refunds == ()
    await refund(seat, 1, cause="again")
    assert await Refund.all().count() == 2


# --- once, whatever goes wrong


@BOTH
async def test_answer_that_is_lost_is_asked_for_again(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock)
    found = await refund(seat, 1000)
    await provider.fault(error_after_commit=2)
    with pytest.raises(GatewayDown):
        await sending.send(found.id)
    await asyncio.gather(*(sending.send(found.id) for _ in range(5)), return_exceptions=True)
    await sending.send(found.id)
    assert await seat.statuses() == ("partially_refunded", ["succeeded"])
    assert await given_back_at_provider(seat) == 1000


@pytest.mark.parametrize("step", ["_ask", "apply"])
async def test_crash_between_the_steps_is_repaired_by_the_job(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs, step: str
) -> None:
    seat = await paid_seat(provider, moved_clock)
    found = await refund(seat, 1000)
    with failing_once(sending, step), pytest.raises(RuntimeError, match="killed"):
        await sending.send(found.id)
    assert await seat.statuses() == ("succeeded", ["created"])
    await run_jobs()
    assert await seat.statuses() == ("partially_refunded", ["succeeded"])
    assert await given_back_at_provider(seat) == 1000


async def test_sweep_finds_a_refund_whose_key_the_provider_forgot(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock)
    found = await refund(seat, 1000)
    with failing_once(sending, "apply"), pytest.raises(RuntimeError, match="killed"):
        await sending.send(found.id)
    await OutboxRow.filter(job="payments.refund").delete()
    await provider.call("_sandbox/forget_keys")
    moved_clock.advance(timedelta(days=2))
    await sending.sweep()
    await run_jobs()
    assert await seat.statuses() == ("partially_refunded", ["succeeded"])
    assert await given_back_at_provider(seat) == 1000


@BOTH
async def test_many_refunds_at_once_never_exceed_what_was_paid(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock)
    tries = (refund(seat, 300, cause=f"part:{number}") for number in range(20))
    results = await asyncio.gather(*tries, return_exceptions=True)
    refused = [each for each in results if isinstance(each, Conflict)]
    assert (len(refused), {each.code for each in refused}) == (4, {"refund_too_much"})
    await run_jobs()
    assert (await seat.payment()).refunded_minor == await given_back_at_provider(seat) == 4800
    assert await seat.escrow() == 200


@BOTH
async def test_one_cause_is_decided_once_though_many_say_so(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock)
    found = await asyncio.gather(*(refund(seat, 300) for _ in range(20)))
    assert len({each.id for each in found}) == 1
    assert (await seat.payment()).refunded_minor == 300
    assert await OutboxRow.filter(job="payments.refund").count() == 1


async def test_unpaid_is_not_given_back(provider: Provider, moved_clock: ManualClock) -> None:
    seat = await paid_seat(provider, moved_clock)
    await Payment.all().update(status="processing")
    with pytest.raises(Conflict, match="wrong_state"):
        await refund(seat, 1)


# --- after the release


@BOTH
async def test_parts_after_the_release_are_shared_like_the_whole(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, price=4999)
    await seat.take_place()
    await refund(seat, 33, cause="before")
    moved_clock.advance(ISSUES)
    assert await release(seat.payment_id)
    for number, part in enumerate((1, 3, 99, 1500, 3363)):
        found = await refund(seat, part, cause=f"late:{number}")
        assert found.late and found.mentor_minor + found.platform_minor == part
    await run_jobs()
    assert (await seat.statuses())[0] == "refunded"
    for account in (ESCROW, MENTOR_AVAILABLE, PLATFORM_REVENUE, REFUND_IN_FLIGHT):
        assert await seat.on(account) == 0


@BOTH
async def test_seat_that_was_paid_with_credit_becomes_credit_again(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock)
    await Payment.all().update(method="credit")
    await booking.cancel_session(seat.session_id, seat.mentor)
    await run_jobs()
    assert await seat.statuses() == ("refunded", ["succeeded"])
    assert (await seat.on(LEARNER_CREDIT), await seat.escrow()) == (5000, 0)
    assert await given_back_at_provider(seat) == 0


async def told(seat: Seat, kind: str) -> int:
    """How often the learner was told that."""
    jobs = await OutboxRow.filter(job="notifications.tell")
    return sum(
        (row.payload["kind"], row.payload["user_id"]) == (kind, seat.learner.user_id) for row in jobs
    )


async def trial() -> dict[str, int]:
    return {row.account.name: row.balance_minor for row in await trial_balance() if row.balance_minor}
