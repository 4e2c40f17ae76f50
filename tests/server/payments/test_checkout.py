"""Paying for a seat: begun once, applied once, and never paid without the seat or the money back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.booking.models import Booking
from server.booking.seats.bookings import book_session
from server.booking.seats.cancelling import cancel_booking
from server.booking.seats.expiry import expire_hold
from server.booking.times import HOLD
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.models import OutboxRow, StateTransition
from server.payments.checkout import intending
from server.payments.checkout.applying import apply_intent
from server.payments.checkout.beginning import begin_payment
from server.payments.checkout.calling_off import call_off
from server.payments.checkout.syncing import sync_payment
from server.payments.gateway import client
from server.payments.gateway.answers import GatewayDown
from server.payments.gateway.client import Gateway
from server.payments.gateway.current import using
from server.payments.ledger.balances import balance, trial_balance
from server.payments.ledger.chart import ESCROW, STRIPE_CLEARING, STRIPE_FEES
from server.payments.ledger.models import LedgerTransaction
from server.payments.ledger.postings import Place
from server.payments.models import Payment, Refund
from tests.databases import BOTH
from tests.server.booking.makers import agree, payments, person
from tests.server.payments.buyers import PRICE, begun, card, hold, paid, seat_of, sold
from tests.server.payments.provider import Provider
from tests.server.payments.sandbox import SECRET_KEY

pytestmark = pytest.mark.usefixtures("taking_payments", "true_books")
RunJobs = Callable[[], Awaitable[int]]


@pytest.fixture(autouse=True)
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def escrow() -> int:
    return await balance(Place(ESCROW), "EUR")


async def intents_for(provider: Provider, booking: Booking) -> list[dict[str, Any]]:
    """Every intent at the provider that was made for a booking."""
    headers = {"Authorization": f"Bearer {SECRET_KEY}"}
    url = f"{provider.base}/v1/payment_intents?limit=100"
    async with provider.http.get(url, headers=headers) as answer:
        found = (await answer.json())["data"]
    return [each for each in found if each["metadata"].get("booking") == str(booking.public_id)]


async def again(payment: Payment) -> Payment:
    return await Payment.get(id=payment.id)


@BOTH
async def test_payment_confirms_the_seat_and_is_in_the_books(provider: Provider) -> None:
    payment = await paid(provider, await sold())
    assert (payment.status, payment.amount_minor, payment.commission_minor) == ("succeeded", PRICE, 750)
    assert (payment.card, payment.receipt_number) == ("visa 4242", 1)
    assert await seat_of(payment) == ("confirmed", 1)
    assert await escrow() == PRICE
    fee = payment.provider_fee_minor or 0
    assert fee > 0
    assert await balance(Place(STRIPE_FEES), "EUR") == fee
    assert await balance(Place(STRIPE_CLEARING), "EUR") == PRICE - fee


@BOTH
async def test_beginning_again_is_the_same_payment(provider: Provider) -> None:
    lea = await person("lea")
    booking = await hold(await sold(), lea)
    found = await asyncio.gather(*(begin_payment(booking.public_id, lea) for _ in range(10)))
    assert len({(each.id, each.provider_id, each.client_secret) for each in found}) == 1
    assert await Payment.all().count() == 1
    intent = await provider.gateway.intent(found[0].provider_id or "")
    assert intent.metadata == {
        "payment": str(found[0].public_id),
        "booking": str(booking.public_id),
    }


@BOTH
async def test_what_is_told_many_times_at_once_is_applied_once(provider: Provider) -> None:
    payment = await begun(await sold(), await person("lea"))
    await card(provider, payment)
    said = await asyncio.gather(*(sync_payment(payment.id) for _ in range(10)))
    assert Counter(said) == {"paid": 1, "known": 9}
    assert await escrow() == PRICE
    told = await OutboxRow.filter(job="notifications.tell").order_by("id")
    kinds = [row.payload["kind"] for row in told if row.payload["kind"] != "new_session"]
    assert kinds == ["booking_confirmed", "seat_booked", "payment_received"]


@BOTH
async def test_late_news_changes_nothing(provider: Provider) -> None:
    payment = await begun(await sold(), await person("lea"))
    before = await provider.gateway.intent(payment.provider_id or "")
    await card(provider, payment)
    await sync_payment(payment.id)
    assert await apply_intent(payment.id, before, None) == "late: succeeded stays"
    failed = replace(before, failure="Your card was declined.")
    assert await apply_intent(payment.id, failed, None) == "late: succeeded stays"
    assert (await again(payment)).status == "succeeded"


@BOTH
async def test_refused_card_is_said_and_another_one_pays(provider: Provider) -> None:
    payment = await begun(await sold(), await person("lea"))
    async with provider.http.post(
        f"{provider.base}/v1/payment_intents/{payment.provider_id}/confirm",
        data={"payment_method": "pm_card_chargeDeclined"},
        headers={"Authorization": "Bearer sk_test_1"},
    ) as answer:
        assert answer.status == 402
    assert await sync_payment(payment.id) == "failed"
    assert (await again(payment)).failure == "Your card was declined."
    await card(provider, payment)
    assert await sync_payment(payment.id) == "paid"
    moves = await StateTransition.filter(entity="payment").order_by("id").values_list("old", "new")
    assert moves == [("", "created"), ("created", "failed"), ("failed", "succeeded")]


@BOTH
async def test_card_that_asks_its_holder_pays_when_they_agree(provider: Provider) -> None:
    payment = await begun(await sold(), await person("lea"))
    await card(provider, payment, "authenticationRequired")
    assert await sync_payment(payment.id) == "requires_action"
    await provider.call(f"_sandbox/authenticate/{payment.provider_id}", agreed="true")
    assert await sync_payment(payment.id) == "paid"
    assert await seat_of(payment) == ("confirmed", 1)


@BOTH
async def test_payment_after_the_hold_takes_the_free_seat_back(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    payment = await begun(await sold(), await person("lea"))
    moved_clock.advance(HOLD)
    assert await expire_hold(payment.booking_id)
    assert await seat_of(payment) == ("expired", 0)
    await card(provider, payment)
    assert await sync_payment(payment.id) == "paid"
    assert await seat_of(payment) == ("confirmed", 1)
    assert await agree(payment.session_id) == 1
    booking = await Booking.get(id=payment.booking_id)
    assert (booking.cancelled_at, booking.refund_minor) == (None, None)
    await run_jobs()
    assert await seat_of(payment) == ("confirmed", 1)


@BOTH
async def test_payment_after_the_seat_went_to_another_goes_back_whole(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    session_id = await sold()
    payment = await begun(session_id, await person("lea"))
    moved_clock.advance(HOLD)
    assert await expire_hold(payment.booking_id)
    await hold(session_id, await person("leo"))
    await card(provider, payment)
    assert await sync_payment(payment.id) == "paid, and no seat: given back"
    assert await sync_payment(payment.id) == "known"
    assert await seat_of(payment) == ("expired", 1)
    assert await agree(session_id) == 1
    refund = await Refund.get()
    assert (refund.cause, refund.amount_minor) == (f"payment:{payment.id}:no_seat", PRICE)
    assert await escrow() == 0
    await run_jobs()
    assert (await again(payment)).status == "refunded"


@BOTH
async def test_expiry_and_payment_at_one_instant_leave_a_seat_or_the_money(
    provider: Provider, moved_clock: ManualClock
) -> None:
    """Whoever is first, the seat is free for them: it is paid and theirs, counted once."""
    payment = await begun(await sold(), await person("lea"))
    await card(provider, payment)
    moved_clock.advance(HOLD)
    await asyncio.gather(
        *(expire_hold(payment.booking_id) for _ in range(4)),
        *(sync_payment(payment.id) for _ in range(4)),
    )
    assert await seat_of(payment) == ("confirmed", 1)
    assert (await again(payment)).status == "succeeded"
    assert await escrow() == PRICE


@BOTH
async def test_learner_who_has_another_lesson_by_then_gets_the_money_back(
    provider: Provider, moved_clock: ManualClock
) -> None:
    lea = await person("lea")
    payment = await begun(await sold(), lea)
    moved_clock.advance(HOLD)
    assert await expire_hold(payment.booking_id)
    await hold(await sold(by="max"), lea)
    await card(provider, payment)
    assert await sync_payment(payment.id) == "paid, and no seat: given back"
    assert await agree(payment.session_id) == 0
    assert await escrow() == 0


@BOTH
async def test_payment_for_a_seat_that_was_given_back_goes_back_whole(
    provider: Provider, run_jobs: RunJobs
) -> None:
    lea = await person("lea")
    payment = await begun(await sold(), lea)
    booking = await Booking.get(id=payment.booking_id)
    await card(provider, payment)
    await cancel_booking(booking.public_id, lea)
    await run_jobs()
    assert await seat_of(payment) == ("cancelled_by_learner", 0)
    assert (await again(payment)).status == "refunded"
    assert await escrow() == 0


@BOTH
async def test_intent_of_one_payment_pays_no_other(provider: Provider, run_jobs: RunJobs) -> None:
    first = await begun(await sold(), await person("lea"))
    second = await begun(await sold(by="max", price_minor=100), await person("leo"))
    await card(provider, second)
    seen = await provider.gateway.intent(second.provider_id or "")
    assert await apply_intent(first.id, seen, None) == "another intent: given back"
    assert await seat_of(first) == ("held", 1)
    assert (await again(first)).status == "created"
    assert await escrow() == 0


@BOTH
async def test_another_amount_pays_nothing_and_goes_back(provider: Provider, run_jobs: RunJobs) -> None:
    payment = await begun(await sold(), await person("lea"))
    await Payment.filter(id=payment.id).update(amount_minor=PRICE + 1)
    await card(provider, payment)
    assert await sync_payment(payment.id) == "another amount: given back"
    assert await sync_payment(payment.id) == "given back already"
    assert (await again(payment)).status == "cancelled"
    assert await seat_of(payment) == ("held", 1)
    await run_jobs()
    charge = (await provider.gateway.intent(payment.provider_id or "")).charge_id
    assert (await provider.gateway.charge(charge or "")).refunded_minor == PRICE
    assert await escrow() == 0
    assert all(row.debit_minor >= 0 for row in await trial_balance())


@BOTH
async def test_unwanted_payment_is_called_off_unless_it_was_quicker(provider: Provider) -> None:
    session_id = await sold(capacity=2)
    first = await begun(session_id, await person("lea"))
    assert await call_off(first.id) == "cancelled"
    assert (await again(first)).status == "cancelled"
    second = await begun(session_id, await person("leo"))
    await card(provider, second)
    assert await call_off(second.id) == "paid"
    assert await call_off(second.id) == "settled"
    assert await seat_of(second) == ("confirmed", 2)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for another request that is making an intent."""
    monkeypatch.setattr(intending, "PATIENCE_S", 0.0)


@BOTH
@pytest.mark.usefixtures("impatient")
async def test_lost_answer_is_found_again_under_its_key(provider: Provider) -> None:
    lea = await person("lea")
    booking = await hold(await sold(), lea)
    await provider.fault(error_after_commit=2)
    with pytest.raises(GatewayDown):
        await begin_payment(booking.public_id, lea)
    payment = await begin_payment(booking.public_id, lea)
    assert payment.provider_id is not None
    assert await Payment.all().count() == 1


@pytest.mark.usefixtures("impatient")
async def test_answer_that_never_came_is_found_again_under_its_key(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.3)
    lea = await person("lea")
    booking = await hold(await sold(), lea)
    await provider.fault(timeout=2)  # the library tries twice
    with using(Gateway(SECRET_KEY, provider.http, lambda: provider.base)), pytest.raises(GatewayDown):
        await begin_payment(booking.public_id, lea)
    await provider.fault(timeout=0)
    assert (await begin_payment(booking.public_id, lea)).provider_id is not None
    intents = {intent["id"] for intent in await intents_for(provider, booking)}
    assert intents == {(await Payment.get()).provider_id}


@BOTH
async def test_crash_before_the_intent_is_repaired(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    payment = await begun(await sold(), await person("lea"))
    await Payment.filter(id=payment.id).update(provider_id=None, client_secret="")
    moved_clock.advance(timedelta(minutes=1))
    await run_jobs()
    assert (await again(payment)).provider_id == payment.provider_id


async def test_only_who_may_begins_to_pay(provider: Provider, moved_clock: ManualClock) -> None:
    session_id = await sold(capacity=3)
    with pytest.raises(Forbidden, match="unverified"):
        await book_session(session_id, await person("new", verified=False))
    lea = await person("lea")
    booking = await hold(session_id, lea)
    with pytest.raises(NotFound):
        await begin_payment(booking.public_id, await person("eve"))
    moved_clock.advance(HOLD)
    with pytest.raises(Conflict, match="hold_expired"):
        await begin_payment(booking.public_id, lea)


async def test_price_below_what_the_provider_takes_is_refused(provider: Provider) -> None:
    lea = await person("lea")
    booking = await hold(await sold(price_minor=49), lea)
    with pytest.raises(Invalid, match="as small as this price"):
        await begin_payment(booking.public_id, lea)
    assert (await Payment.get()).status == "cancelled"
    assert await LedgerTransaction.all().count() == 0
