"""Figures of a period and of its parts, read from the books: three queries, however much was sold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from server.infra import db
from server.infra.clock import now
from server.payments.periods import Period, midnight
from server.payments.reports.figures import (
    Figures,
    Moved,
    Standing,
    figures,
    standing,
    together,
    undone,
)

CURRENCIES = """SELECT currency FROM ledger_account GROUP BY currency ORDER BY COUNT(*) DESC, currency"""
BEFORE = -1  # the number of the period before, as of a part
# Summed by account first: there are few of them, and to join their names to each entry takes long.
MOVED = """SELECT m.part, d.name AS debit, c.name AS credit, CAST(SUM(m.minor) AS BIGINT) AS minor
    FROM (SELECT {part} AS part, e.debit_id, e.credit_id, SUM(e.amount_minor) AS minor
        FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id
        WHERE t.at >= ? AND e.currency = ? GROUP BY 1, e.debit_id, e.credit_id) m
    JOIN ledger_account d ON d.id = m.debit_id JOIN ledger_account c ON c.id = m.credit_id
    GROUP BY m.part, d.name, c.name"""
ALL = """SELECT d.name AS debit, c.name AS credit, CAST(SUM(m.minor) AS BIGINT) AS minor
    FROM (SELECT debit_id, credit_id, SUM(amount_minor) AS minor FROM ledger_entry
        WHERE currency = ? GROUP BY debit_id, credit_id) m
    JOIN ledger_account d ON d.id = m.debit_id JOIN ledger_account c ON c.id = m.credit_id
    GROUP BY d.name, c.name"""


@dataclass(frozen=True, slots=True)
class PartOf:
    """From a day to a day, both included."""

    first: date
    last: date
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """`before` are the figures of as many days just before; `standing` is at the end of the period, or
    now where that is to come."""

    period: Period
    currency: str
    total: Figures
    before: Figures
    parts: tuple[PartOf, ...]
    standing: Standing
    standing_at: datetime


async def currencies() -> list[str]:
    """Those in the books, the commonest first."""
    return [row["currency"] for row in await db.fetch(CURRENCIES)]


async def report(period: Period, currency: str) -> Report:
    days = period.parts()
    moved = await _moved(period, currency)
    parts = [moved[number] for number in range(len(days))]
    return Report(
        period=period,
        currency=currency,
        total=figures(together(parts)),
        before=figures(moved[BEFORE]),
        parts=tuple(PartOf(*ends, figures(part)) for ends, part in zip(days, parts, strict=True)),
        standing=standing(together([await _all_moved(currency), undone(moved[len(days)])])),
        standing_at=min(period.until, now()),
    )


async def _moved(period: Period, currency: str) -> dict[int, Moved]:
    """By the number of the part; what moved since the period is of the part after the last."""
    ends = [midnight(first, period.zone) for first, _ in period.parts()] + [period.until]
    numbered = " ".join(f"WHEN t.at < ? THEN {number}" for number, _ in enumerate(ends, BEFORE))
    sql = MOVED.format(part=f"CASE {numbered} ELSE {len(ends) - 1} END")
    found: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in await db.fetch(sql, (*ends, period.before.since, currency)):
        found[int(row["part"])][row["debit"], row["credit"]] = int(row["minor"])
    return defaultdict(dict, found)


async def _all_moved(currency: str) -> Moved:
    rows = await db.fetch(ALL, (currency,))
    return {(row["debit"], row["credit"]): int(row["minor"]) for row in rows}
