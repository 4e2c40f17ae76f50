"""The books for administrators: the trial balance, the entries of an account, and the comparisons with
the provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tortoise.expressions import Q

from server.payments.ledger.balances import TrialRow, trial_balance
from server.payments.ledger.chart import CHART, Side
from server.payments.ledger.models import LedgerEntry
from server.payments.models import Payment, Reconciliation

SHOWN_CHECKS = 10


@dataclass(frozen=True, slots=True)
class Trial:
    """The accounts of one currency that were ever moved, with what stands on their own sides."""

    currency: str
    rows: tuple[TrialRow, ...]

    @property
    def debits(self) -> int:
        return sum(self.debit(row) for row in self.rows)

    @property
    def credits(self) -> int:
        return sum(self.credit(row) for row in self.rows)

    @property
    def balanced(self) -> bool:
        return self.debits == self.credits

    @staticmethod
    def debit(row: TrialRow) -> int:
        """The balance, where it stands on the debit side; less than nothing stands on the other one."""
        return max(0, row.debit_minor - row.credit_minor)

    @staticmethod
    def credit(row: TrialRow) -> int:
        return max(0, row.credit_minor - row.debit_minor)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One entry as the account sees it: `amount_minor` is less than nothing where it shrank. `other` is
    where it came from or went to; `payment_id` what it was about."""

    at: datetime
    kind: str
    key: str
    other: str
    owner: str
    amount_minor: int
    payment_id: str


async def trials() -> list[Trial]:
    """By currency: one query."""
    rows = await trial_balance()
    return [Trial(key, tuple(found)) for key, found in groupby(rows, key=lambda row: row.currency)]


async def latest_checks() -> list[Reconciliation]:
    return await Reconciliation.all().order_by("-checked_at", "-id").limit(SHOWN_CHECKS)


async def account_lines(
    account: str, currency: str, person: str, offset: int, limit: int
) -> tuple[list[AccountLine], int]:
    """The entries of an account, the newest first, and how many there are: three queries."""
    ways = [{f"{side}__name": account, f"{side}__currency": currency} for side in ("debit", "credit")]
    if person:
        for way, side in zip(ways, ("debit", "credit"), strict=True):
            way[f"{side}__owner__username"] = person
    found = LedgerEntry.filter(Q(*(Q(**way) for way in ways), join_type="OR"))
    rows = await found.order_by("-id").offset(offset).limit(limit).values(*COLUMNS)
    pages = await _payments({row["transaction__subject"] for row in rows})
    return [_line(account, row, pages) for row in rows], await found.count()


COLUMNS = (
    "amount_minor",
    "transaction__at",
    "transaction__kind",
    "transaction__key",
    "transaction__subject",
    "debit__name",
    "credit__name",
    "debit__owner__username",
    "credit__owner__username",
)


async def _payments(subjects: set[str]) -> dict[str, str]:
    """The public ids of the payments that these are about."""
    numbers = [int(one.partition(":")[2]) for one in subjects if one.startswith("payment:")]
    rows = await Payment.filter(id__in=numbers).values_list("id", "public_id")
    return {f"payment:{number}": str(public_id) for number, public_id in rows}


def _line(account: str, row: dict[str, object], pages: dict[str, str]) -> AccountLine:
    debited = row["debit__name"] == account
    grows = CHART[account].side is (Side.DEBIT if debited else Side.CREDIT)
    own, other = ("debit", "credit") if debited else ("credit", "debit")
    amount = row["amount_minor"]
    assert isinstance(amount, int)
    at = row["transaction__at"]
    assert isinstance(at, datetime)
    return AccountLine(
        at=at,
        kind=str(row["transaction__kind"]),
        key=str(row["transaction__key"]),
        other=CHART[str(row[f"{other}__name"])].title,
        owner=str(row[f"{own}__owner__username"] or ""),
        amount_minor=amount if grows else -amount,
        payment_id=pages.get(str(row["transaction__subject"]), ""),
    )
