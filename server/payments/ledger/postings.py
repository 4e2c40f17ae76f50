"""What each event of money writes into the books: entries from debit to credit. Pure.

Nothing is written for what moves no money of ours: a payout moves the mentor's own from their account at
the payment provider to their bank.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.payments.ledger.chart import (
    DISPUTE_HOLD,
    ESCROW,
    LEARNER_CREDIT,
    MENTOR_AVAILABLE,
    PLATFORM_BANK,
    PLATFORM_GOODWILL,
    PLATFORM_LOSS,
    PLATFORM_PROMO,
    PLATFORM_REVENUE,
    REFUND_IN_FLIGHT,
    STRIPE_CLEARING,
    STRIPE_FEES,
    Account,
)
from server.payments.shares import Shares


@dataclass(frozen=True, slots=True)
class Place:
    """An account of the chart, and whose it is where it is personal."""

    account: Account
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """`amount_minor` (more than 0) from `debit` to `credit`."""

    debit: Place
    credit: Place
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Posting:
    """The entries of one event. An event of nothing has none."""

    kind: str
    entries: tuple[Entry, ...]


def paid(amount: int) -> Posting:
    """A learner paid; we hold it until the lesson is settled."""
    return _posting("paid", [(_ours(STRIPE_CLEARING), _ours(ESCROW), amount)])


def paid_with_credit(amount: int, learner_id: int) -> Posting:
    """A learner paid with what we owed them."""
    return _posting("paid_with_credit", [(_of(LEARNER_CREDIT, learner_id), _ours(ESCROW), amount)])


def promoted(amount: int) -> Posting:
    """The platform pays a part of the price."""
    return _posting("promoted", [(_ours(PLATFORM_PROMO), _ours(ESCROW), amount)])


def charged_fee(amount: int) -> Posting:
    """The payment provider took its fee."""
    return _posting("provider_fee", [(_ours(STRIPE_FEES), _ours(STRIPE_CLEARING), amount)])


def returned_fee(amount: int) -> Posting:
    """The payment provider gave a fee back."""
    return _posting("fee_returned", [(_ours(STRIPE_CLEARING), _ours(STRIPE_FEES), amount)])


def released(shares: Shares, mentor_id: int) -> Posting:
    """The lesson is settled: what is in escrow for it is the mentor's and ours."""
    parts = [
        (_ours(ESCROW), _of(MENTOR_AVAILABLE, mentor_id), shares.mentor),
        (_ours(ESCROW), _ours(PLATFORM_REVENUE), shares.platform),
    ]
    return _posting("released", parts)


def refund_begun(amount: int, excess: int = 0) -> Posting:
    """A refund before the release is on its way. The `excess` was taken back by the learner's bank before
    we heard of the refund."""
    parts = [
        (_ours(ESCROW), _ours(REFUND_IN_FLIGHT), amount),
        (_ours(PLATFORM_LOSS), _ours(REFUND_IN_FLIGHT), excess),
    ]
    return _posting("refund_begun", parts)


def late_refund_begun(shares: Shares, mentor_id: int, excess: int = 0) -> Posting:
    """A refund after the release is on its way: mentor and platform give back their shares. A mentor's
    balance may become negative by it. The `excess` is as of refunds before the release."""
    parts = [
        (_of(MENTOR_AVAILABLE, mentor_id), _ours(REFUND_IN_FLIGHT), shares.mentor),
        (_ours(PLATFORM_REVENUE), _ours(REFUND_IN_FLIGHT), shares.platform),
        (_ours(PLATFORM_LOSS), _ours(REFUND_IN_FLIGHT), excess),
    ]
    return _posting("late_refund_begun", parts)


def refund_arrived(amount: int) -> Posting:
    """The learner has it."""
    return _posting("refund_arrived", [(_ours(REFUND_IN_FLIGHT), _ours(STRIPE_CLEARING), amount)])


def refund_failed(amount: int, learner_id: int) -> Posting:
    """Their bank refused it: we owe it to the learner."""
    return _posting("refund_failed", [(_ours(REFUND_IN_FLIGHT), _of(LEARNER_CREDIT, learner_id), amount)])


def refund_came_back(amount: int, learner_id: int) -> Posting:
    """Their bank sent back what had arrived: it is with us again, and we owe it to the learner."""
    parts = [(_ours(STRIPE_CLEARING), _of(LEARNER_CREDIT, learner_id), amount)]
    return _posting("refund_came_back", parts)


def refund_credited(amount: int, learner_id: int) -> Posting:
    """What was paid by credit is the learner's credit again."""
    parts = [(_ours(REFUND_IN_FLIGHT), _of(LEARNER_CREDIT, learner_id), amount)]
    return _posting("refund_credited", parts)


def credit_taken_back(credit: int, spent: int, learner_id: int) -> Posting:
    """What was owed for a refund that had failed goes to the learner another way. What of it they have
    `spent` is the platform's loss."""
    parts = [
        (_of(LEARNER_CREDIT, learner_id), _ours(REFUND_IN_FLIGHT), credit),
        (_ours(PLATFORM_LOSS), _ours(REFUND_IN_FLIGHT), spent),
    ]
    return _posting("credit_taken_back", parts)


def refund_undone(amount: int) -> Posting:
    """A refund before the release was never sent: it is held for the lesson again."""
    return _posting("refund_undone", [(_ours(REFUND_IN_FLIGHT), _ours(ESCROW), amount)])


def late_refund_undone(shares: Shares, mentor_id: int) -> Posting:
    """A refund after the release was never sent: mentor and platform have their shares again."""
    parts = [
        (_ours(REFUND_IN_FLIGHT), _of(MENTOR_AVAILABLE, mentor_id), shares.mentor),
        (_ours(REFUND_IN_FLIGHT), _ours(PLATFORM_REVENUE), shares.platform),
    ]
    return _posting("late_refund_undone", parts)


def transferred(amount: int, mentor_id: int) -> Posting:
    """To the mentor's account at the payment provider."""
    return _posting("transferred", [(_of(MENTOR_AVAILABLE, mentor_id), _ours(STRIPE_CLEARING), amount)])


def transfer_reversed(amount: int, mentor_id: int) -> Posting:
    parts = [(_ours(STRIPE_CLEARING), _of(MENTOR_AVAILABLE, mentor_id), amount)]
    return _posting("transfer_reversed", parts)


def disputed(amount: int) -> Posting:
    """The learner's bank took it back until the dispute is decided."""
    return _posting("disputed", [(_ours(DISPUTE_HOLD), _ours(STRIPE_CLEARING), amount)])


def dispute_won(amount: int) -> Posting:
    return _posting("dispute_won", [(_ours(STRIPE_CLEARING), _ours(DISPUTE_HOLD), amount)])


def dispute_lost(amount: int, excess: int = 0) -> Posting:
    """Before the release: it was never anybody's. The `excess` had been given back before."""
    parts = [
        (_ours(ESCROW), _ours(DISPUTE_HOLD), amount),
        (_ours(PLATFORM_LOSS), _ours(DISPUTE_HOLD), excess),
    ]
    return _posting("dispute_lost", parts)


def dispute_lost_late(shares: Shares, mentor_id: int, excess: int = 0) -> Posting:
    """After the release: the mentor loses their share, the platform its own and the `excess` that had
    been given back before. A mentor's balance may become negative by it."""
    parts = [
        (_of(MENTOR_AVAILABLE, mentor_id), _ours(DISPUTE_HOLD), shares.mentor),
        (_ours(PLATFORM_LOSS), _ours(DISPUTE_HOLD), shares.platform + excess),
    ]
    return _posting("dispute_lost_late", parts)


def goodwill(amount: int, learner_id: int) -> Posting:
    """The platform makes up for something."""
    return _posting("goodwill", [(_ours(PLATFORM_GOODWILL), _of(LEARNER_CREDIT, learner_id), amount)])


def to_bank(amount: int) -> Posting:
    """What is ours goes from the payment provider to our own bank."""
    return _posting("to_bank", [(_ours(PLATFORM_BANK), _ours(STRIPE_CLEARING), amount)])


def from_bank(amount: int) -> Posting:
    """Our bank sent it back, or we filled up what lies with the payment provider."""
    return _posting("from_bank", [(_ours(STRIPE_CLEARING), _ours(PLATFORM_BANK), amount)])


def _posting(kind: str, parts: Iterable[tuple[Place, Place, int]]) -> Posting:
    """Parts of nothing are left out. Raises ValueError for less than nothing."""
    entries = tuple(Entry(debit, credit, amount) for debit, credit, amount in parts if amount)
    if any(entry.amount_minor < 0 for entry in entries):
        raise ValueError(f"{kind}: an entry is more than 0")
    return Posting(kind, entries)


def _ours(account: Account) -> Place:
    return Place(account)


def _of(account: Account, owner_id: int) -> Place:
    return Place(account, owner_id)
