"""Payments that a bank takes back: held until it is decided, and lost by who had the money."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

import pytest

from server.booking import service as booking
from server.infra.clock import ManualClock
from server.infra.models import OutboxRow
from server.payments.checkout.syncing import sync_payment
from server.payments.disputes import told
from server.payments.ledger.chart import (
    DISPUTE_HOLD,
    LEARNER_CREDIT,
    MENTOR_AVAILABLE,
    PLATFORM_LOSS,
    PLATFORM_REVENUE,
    STRIPE_CLEARING,
    STRIPE_FEES,
)
from server.payments.models import Dispute, StripeEvent
from server.payments.refunds.deciding import decide
from server.payments.release.releasing import release
from server.payments.release.rule import ISSUES
from tests.databases import BOTH
from tests.server.booking.makers import payments, person
from tests.server.payments.provider import Provider
from tests.server.payments.stories import Seat, paid_seat

pytestmark = pytest.mark.usefixtures("database", "taking_payments")
RunJobs = Callable[[], Awaitable[int]]
FEES = 95 + 1500  # of the charge, and of the dispute


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def dispute(seat: Seat) -> str:
    """The learner's bank takes the payment back. Gives the id of the dispute."""
    charge_id = (await seat.payment()).charge_id
    return str((await seat.provider.call(f"_sandbox/charges/{charge_id}/dispute"))["id"])


async def tell(number: str, kind: str = "charge.dispute.updated") -> str:
    return await told.dispute_told(StripeEvent(id="evt", kind=kind, object_id=number))


async def close(seat: Seat, number: str, *, won: bool) -> str:
    await seat.provider.call(f"_sandbox/disputes/{number}/decide", won="true" if won else "false")
    return await tell(number)


async def give_back(seat: Seat, amount: int, run_jobs: RunJobs) -> None:
    await decide(await seat.payment(), amount, cause=f"test:{amount}", reason="", actor_id=None)
    await run_jobs()


async def released(seat: Seat) -> None:
    await seat.take_place()
    seat.clock.advance(ISSUES)
    assert await release(seat.payment_id)


async def books(seat: Seat) -> dict[str, int]:
    """What is on the accounts that disputes move, but for empty ones."""
    accounts = (DISPUTE_HOLD, MENTOR_AVAILABLE, PLATFORM_LOSS, STRIPE_FEES, STRIPE_CLEARING)
    found = {account.name: await seat.on(account) for account in accounts}
    found["escrow"] = await seat.escrow()
    return {name: amount for name, amount in found.items() if amount}


@BOTH
async def test_disputed_payment_is_held_and_not_released(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock)
    await person("olga", "owner")
    await seat.take_place()
    number = await dispute(seat)
    said = await asyncio.gather(*(tell(number) for _ in range(10)))
    assert Counter(said) == {"opened": 1, "known": 9}
    held = {"dispute_hold": 5000, "escrow": 5000, "stripe_fees": FEES, "stripe_clearing": -FEES}
    assert await books(seat) == held
    moved_clock.advance(ISSUES)
    assert not await release(seat.payment_id)
    assert await close(seat, number, won=True) == "won"
    assert await release(seat.payment_id)
    assert sorted(await kinds_told()) == ["dispute_closed", "dispute_opened", "dispute_to_answer"]


@BOTH
async def test_dispute_lost_before_the_release_is_nobodys(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock)
    number = await dispute(seat)
    assert await close(seat, number, won=False) == "lost"  # the first that we hear of it
    assert await tell(number) == "known"
    assert await books(seat) == {"stripe_fees": FEES, "stripe_clearing": -FEES}
    assert (await seat.payment()).lost_minor == 5000
    await seat.take_place()
    moved_clock.advance(ISSUES)
    assert not await release(seat.payment_id)


@BOTH
async def test_dispute_lost_after_the_release_is_shared(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock)
    await released(seat)
    assert await close(seat, await dispute(seat), won=False) == "lost"
    lost = {"platform_loss": 750, "stripe_fees": FEES, "stripe_clearing": -FEES}
    assert await books(seat) == lost
    assert await seat.on(PLATFORM_REVENUE) == 750


@BOTH
@pytest.mark.parametrize("late", [False, True])
async def test_only_what_is_left_of_a_payment_is_lost_by_its_people(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs, late: bool
) -> None:
    """Some was given back before, and the bank takes the rest."""
    seat = await paid_seat(provider, moved_clock)
    if late:
        await released(seat)
    await give_back(seat, 2000, run_jobs)
    assert await close(seat, await dispute(seat), won=False) == "lost"
    assert (await Dispute.get()).amount_minor == (await seat.payment()).lost_minor == 3000
    found = await books(seat)
    assert found.pop("platform_loss", 0) == (450 if late else 0)
    assert found == {"stripe_fees": FEES, "stripe_clearing": -FEES}


@BOTH
async def test_what_is_taken_back_a_second_time_is_the_platforms_loss(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock)
    await give_back(seat, 5000, run_jobs)
    number = await dispute(seat)
    await tell(number)
    assert (await books(seat))["dispute_hold"] == 5000
    await close(seat, number, won=False)
    lost = {"platform_loss": 5000, "stripe_fees": FEES, "stripe_clearing": -5000 - FEES}
    assert await books(seat) == lost
    payment = await seat.payment()
    assert (payment.refunded_minor, payment.lost_minor) == (5000, 0)


@BOTH
@pytest.mark.parametrize("won", [True, False])
async def test_refund_waits_for_what_the_bank_decides(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs, won: bool
) -> None:
    """The session is called off while the learner's bank has the money."""
    seat = await paid_seat(provider, moved_clock)
    number = await dispute(seat)
    await tell(number)
    await booking.cancel_session(seat.session_id, seat.mentor)
    await run_jobs()
    assert await seat.statuses() == ("succeeded", [])
    await close(seat, number, won=won)
    await run_jobs()
    assert await seat.statuses() == (("refunded", ["succeeded"]) if won else ("succeeded", []))
    assert await seat.escrow() == 0
    assert await seat.on(LEARNER_CREDIT) == 0


@BOTH
async def test_refund_that_met_a_dispute_is_sent_when_that_is_won(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    """The provider knew of the dispute before we did: the refund was taken back, and is due again."""
    seat = await paid_seat(provider, moved_clock)
    number = await dispute(seat)
    await booking.cancel_session(seat.session_id, seat.mentor)
    await run_jobs()
    assert await seat.statuses() == ("succeeded", ["failed"])
    await close(seat, number, won=True)
    await run_jobs()
    assert await seat.statuses() == ("refunded", ["failed", "succeeded"])
    assert await seat.escrow() == 0


@BOTH
@pytest.mark.parametrize("won", [True, False])
async def test_payment_without_a_seat_that_met_a_dispute_goes_back_when_that_is_won(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs, won: bool
) -> None:
    """Called off before it was heard that it is paid, and disputed before it could be given back."""
    seat = await paid_seat(provider, moved_clock, heard=False)
    await booking.cancel_session(seat.session_id, seat.mentor)
    assert await sync_payment(seat.payment_id) == "paid, and no seat: given back"
    number = await dispute(seat)
    await run_jobs()
    assert await seat.statuses() == ("succeeded", ["failed"])
    await close(seat, number, won=won)
    await run_jobs()
    after = ("refunded", ["failed", "succeeded"]) if won else ("succeeded", ["failed"])
    assert await seat.statuses() == after
    assert await seat.escrow() == await seat.on(LEARNER_CREDIT) == 0


async def test_dispute_is_heard_of_before_its_payment(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock, heard=False)
    intent = await provider.gateway.intent((await seat.payment()).provider_id or "")
    found = await provider.call(f"_sandbox/charges/{intent.charge_id}/dispute")
    assert await tell(found["id"], "charge.dispute.created") == "opened"
    assert (await seat.payment()).status == "succeeded"


async def test_lost_event_is_made_up_for(provider: Provider, moved_clock: ManualClock) -> None:
    seat = await paid_seat(provider, moved_clock)
    number = await dispute(seat)
    await tell(number)
    await provider.call(f"_sandbox/disputes/{number}/decide", won="true")
    await told.sweep()
    found = await Dispute.get()
    assert (found.status, found.closed_at) == ("won", moved_clock.now())


async def test_dispute_of_a_stranger_is_left_alone(provider: Provider, database: object) -> None:
    _, charge_id = await provider.charge(700)
    found = await provider.call(f"_sandbox/charges/{charge_id}/dispute")
    assert await tell(found["id"]) == "about no payment of ours"
    assert not await Dispute.exists()


async def kinds_told() -> list[str]:
    jobs = await OutboxRow.filter(job="notifications.tell").order_by("id")
    found = [str(row.payload["kind"]) for row in jobs]
    return [kind for kind in found if kind.startswith("dispute")]
