"""The books: each event once, nothing changed afterwards, and every account as the chart promises."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from tortoise.exceptions import IntegrityError

from config.settings import Settings
from server.infra import db
from server.infra.db import transactional
from server.payments.ledger import postings
from server.payments.ledger.balances import balance, trial_balance
from server.payments.ledger.chart import (
    DISPUTE_HOLD,
    ESCROW,
    LEARNER_CREDIT,
    MENTOR_AVAILABLE,
    PLATFORM_REVENUE,
    REFUND_IN_FLIGHT,
    STRIPE_CLEARING,
    Account,
)
from server.payments.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from server.payments.ledger.posting import claim, post
from server.payments.ledger.postings import Place, Posting
from server.payments.shares import Shares, commission, kept_shares, refund_shares
from tests.databases import BOTH
from tests.server.booking.makers import mentor, person

MIRA, LEA = 1, 2


@pytest.fixture
async def people(database: Settings) -> None:
    assert ((await mentor("mira")).user_id, (await person("lea")).user_id) == (MIRA, LEA)


async def book(*events: Posting, currency: str = "EUR") -> None:
    """One event after the other, each under a key of its own."""
    told = await LedgerTransaction.all().count()
    for number, event in enumerate(events, told):
        assert await post(event, currency, key=f"test:{number}", subject="payment:1")


async def on(account: Account, owner_id: int | None = None, currency: str = "EUR") -> int:
    return await balance(Place(account, owner_id), currency)


@BOTH
async def test_a_lesson_that_takes_place_pays_its_mentor_and_us(people: None) -> None:
    fee = commission(4999, 1500)
    await book(postings.paid(4999), postings.released(kept_shares(4999, fee, 0), MIRA))
    assert await on(ESCROW) == 0
    assert await on(MENTOR_AVAILABLE, MIRA) == 4249
    assert await on(PLATFORM_REVENUE) == 750
    assert await on(STRIPE_CLEARING) == 4999


@BOTH
async def test_what_a_late_cancellation_keeps_is_released(people: None) -> None:
    fee = commission(99, 1500)
    await book(
        postings.paid(99),
        postings.refund_begun(50),
        postings.refund_arrived(50),
        postings.released(kept_shares(99, fee, 50), MIRA),
    )
    assert await on(ESCROW) == await on(REFUND_IN_FLIGHT) == 0
    assert await on(STRIPE_CLEARING) == 49
    assert await on(MENTOR_AVAILABLE, MIRA) + await on(PLATFORM_REVENUE) == 49


@BOTH
async def test_refund_after_the_payout_makes_the_mentor_owe(people: None) -> None:
    fee = commission(1000, 1500)
    await book(
        postings.paid(1000),
        postings.released(kept_shares(1000, fee, 0), MIRA),
        postings.transferred(850, MIRA),
        postings.late_refund_begun(refund_shares(1000, fee, 0, 1000), MIRA),
        postings.refund_failed(1000, LEA),
    )
    assert await on(MENTOR_AVAILABLE, MIRA) == -850
    assert await on(PLATFORM_REVENUE) == 0
    assert await on(LEARNER_CREDIT, LEA) == 1000
    assert await on(STRIPE_CLEARING) == 150


@BOTH
async def test_refund_that_a_bank_sends_back_is_owed_to_its_learner(people: None) -> None:
    await book(
        postings.paid(1000),
        postings.refund_begun(1000),
        postings.refund_arrived(1000),
        postings.refund_came_back(1000, LEA),
    )
    assert await on(ESCROW) == await on(REFUND_IN_FLIGHT) == 0
    assert await on(STRIPE_CLEARING) == await on(LEARNER_CREDIT, LEA) == 1000


@BOTH
async def test_refund_that_is_not_sent_after_all_leaves_everything_as_it_was(people: None) -> None:
    shares = refund_shares(99, commission(99, 1500), 0, 50)
    await book(postings.paid(99), postings.refund_begun(50), postings.refund_undone(50))
    assert (await on(ESCROW), await on(REFUND_IN_FLIGHT)) == (99, 0)
    await book(
        postings.released(kept_shares(99, commission(99, 1500), 0), MIRA),
        postings.late_refund_begun(shares, MIRA),
        postings.late_refund_undone(shares, MIRA),
    )
    assert (await on(MENTOR_AVAILABLE, MIRA), await on(PLATFORM_REVENUE)) == (84, 15)
    assert await on(REFUND_IN_FLIGHT) == 0


@BOTH
async def test_what_was_paid_with_credit_is_credit_again(people: None) -> None:
    await book(
        postings.goodwill(30, LEA),
        postings.paid_with_credit(30, LEA),
        postings.refund_begun(30),
        postings.refund_credited(30, LEA),
    )
    assert await on(ESCROW) == await on(REFUND_IN_FLIGHT) == 0
    assert await on(LEARNER_CREDIT, LEA) == 30


@BOTH
async def test_a_dispute_is_held_until_it_is_decided(people: None) -> None:
    await book(postings.paid(700), postings.disputed(700))
    assert (await on(DISPUTE_HOLD), await on(STRIPE_CLEARING)) == (700, 0)
    await book(postings.dispute_won(700), postings.disputed(700), postings.dispute_lost(700))
    assert (await on(DISPUTE_HOLD), await on(STRIPE_CLEARING), await on(ESCROW)) == (0, 0, 0)


@BOTH
async def test_one_key_is_booked_once_though_many_tell_it_at_once(people: None) -> None:
    tellings = (post(postings.paid(5), "EUR", key="paid:1", subject="payment:1") for _ in range(20))
    assert Counter(await asyncio.gather(*tellings)) == {True: 1, False: 19}
    assert await on(ESCROW) == 5
    assert await LedgerAccount.all().count() == 2


@BOTH
async def test_many_events_open_the_same_accounts_at_once(people: None) -> None:
    both_ways = [postings.goodwill(3, LEA), postings.paid_with_credit(3, LEA)]
    events = (
        post(both_ways[number % 2], "EUR", key=f"e:{number}", subject="payment:1") for number in range(20)
    )
    assert all(await asyncio.gather(*events))
    assert await on(LEARNER_CREDIT, LEA) == 0
    assert await on(ESCROW) == 30


@BOTH
async def test_what_is_undone_is_not_in_the_books(people: None) -> None:
    @transactional
    async def fail() -> None:
        await post(postings.paid(5), "EUR", key="paid:1", subject="payment:1")
        raise RuntimeError("undo it")

    with pytest.raises(RuntimeError):
        await fail()
    assert await trial_balance() == []
    assert await post(postings.paid(5), "EUR", key="paid:1", subject="payment:1")


@BOTH
async def test_who_takes_from_a_balance_sees_what_others_took(people: None) -> None:
    await book(postings.paid(100), postings.released(Shares(100, 0), MIRA))
    place = Place(MENTOR_AVAILABLE, MIRA)

    @transactional
    async def take(number: int) -> bool:
        await claim(place, "EUR")
        if await balance(place, "EUR") < 60:
            return False
        return await post(postings.transferred(60, MIRA), "EUR", key=f"t:{number}", subject="payout:1")

    assert Counter(await asyncio.gather(*map(take, range(8)))) == {True: 1, False: 7}
    assert await on(MENTOR_AVAILABLE, MIRA) == 40


@BOTH
async def test_trial_balance_adds_up_in_each_currency(people: None) -> None:
    await book(postings.paid(100), postings.charged_fee(3))
    await book(postings.paid(7), currency="JPY")
    rows = {(row.account.name, row.currency): row for row in await trial_balance()}
    assert rows["escrow", "EUR"].balance_minor == 100
    assert rows["stripe_clearing", "EUR"].balance_minor == 97
    assert rows["stripe_fees", "EUR"].balance_minor == 3
    assert rows["escrow", "JPY"].balance_minor == 7
    for currency in ("EUR", "JPY"):
        own = [row for row in rows.values() if row.currency == currency]
        assert sum(row.debit_minor for row in own) == sum(row.credit_minor for row in own)


@BOTH
async def test_books_are_written_once(people: None) -> None:
    await book(postings.paid(100))
    for statement in (
        "UPDATE ledger_entry SET amount_minor = 1",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_transaction SET kind = 'refund'",
        "DELETE FROM ledger_transaction",
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            await db.execute(statement)
    assert await LedgerEntry.all().count() == 1


@BOTH
async def test_event_of_nothing_is_told_and_moves_nothing(people: None) -> None:
    await book(postings.paid(0), postings.released(Shares(0, 0), MIRA))
    assert await LedgerTransaction.all().count() == 2
    assert await LedgerEntry.all().count() == 0


def test_less_than_nothing_is_no_event() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        postings.paid(-1)


@BOTH
async def test_personal_accounts_have_a_person_and_others_none(people: None) -> None:
    for place in (Place(MENTOR_AVAILABLE), Place(ESCROW, MIRA)):
        with pytest.raises(ValueError, match="whose"):
            await claim(place, "EUR")
