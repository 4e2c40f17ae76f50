"""What nobody told us is found by asking, and what nobody will pay any more is called off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from server.booking import service as booking
from server.booking.models import Booking
from server.booking.times import HOLD
from server.infra.clock import ManualClock
from server.payments.checkout.applying import apply_intent
from server.payments.checkout.sweeping import LATE, RARELY, SOON, is_due, sweep
from server.payments.gateway.client import Gateway
from server.payments.gateway.current import using
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import STRIPE_FEES
from server.payments.ledger.postings import Place
from server.payments.models import Payment
from tests.databases import BOTH
from tests.server.booking.makers import mentor, payments, person, published
from tests.server.payments.buyers import PRICE, begun, card, seat_of, sold
from tests.server.payments.provider import Provider

pytestmark = pytest.mark.usefixtures("true_books")
RunJobs = Callable[[], Awaitable[int]]
BEGAN = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def intent_of(provider: Provider, payment: Payment) -> str:
    return (await provider.gateway.intent(payment.provider_id or "")).status


async def status_of(payment: Payment) -> str:
    return (await Payment.get(id=payment.id)).status


@BOTH
async def test_payment_that_nobody_told_of_is_found(provider: Provider, moved_clock: ManualClock) -> None:
    payment = await begun(await sold(), await person("lea"))
    await card(provider, payment)
    await sweep()  # it only began
    assert await status_of(payment) == "created"
    moved_clock.advance(SOON)
    await sweep()
    assert await seat_of(payment) == ("confirmed", 1)


@BOTH
async def test_payment_of_a_lost_hold_is_called_off_after_a_while(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    payment = await begun(await sold(), await person("lea"))
    moved_clock.advance(HOLD)
    await run_jobs()
    assert await seat_of(payment) == ("expired", 0)
    assert await intent_of(provider, payment) == "requires_payment_method"  # somebody may be typing
    moved_clock.advance(LATE)
    await sweep()
    assert await intent_of(provider, payment) == "canceled"
    assert await status_of(payment) == "cancelled"


@BOTH
async def test_seat_that_is_given_back_before_it_is_paid_calls_the_payment_off(
    provider: Provider, run_jobs: RunJobs
) -> None:
    lea, mira = await person("lea"), await mentor()
    first = await begun(await sold(by="max"), lea)
    seat = await Booking.get(id=first.booking_id)
    await booking.cancel_booking(seat.public_id, lea)
    session_id = await published(mira, price_minor=PRICE, currency="EUR")
    second = await begun(session_id, await person("leo"))
    await booking.cancel_session(session_id, mira)
    await run_jobs()
    for payment in (first, second):
        assert await intent_of(provider, payment) == "canceled"
        assert await status_of(payment) == "cancelled"


@BOTH
async def test_new_try_for_the_same_seat_calls_the_old_one_off(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    session_id, lea = await sold(), await person("lea")
    first = await begun(session_id, lea)
    moved_clock.advance(HOLD)
    await run_jobs()
    second = await begun(session_id, lea)
    await run_jobs()
    assert (await status_of(first), await status_of(second)) == ("cancelled", "created")


@BOTH
async def test_fee_that_is_told_later_is_booked_once(
    provider: Provider, moved_clock: ManualClock
) -> None:
    payment = await begun(await sold(), await person("lea"))
    await card(provider, payment)
    seen = await provider.gateway.intent(payment.provider_id or "")
    charge = await provider.gateway.charge(seen.charge_id or "")
    assert await apply_intent(payment.id, seen, replace(charge, fee_minor=None)) == "paid"
    assert await balance(Place(STRIPE_FEES), "EUR") == 0
    for _ in range(2):
        moved_clock.advance(SOON)
        await sweep()
    assert await balance(Place(STRIPE_FEES), "EUR") == charge.fee_minor


async def test_provider_that_is_away_stops_no_sweep_for_good(
    provider: Provider, moved_clock: ManualClock
) -> None:
    payment = await begun(await sold(), await person("lea"))
    await card(provider, payment)
    moved_clock.advance(SOON)
    async with aiohttp.ClientSession() as http:
        with using(Gateway("sk_test_1", http, lambda: "http://127.0.0.1:1")):
            await sweep()
    await sweep()
    assert await status_of(payment) == "succeeded"


@pytest.mark.parametrize(
    ("checked_after", "due_after"),
    [
        (None, SOON),
        (SOON, SOON * 2),
        (SOON * 8, SOON * 16),
        (timedelta(days=30), timedelta(days=30) + RARELY),
    ],
)
def test_pauses_double(checked_after: timedelta | None, due_after: timedelta) -> None:
    checked_at = None if checked_after is None else BEGAN + checked_after
    assert is_due(BEGAN, checked_at, BEGAN + due_after)
    assert not is_due(BEGAN, checked_at, BEGAN + due_after - timedelta(seconds=1))
