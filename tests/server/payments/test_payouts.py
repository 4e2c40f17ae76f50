"""Payouts: never more than there is, sent once, and booked back where they can't be sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.edge.access import Viewer
from server.infra.clock import ManualClock, now
from server.infra.errors import Conflict, Invalid, NotFound
from server.infra.models import OutboxRow
from server.notifications.models import Notification
from server.payments.gateway.answers import GatewayDown, GatewayRefused
from server.payments.ledger.balances import trial_balance
from server.payments.ledger.models import LedgerTransaction
from server.payments.models import Dispute, Payment, Payout, Reversal, StripeEvent, Transfer
from server.payments.payouts import following, sending
from server.payments.payouts.again import have_back, send_again
from server.payments.payouts.following import payout_changed
from server.payments.payouts.owed import Owed, chosen, payable
from server.payments.payouts.requesting import least, request_payout
from tests.databases import BOTH
from tests.server.booking.makers import mentor, person
from tests.server.payments.makers import (
    balance_at_provider,
    earned,
    late_refund,
    on_account,
    payee,
    settled_at_bank,
)
from tests.server.payments.provider import Provider

pytestmark = pytest.mark.usefixtures("database")
RunJobs = Callable[[], Awaitable[int]]


async def status_of(payout: Payout) -> str:
    return (await Payout.get(id=payout.id)).status


async def told(mira: Viewer) -> list[str]:
    found = Notification.filter(user_id=mira.user_id).order_by("id")
    return [str(each) for each in await found.values_list("kind", flat=True)]


# --- the way of a payout


@BOTH
@pytest.mark.parametrize(("amount", "currency"), [(5000, "EUR"), (5000, "JPY"), (12345, "KWD")])
async def test_earnings_go_to_the_bank(
    provider: Provider, run_jobs: RunJobs, amount: int, currency: str
) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, amount, currency, provider=provider)
    there = await on_account(mira, currency)
    payout = await request_payout(mira)
    assert (payout.amount_minor, payout.currency, payout.status) == (there, currency, "requested")
    assert await on_account(mira, currency) == 0
    await run_jobs()
    assert await status_of(payout) == "in_transit"
    paid = await settled_at_bank(provider, payout)
    assert paid.status == "paid" and paid.settled_at is not None
    await run_jobs()
    assert await told(mira) == ["payout_paid"]
    rows = await trial_balance()
    assert sum(row.debit_minor for row in rows) == sum(row.credit_minor for row in rows)


@BOTH
async def test_part_is_taken_from_the_oldest_lessons_first(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    first, second = [await earned(mira, lea, 2000, provider=provider) for _ in range(2)]
    for amount in (2000, None):
        await request_payout(mira, amount)
        await run_jobs()
    sent = await Transfer.all().order_by("id").values_list("payment_id", "amount_minor", "status")
    done = "succeeded"
    assert [tuple(each) for each in sent] == [
        (first.id, 1700, done),
        (second.id, 300, done),
        (second.id, 1400, done),
    ]


@BOTH
async def test_twenty_at_once_take_what_there_is_once(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, provider=provider)
    asked = await asyncio.gather(
        *(request_payout(mira, 1000 if number % 2 else None, "EUR") for number in range(20)),
        return_exceptions=True,
    )
    outcomes = Counter(each.code if isinstance(each, Conflict) else "done" for each in asked)
    assert outcomes == {"done": 1, "payout_under_way": 19}
    await run_jobs()
    (payout,) = await Payout.all()
    assert await on_account(mira) + payout.amount_minor == 4250


async def test_lesson_paid_by_credit_is_paid_out_too(provider: Provider, run_jobs: RunJobs) -> None:
    """There is no charge to take it from: it comes from what the platform has."""
    mira, lea = await payee(provider), await person("lea")
    await provider.charge(100_000, "CHF")
    await earned(mira, lea, 5000, "CHF")
    payout = await request_payout(mira)
    await run_jobs()
    assert await status_of(payout) == "in_transit"


async def test_payout_is_said_why_it_can_not_be(provider: Provider, run_jobs: RunJobs) -> None:
    lea, tomas, mira = await person("lea"), await mentor("tomas"), await payee(provider)
    for who, code in ((tomas, "account_not_ready"), (mira, "nothing_available")):
        with pytest.raises(Conflict, match=code):
            await request_payout(who)
    await earned(mira, lea, 110)
    with pytest.raises(Conflict, match=r"begin at €1\.00; you have €0\.93"):
        await request_payout(mira)
    await earned(mira, lea, 1000)
    for amount, words in ((99, r"least is €1\.00"), (944, r"At most €9\.43")):
        with pytest.raises(Invalid) as refused:
            await request_payout(mira, amount, "EUR")
        assert words.replace("\\", "") in refused.value.fields["amount_minor"]
    await earned(mira, lea, 1000, "USD")
    with pytest.raises(Invalid) as refused:
        await request_payout(mira)
    assert refused.value.fields == {"currency": "Say in which currency: EUR, USD."}


def test_least_is_a_whole_unit_or_a_hundred_of_them() -> None:
    assert [least(each) for each in ("EUR", "JPY", "KWD")] == [100, 100, 1000]


# --- what goes wrong on the way


@BOTH
async def test_answers_that_are_lost_send_nothing_twice(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    for _ in range(2):
        await earned(mira, lea, provider=provider)
    payout = await request_payout(mira)
    for _ in range(3):
        await provider.fault(error_after_commit=2)  # the call, and the library's own second try
        with pytest.raises(GatewayDown):
            await sending.send(payout.id)
    await sending.send(payout.id)
    assert await status_of(payout) == "in_transit"
    assert await balance_at_provider(provider, payout) == 0
    assert await Transfer.filter(status="succeeded").count() == 2


async def test_many_workers_send_one_payout_once(provider: Provider) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, provider=provider)
    payout = await request_payout(mira)
    await asyncio.gather(*(sending.send(payout.id) for _ in range(8)), return_exceptions=True)
    await sending.send(payout.id)
    paid = await settled_at_bank(provider, payout)
    assert (paid.status, await balance_at_provider(provider, payout)) == ("paid", 0)


@BOTH
async def test_part_that_can_not_be_sent_is_available_again(
    provider: Provider, run_jobs: RunJobs
) -> None:
    mira, lea = await payee(provider), await person("lea")
    good, bad = [await earned(mira, lea, 2000, provider=provider) for _ in range(2)]
    await Payment.filter(id=bad.id).update(charge_id="ch_gone")
    payout = await request_payout(mira)
    await run_jobs()
    await payout.refresh_from_db()
    assert (payout.status, payout.amount_minor) == ("in_transit", 1700)
    assert payout.failure.startswith("Not everything could be sent: No such charge")
    assert await on_account(mira) == 1700
    assert (
        await LedgerTransaction.filter(key__startswith="transfer:", kind="transfer_reversed").count() == 1
    )
    assert (await Transfer.get(payment_id=good.id)).status == "succeeded"


async def test_payout_of_which_nothing_can_be_sent_is_undone(
    provider: Provider, run_jobs: RunJobs
) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, 2000, "GBP")  # by credit, and the platform has no pounds
    payout = await request_payout(mira)
    await run_jobs()
    assert await status_of(payout) == "reversed"
    assert await on_account(mira, "GBP") == 1700
    assert await told(mira) == ["payout_failed"]
    again = await request_payout(mira)
    assert again.status == "requested"


@BOTH
async def test_lost_events_are_made_up_for(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, provider=provider)
    payout = await request_payout(mira)
    await run_jobs()
    row = await Payout.get().prefetch_related("account")
    assert row.account.provider_id is not None
    await provider.call(f"_sandbox/payouts/{row.provider_id}/settle", account=row.account.provider_id)
    await following.sweep()
    assert await status_of(payout) == "paid"
    event = StripeEvent(id="evt", kind="payout.created", object_id=row.provider_id)
    assert await payout_changed(event) == "known: paid"
    event.object_id = "po_of_nobody"
    assert await payout_changed(event) == "no payout of ours"


async def test_payout_whose_job_gave_up_is_sent_by_the_sweep(
    provider: Provider, run_jobs: RunJobs, moved_clock: ManualClock
) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, provider=provider)
    payout = await request_payout(mira)
    await OutboxRow.all().delete()
    moved_clock.advance(timedelta(hours=1))
    await following.sweep()
    await run_jobs()
    assert await status_of(payout) == "in_transit"


async def test_money_that_the_provider_still_holds_is_asked_for_again(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, moved_clock: ManualClock
) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, provider=provider)
    payout = await request_payout(mira)

    async def refuse(*_: object, **__: object) -> None:
        raise GatewayRefused("balance_insufficient", "You have insufficient funds.")

    with monkeypatch.context() as patched:
        patched.setattr(provider.gateway, "pay_out", refuse)
        await sending.send(payout.id)
        assert await status_of(payout) == "requested"
        moved_clock.advance(sending.PATIENCE)
        await sending.send(payout.id)
        assert await status_of(payout) == "failed"
    await send_again(payout.public_id, mira.user_id)
    await sending.send(payout.id)
    assert await status_of(payout) == "in_transit"


# --- banks that refuse


async def failed_payout(provider: Provider, run_jobs: RunJobs, mira: Viewer) -> Payout:
    payout = await request_payout(mira)
    await run_jobs()
    await provider.fault(payout_fails=1)
    failed = await settled_at_bank(provider, payout)
    await run_jobs()
    return failed


@BOTH
async def test_payout_that_a_bank_refuses_is_sent_again(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, provider=provider)
    payout = await failed_payout(provider, run_jobs, mira)
    assert (payout.status, payout.failure) == ("failed", "The bank account has been closed.")
    assert await told(mira) == ["payout_failed"]
    with pytest.raises(Conflict, match="payout_failed"):
        await request_payout(mira, None, "EUR")
    with pytest.raises(NotFound):
        await send_again(payout.public_id, lea.user_id)
    await send_again(payout.public_id, mira.user_id)
    with pytest.raises(Conflict, match="wrong_state"):
        await send_again(payout.public_id, mira.user_id)
    await run_jobs()
    paid = await settled_at_bank(provider, payout)
    assert (paid.status, paid.attempt, paid.failure) == ("paid", 2, "")


@BOTH
async def test_payout_that_a_bank_refuses_is_taken_back(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    for _ in range(2):
        await earned(mira, lea, 2000, provider=provider)
    payout = await failed_payout(provider, run_jobs, mira)
    await have_back(payout.public_id, mira.user_id)
    with pytest.raises(Conflict, match="being taken back"):
        await send_again(payout.public_id, mira.user_id)
    await run_jobs()
    assert (await status_of(payout), await on_account(mira)) == ("reversed", 3400)
    assert await balance_at_provider(provider, payout) == 0
    assert (await request_payout(mira)).amount_minor == 3400


async def test_bank_may_refuse_after_it_said_yes(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, provider=provider)
    payout = await request_payout(mira)
    await run_jobs()
    await Payout.filter(id=payout.id).update(status="paid", settled_at=now())
    await provider.fault(payout_fails=1)
    assert (await settled_at_bank(provider, payout)).status == "failed"


# --- refunds and disputes


@BOTH
async def test_refund_before_the_money_has_left_comes_back(provider: Provider, run_jobs: RunJobs) -> None:
    """It lies in the mentor's account, on its way to the bank."""
    mira, lea = await payee(provider), await person("lea")
    first, second = [await earned(mira, lea, 2000, provider=provider) for _ in range(2)]
    payout = await request_payout(mira)
    await late_refund(first, 1000)
    await run_jobs()
    await payout.refresh_from_db()
    assert (payout.status, payout.amount_minor) == ("in_transit", 3400 - 850)
    assert await on_account(mira) == 0
    assert (await Reversal.get()).status == "succeeded"
    assert (await Transfer.get(payment_id=first.id)).reversed_minor == 850
    assert (await Transfer.get(payment_id=second.id)).reversed_minor == 0
    assert await balance_at_provider(provider, payout) == 0


@BOTH
async def test_refund_during_the_transfer_loses_nothing(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    payment = await earned(mira, lea, 2000, provider=provider)
    payout = await request_payout(mira)
    await asyncio.gather(sending.send(payout.id), late_refund(payment, 2000), return_exceptions=True)
    await run_jobs()
    await payout.refresh_from_db()
    sent = 0 if payout.status == "reversed" else payout.amount_minor
    assert await on_account(mira) == -sent
    assert await balance_at_provider(provider, payout) == 0


@BOTH
async def test_refund_after_the_payout_is_kept_back_from_what_comes(
    provider: Provider, run_jobs: RunJobs
) -> None:
    mira, lea = await payee(provider), await person("lea")
    payment = await earned(mira, lea, 2000, provider=provider)
    payout = await request_payout(mira)
    await run_jobs()
    await settled_at_bank(provider, payout)
    await late_refund(payment, 2000)
    await run_jobs()
    assert (await Reversal.get()).status == "failed"
    assert await on_account(mira) == -1700
    assert await told(mira) == ["payout_paid", "earnings_owed"]
    await earned(mira, lea, 3000, provider=provider)
    again = await request_payout(mira)
    assert again.amount_minor == 2550 - 1700
    await run_jobs()
    assert (await status_of(again), await on_account(mira)) == ("in_transit", 0)


async def test_refund_that_other_earnings_cover_takes_nothing_back(
    provider: Provider, run_jobs: RunJobs
) -> None:
    mira, lea = await payee(provider), await person("lea")
    payment = await earned(mira, lea, 2000, provider=provider)
    await request_payout(mira)
    await earned(mira, lea, 5000, provider=provider)
    await late_refund(payment, 2000)
    assert not await Reversal.exists()
    assert await on_account(mira) == 4250 - 1700


async def test_refund_does_not_take_the_money_of_another_payout(
    provider: Provider, run_jobs: RunJobs
) -> None:
    mira, lea = await payee(provider), await person("lea")
    first = await earned(mira, lea, 2000, provider=provider)
    await request_payout(mira)
    await run_jobs()
    await earned(mira, lea, 2000, provider=provider)
    second = await failed_payout(provider, run_jobs, mira)
    await late_refund(first, 2000)
    await run_jobs()
    assert (await Reversal.get()).failure == "It was paid out before."
    assert await balance_at_provider(provider, second) == 1700


async def test_refund_of_a_failed_payout_makes_it_smaller(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    payment = await earned(mira, lea, 2000, provider=provider)
    await earned(mira, lea, 2000, provider=provider)
    payout = await failed_payout(provider, run_jobs, mira)
    await late_refund(payment, 2000)
    await run_jobs()
    await send_again(payout.public_id, mira.user_id)
    await run_jobs()
    await payout.refresh_from_db()
    assert (payout.status, payout.amount_minor) == ("in_transit", 1700)


@BOTH
async def test_disputed_lesson_is_not_paid_out(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    disputed = await earned(mira, lea, 2000, provider=provider)
    await earned(mira, lea, 1000, provider=provider)
    dispute = await Dispute.create(
        payment_id=disputed.id, provider_id="dp_1", amount_minor=2000, currency="EUR", opened_at=now()
    )
    payout = await request_payout(mira)
    assert payout.amount_minor == 850
    await run_jobs()
    assert await on_account(mira) == 1700
    with pytest.raises(Conflict, match="nothing_available"):
        await request_payout(mira)
    await Dispute.filter(id=dispute.id).update(status="won", closed_at=now())
    assert (await request_payout(mira)).amount_minor == 1700


async def test_lesson_that_is_disputed_meanwhile_is_not_sent(
    provider: Provider, run_jobs: RunJobs
) -> None:
    mira, lea = await payee(provider), await person("lea")
    payment = await earned(mira, lea, 2000, provider=provider)
    payout = await request_payout(mira)
    await Dispute.create(
        payment_id=payment.id, provider_id="dp_1", amount_minor=2000, currency="EUR", opened_at=now()
    )
    await run_jobs()
    assert (await status_of(payout), await on_account(mira)) == ("reversed", 1700)


async def test_what_was_sent_before_the_dispute_is_found_though_the_answer_was_lost(
    provider: Provider, run_jobs: RunJobs
) -> None:
    mira, lea = await payee(provider), await person("lea")
    payment = await earned(mira, lea, 2000, provider=provider)
    payout = await request_payout(mira)
    await provider.fault(error_after_commit=2)
    with pytest.raises(GatewayDown):
        await sending.send(payout.id)
    await Dispute.create(
        payment_id=payment.id, provider_id="dp_1", amount_minor=2000, currency="EUR", opened_at=now()
    )
    await run_jobs()
    assert (await Transfer.get()).status == "succeeded"
    assert await on_account(mira) == 0


def test_what_others_owe_is_kept_back_first() -> None:
    owed = [Owed(1, 0, -300), Owed(2, 500, 500), Owed(3, 400, 400), Owed(None, 50, 50)]
    assert payable(owed, set()) == 650
    assert payable(owed, {2}) == 150
    assert payable(owed, {2, 3}) == 0
    assert [(part.payment_id, part.amount_minor) for part in chosen(owed, set(), 650)] == [
        (2, 500),
        (3, 150),
    ]
