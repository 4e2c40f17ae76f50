"""The books against the provider's: what agrees is matched to the unit, what does not is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.infra import db
from server.infra.clock import ManualClock
from server.infra.models import OutboxRow
from server.payments.books.invariants import broken
from server.payments.books.reconciling import AGAIN, reconcile
from server.payments.disputes.told import sync_dispute
from server.payments.ledger import postings
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import PLATFORM_BANK
from server.payments.ledger.models import LedgerTransaction
from server.payments.ledger.posting import post
from server.payments.ledger.postings import Place
from server.payments.models import BalanceMovement, Dispute, Payment, Reconciliation, Refund
from server.payments.refunds import sending
from server.payments.refunds.deciding import decide
from server.payments.release.releasing import release_due
from server.payments.release.rule import ISSUES
from tests.databases import BOTH
from tests.server.booking.makers import payments, person
from tests.server.payments.provider import Provider, running
from tests.server.payments.stories import (
    REFUND_FAILS,
    REFUND_WAITS,
    Seat,
    failing_once,
    paid_seat,
    pay_for_seat,
)

pytestmark = pytest.mark.usefixtures("database", "taking_payments")
RunJobs = Callable[[], Awaitable[int]]


@pytest.fixture
def provider_base(tmp_path: Path) -> Iterator[str]:
    """A provider that nobody else uses: its balance is looked at."""
    with running(tmp_path / "provider") as base:
        yield base


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def give_back(seat: Seat, amount: int, run_jobs: RunJobs) -> Refund:
    found = await decide(await seat.payment(), amount, cause=f"t:{amount}", reason="", actor_id=None)
    assert found is not None
    await run_jobs()
    return await seat.refund()


async def findings() -> list[str]:
    (row,) = await reconcile()
    return list(row.findings)


@BOTH
async def test_everything_that_happens_to_payments_is_matched(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    first = await paid_seat(provider, moved_clock, card=REFUND_FAILS, capacity=4)
    others = []
    for name, card in (("jun", "pm_card_visa"), ("amara", REFUND_WAITS), ("ines", "pm_card_visa")):
        learner = await person(name)
        others.append(
            await pay_for_seat(provider, moved_clock, first.mentor, learner, first.session_id, card)
        )
    failed = await give_back(first, 2000, run_jobs)
    await provider.call(f"_sandbox/refunds/{failed.provider_id}/settle")
    assert await sending.sync(failed.provider_id or "")
    await give_back(others[0], 99, run_jobs)
    waiting = await give_back(others[1], 5000, run_jobs)
    assert waiting.status == "sent"
    await dispute(others[2], won=True)
    await dispute(others[0], won=False)
    await first.take_place()
    moved_clock.advance(ISSUES)
    assert await release_due() == 2
    assert await findings() == []
    assert await broken() == []
    (row,) = await Reconciliation.all()
    assert row.provider_minor == row.books_minor
    assert row.movements == await BalanceMovement.all().count() == 4 + 4 + 3
    assert await findings() == []
    assert (await Reconciliation.all().order_by("-id").first()).movements == 0  # type: ignore[union-attr]
    subjects = {movement.subject for movement in await BalanceMovement.all()}
    assert subjects == {f"payment:{seat.payment_id}" for seat in (first, *others)}


async def dispute(seat: Seat, *, won: bool) -> None:
    charge_id = (await seat.payment()).charge_id
    number = (await seat.provider.call(f"_sandbox/charges/{charge_id}/dispute"))["id"]
    await sync_dispute(number)
    await seat.provider.call(f"_sandbox/disputes/{number}/decide", won="true" if won else "false")
    await sync_dispute(number)


@BOTH
async def test_refund_that_was_made_by_hand_is_written_down(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock)
    payment = await seat.payment()
    await provider.call("v1/refunds", payment_intent=payment.provider_id, amount=700)
    assert await findings() == []
    assert await seat.statuses() == ("partially_refunded", ["succeeded"])
    moved = await BalanceMovement.get(kind="refund")
    assert moved.subject == f"payment:{seat.payment_id}"


@BOTH
async def test_what_goes_to_our_own_bank_is_booked_as_it_is_seen(
    provider: Provider, moved_clock: ManualClock
) -> None:
    await paid_seat(provider, moved_clock)
    sent = (await provider.call("v1/payouts", amount=3000, currency="eur"))["id"]
    assert (await findings(), await balance(Place(PLATFORM_BANK), "EUR")) == ([], 3000)
    await provider.fault(payout_fails=1)
    await provider.call(f"_sandbox/payouts/{sent}/settle")
    assert (await findings(), await balance(Place(PLATFORM_BANK), "EUR")) == ([], 0)
    assert await findings() == []
    assert await broken() == []


@BOTH
async def test_what_was_done_by_hand_at_the_provider_is_said_and_not_repaired(
    provider: Provider, moved_clock: ManualClock
) -> None:
    await paid_seat(provider, moved_clock)
    await person("olga", "owner")
    before = await LedgerTransaction.all().count()
    await provider.charge(333)
    _, stranger = await provider.charge(800)
    await provider.call("v1/refunds", charge=stranger, amount=700)
    said = await findings()
    assert said[0] == "the provider has €3.67 more than our books"  # 8.00 − 0.36 − 7.00 + 3.33 − 0.30
    assert sorted(line.partition("): ")[2] for line in said[1:]) == [
        "a refund that we did not ask for",
        "money came that is for nothing of ours",
        "money came that is for nothing of ours",
    ]
    assert await LedgerTransaction.all().count() == before
    assert await told("books_differ") == 0
    moved_clock.advance(timedelta(minutes=10))
    again = await OutboxRow.get(job=AGAIN)
    assert again.run_at == moved_clock.now()
    await reconcile(last_look=True)
    await reconcile(last_look=True)
    assert await told("books_differ") == 1


async def test_what_came_late_is_matched_later(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock)
    found = await decide(await seat.payment(), 500, cause="t", reason="", actor_id=None)
    assert found is not None
    with failing_once(sending, "apply"), pytest.raises(RuntimeError, match="killed"):
        await sending.send(found.id)
    said = await findings()
    assert said[0] == "the provider has €5.00 less than our books"
    assert said[1].endswith(f"(payment:{seat.payment_id}): it was sent, and is not written down yet")
    await run_jobs()
    assert await findings() == []
    assert not await BalanceMovement.exclude(finding="").exists()


async def test_refund_that_failed_unheard_is_found(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock, card=REFUND_FAILS)
    sent = await give_back(seat, 1000, run_jobs)
    await provider.call(f"_sandbox/refunds/{sent.provider_id}/settle")
    assert "the bank refused it, and in our books it is succeeded" in (await findings())[1]


async def test_payment_that_the_provider_does_not_know_is_found(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock)
    await Payment.all().update(charge_id="ch_nobodys")
    moved_clock.advance(timedelta(hours=2))
    assert f"payment {seat.payment_id} is paid in our books" in (await findings())[-1]


@BOTH
async def test_books_that_contradict_themselves_are_found(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock)
    assert await broken() == []
    await Payment.all().update(refunded_minor=1)
    await Dispute.create(
        payment_id=seat.payment_id,
        provider_id="dp",
        amount_minor=7,
        currency="EUR",
        opened_at=moved_clock.now(),
    )
    await post(postings.paid_with_credit(3, seat.learner.user_id), "EUR", key="x", subject="payment:1")
    assert [found.words for found in await broken()] == [
        "escrow is 5003, the payments that are not settled are 4999",
        "dispute_hold is 0, the disputes that are not decided are 7",
        f"learner {seat.learner.user_id} has a credit of -3",
    ]


async def test_provider_that_is_away_leaves_no_half_comparison(
    provider: Provider, moved_clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await paid_seat(provider, moved_clock)

    async def away() -> dict[str, int]:
        raise TimeoutError

    monkeypatch.setattr(provider.gateway, "balance", away)
    with pytest.raises(TimeoutError):
        await reconcile()
    assert not await Reconciliation.exists()
    assert await BalanceMovement.all().count() == 1
    assert not db.in_unit_of_work()


async def told(kind: str) -> int:
    jobs = await OutboxRow.filter(job="notifications.tell")
    return sum(row.payload["kind"] == kind for row in jobs)
