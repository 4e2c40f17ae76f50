"""What the books say: balances of accounts, and whether everything adds up."""

from __future__ import annotations

from dataclasses import dataclass

from server.infra import db
from server.payments.ledger.chart import CHART, Account, Side
from server.payments.ledger.posting import account_key
from server.payments.ledger.postings import Place

BALANCE = """SELECT CAST(COALESCE(SUM(CASE WHEN e.credit_id = a.id THEN e.amount_minor
        ELSE -e.amount_minor END), 0) AS BIGINT) AS credit
    FROM ledger_account a JOIN ledger_entry e ON e.credit_id = a.id OR e.debit_id = a.id
    WHERE a."key" = ?"""
TRIAL = """SELECT a.name, a.currency, CAST(SUM(moved.debit) AS BIGINT) AS debit,
        CAST(SUM(moved.credit) AS BIGINT) AS credit
    FROM ledger_account a JOIN (
        SELECT debit_id AS account_id, amount_minor AS debit, 0 AS credit FROM ledger_entry
        UNION ALL SELECT credit_id, 0, amount_minor FROM ledger_entry) moved ON moved.account_id = a.id
    GROUP BY a.name, a.currency ORDER BY a.currency, a.name"""


@dataclass(frozen=True, slots=True)
class TrialRow:
    """All that moved on the accounts of one name in one currency, and what is left on its side."""

    account: Account
    currency: str
    debit_minor: int
    credit_minor: int

    @property
    def balance_minor(self) -> int:
        left = self.credit_minor - self.debit_minor
        return left if self.account.side is Side.CREDIT else -left


async def balance(place: Place, currency: str) -> int:
    """What is on an account, counted on the side on which it grows."""
    rows = await db.fetch(BALANCE, (account_key(place, currency),))
    credit = int(rows[0]["credit"])
    return credit if place.account.side is Side.CREDIT else -credit


async def trial_balance() -> list[TrialRow]:
    """Each account of the chart that was ever moved, by currency. In each currency the debits are the
    credits: what is not so is a mistake of ours."""
    rows = await db.fetch(TRIAL)
    return [
        TrialRow(CHART[row["name"]], row["currency"], int(row["debit"]), int(row["credit"]))
        for row in rows
    ]
