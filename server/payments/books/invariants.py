"""What must be so of our own books at any instant, whatever the provider says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.infra import db
from server.payments.ledger.balances import TrialRow, trial_balance
from server.payments.ledger.chart import DISPUTE_HOLD, ESCROW, REFUND_IN_FLIGHT, Account
from server.payments.states import PAID

PAID_WORDS = ", ".join(f"'{status}'" for status in PAID)
# Each account of the platform that is the sum of something we keep rows of.
UNSETTLED = f"""SELECT currency, CAST(SUM(amount_minor - refunded_minor - lost_minor) AS BIGINT) AS sum
    FROM payment WHERE status IN ({PAID_WORDS}) AND released_at IS NULL GROUP BY currency"""
UNDER_WAY = """SELECT p.currency, CAST(SUM(r.amount_minor) AS BIGINT) AS sum
    FROM refund r JOIN payment p ON p.id = r.payment_id
    WHERE r.status IN ('created', 'sent') GROUP BY p.currency"""
STRAYS = """SELECT e.currency, CAST(SUM(CASE WHEN e.credit_id = a.id THEN e.amount_minor
        ELSE -e.amount_minor END) AS BIGINT) AS sum
    FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id
    JOIN ledger_account a ON a.id IN (e.credit_id, e.debit_id) AND a.name = 'refund_in_flight'
    WHERE t."key" LIKE 'stray:%' GROUP BY e.currency"""
OPEN_DISPUTES = """SELECT currency, CAST(SUM(amount_minor) AS BIGINT) AS sum
    FROM dispute WHERE status = 'open' GROUP BY currency"""
OVERDRAWN = """SELECT a.owner_id, a.currency, CAST(SUM(CASE WHEN e.credit_id = a.id THEN e.amount_minor
        ELSE -e.amount_minor END) AS BIGINT) AS sum
    FROM ledger_account a JOIN ledger_entry e ON a.id IN (e.credit_id, e.debit_id)
    WHERE a.name = 'learner_credit' GROUP BY a.owner_id, a.currency
    HAVING SUM(CASE WHEN e.credit_id = a.id THEN e.amount_minor ELSE -e.amount_minor END) < 0"""
KEPT_AS: tuple[tuple[Account, str, tuple[str, ...]], ...] = (
    (ESCROW, "payments that are not settled", (UNSETTLED,)),
    (REFUND_IN_FLIGHT, "refunds on their way", (UNDER_WAY, STRAYS)),
    (DISPUTE_HOLD, "disputes that are not decided", (OPEN_DISPUTES,)),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be, in words. Amounts are in minor units."""

    currency: str
    words: str


@db.transactional
async def broken() -> list[Finding]:
    """Everything that is not as it must be: read as of one instant. In a transaction of its own."""
    if db.dialect() == "postgres":
        await db.fetch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    trial = await trial_balance()
    found = _unbalanced(trial)
    for account, what, statements in KEPT_AS:
        kept: dict[str, int] = {}
        for statement in statements:
            _add(kept, await db.fetch(statement))
        found += _different(trial, account, what, kept)
    for row in await db.fetch(OVERDRAWN):
        words = f"learner {row['owner_id']} has a credit of {row['sum']}"
        found.append(Finding(str(row["currency"]), words))
    return found


def _unbalanced(trial: Iterable[TrialRow]) -> list[Finding]:
    sums: dict[str, int] = {}
    for row in trial:
        sums[row.currency] = sums.get(row.currency, 0) + row.debit_minor - row.credit_minor
    return [
        Finding(currency, f"debits are {sum_} more than credits")
        for currency, sum_ in sums.items()
        if sum_
    ]


def _different(
    trial: Iterable[TrialRow], account: Account, what: str, kept: Mapping[str, int]
) -> list[Finding]:
    booked = {row.currency: row.balance_minor for row in trial if row.account == account}
    return [
        Finding(
            currency,
            f"{account.name} is {booked.get(currency, 0)}, the {what} are {kept.get(currency, 0)}",
        )
        for currency in sorted({*booked, *kept})
        if booked.get(currency, 0) != kept.get(currency, 0)
    ]


def _add(sums: dict[str, int], rows: Iterable[Mapping[str, object]]) -> None:
    for row in rows:
        currency = str(row["currency"])
        sums[currency] = sums.get(currency, 0) + int(str(row["sum"]))
