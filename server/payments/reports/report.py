"""Figures of a period and of its parts, read from the books: three queries, however much was sold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.infra import db
from server.infra.clock import now
from server.payments.periods import Period, midnight
from server.payments.reports.figures import Figures, Moved, Standing, figures, standing, together

CURRENCIES = """SELECT currency FROM ledger_account GROUP BY currency ORDER BY COUNT(*) DESC, currency"""
# Parts are numbered by their ends: what came before the first of them is part -1.
MOVED = """SELECT {part} AS part, d.name AS debit, c.name AS credit,
        CAST(SUM(e.amount_minor) AS BIGINT) AS minor
    FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id
    JOIN ledger_account d ON d.id = e.debit_id JOIN ledger_account c ON c.id = e.credit_id
    WHERE t.at >= ? AND t.at < ? AND e.currency = ? GROUP BY 1, 2, 3"""
# Summed by account first: there are few of them, and joining their names to each entry takes long.
STANDING = """SELECT d.name AS debit, c.name AS credit, CAST(SUM(m.minor) AS BIGINT) AS minor
    FROM (SELECT e.debit_id, e.credit_id, SUM(e.amount_minor) AS minor FROM ledger_entry e {until}
        e.currency = ? GROUP BY e.debit_id, e.credit_id) m
    JOIN ledger_account d ON d.id = m.debit_id JOIN ledger_account c ON c.id = m.credit_id
    GROUP BY d.name, c.name"""
UNTIL = "JOIN ledger_transaction t ON t.id = e.transaction_id WHERE t.at < ? AND"


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
    moved = await _moved(period, [midnight(first, period.zone) for first, _ in days], currency)
    at = min(period.until, now())
    return Report(
        period=period,
        currency=currency,
        total=figures(together(moved[number] for number in range(len(days)))),
        before=figures(moved[-1]),
        parts=tuple(
            PartOf(first, last, figures(moved[number])) for number, (first, last) in enumerate(days)
        ),
        standing=standing(await all_moved(currency, period.until)),
        standing_at=at,
    )


async def _moved(period: Period, starts: Sequence[datetime], currency: str) -> dict[int, Moved]:
    """By the number of the part; what moved in the period before is part -1."""
    numbered = " ".join(f"WHEN t.at < ? THEN {number - 1}" for number in range(len(starts)))
    sql = MOVED.format(part=f"CASE {numbered} ELSE {len(starts) - 1} END")
    rows = await db.fetch(sql, (*starts, period.before.since, period.until, currency))
    found: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in rows:
        found[int(row["part"])][row["debit"], row["credit"]] = int(row["minor"])
    return defaultdict(dict, found)


async def all_moved(currency: str, until: datetime) -> Moved:
    """All that moved until then; what is in the books now needs no look at when it was."""
    past = until <= now()
    sql = STANDING.format(until=UNTIL if past else "WHERE")
    rows = await db.fetch(sql, (until, currency) if past else (currency,))
    return {(row["debit"], row["credit"]): int(row["minor"]) for row in rows}
