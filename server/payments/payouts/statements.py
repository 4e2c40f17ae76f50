"""A mentor's account in the books, month by month: what it opened with, everything that moved, and what
it closed with. Months are those of the mentor's own zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.booking.models import Session
from server.infra import db
from server.payments.ledger.chart import MENTOR_AVAILABLE
from server.payments.locking import payment_of
from server.payments.models import Payment
from server.payments.payouts.owed import NET, SENT

MOVED = f"""SELECT a.currency, t.at, t.kind, t.subject, CAST(SUM({NET}) AS BIGINT) AS net
    FROM ledger_account a JOIN ledger_entry e ON e.credit_id = a.id OR e.debit_id = a.id
        JOIN ledger_transaction t ON t.id = e.transaction_id
    WHERE a.owner_id = ? AND a.name = ?
    GROUP BY a.currency, t.id, t.at, t.kind, t.subject ORDER BY t.at, t.id"""
KINDS = {
    "released": "Lesson settled",
    "late_refund_begun": "Refund to a learner",
    "late_refund_undone": "Refund called off",
    "transferred": "Payout",
    "transfer_reversed": "Payout taken back",
    "dispute_lost_late": "Lost to a learner’s bank",
}
OTHER = "Correction"


@dataclass(frozen=True, slots=True)
class Moved:
    """One transaction of the account: more than nothing is to the mentor's good."""

    at: datetime
    kind: str
    payment_id: int | None
    amount_minor: int

    @property
    def is_earning(self) -> bool:
        return self.kind not in SENT


@dataclass(frozen=True, slots=True)
class Line:
    """What moved, in words, and what was on the account then."""

    at: datetime
    what: str
    title: str
    amount_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Of one month in one currency; `month` is its first day."""

    currency: str
    month: date
    zone: str
    opening_minor: int
    lines: tuple[Line, ...]

    @property
    def closing_minor(self) -> int:
        return self.lines[-1].balance_minor if self.lines else self.opening_minor

    @property
    def number(self) -> str:
        return f"{self.month:%Y-%m}-{self.currency}"

    def sum_of(self, kind: str) -> int:
        return sum(line.amount_minor for line in self.lines if line.what == said_of(kind))


async def moved(mentor_id: int) -> dict[str, list[Moved]]:
    """Everything on the account of each currency, the first first. One query."""
    found: dict[str, list[Moved]] = {}
    for row in await db.fetch(MOVED, (mentor_id, MENTOR_AVAILABLE.name)):
        one = Moved(_instant(row["at"]), row["kind"], payment_of(row["subject"]), int(row["net"]))
        found.setdefault(row["currency"], []).append(one)
    return found


async def statement(mentor_id: int, currency: str, month: date, zone: str) -> Statement:
    """Of a month in which nothing moved it says that too. Three queries."""
    all_ = (await moved(mentor_id)).get(currency, [])
    local = ZoneInfo(zone)
    before = [one for one in all_ if month_of(one.at, local) < month]
    within = [one for one in all_ if month_of(one.at, local) == month]
    opening = sum(one.amount_minor for one in before)
    lines = _lines(within, opening, await _titles(within))
    return Statement(currency, month, zone, opening, lines)


def months(all_: Iterable[Moved], zone: str) -> list[date]:
    """Those in which something moved, the latest first."""
    local = ZoneInfo(zone)
    return sorted({month_of(one.at, local) for one in all_}, reverse=True)


def earned_by_month(
    all_: Iterable[Moved], now: datetime, zone: str, count: int
) -> list[tuple[date, int]]:
    """What was earned in each of the last months up to now, whether or not it was paid out since."""
    local = ZoneInfo(zone)
    found = dict.fromkeys(_last_months(month_of(now, local), count), 0)
    for one in all_:
        month = month_of(one.at, local)
        if one.is_earning and month in found:
            found[month] += one.amount_minor
    return list(found.items())


def month_of(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date().replace(day=1)


def said_of(kind: str) -> str:
    return KINDS.get(kind, OTHER)


def _lines(within: Sequence[Moved], opening: int, titles: Mapping[int, str]) -> tuple[Line, ...]:
    found, balance = [], opening
    for one in within:
        balance += one.amount_minor
        title = titles.get(one.payment_id, "") if one.payment_id is not None else ""
        found.append(Line(one.at, said_of(one.kind), title, one.amount_minor, balance))
    return tuple(found)


async def _titles(within: Sequence[Moved]) -> dict[int, str]:
    """What the lessons are called, by payment."""
    ids = {one.payment_id for one in within if one.payment_id is not None}
    rows = await Payment.filter(id__in=ids).only("id", "session_id")
    sessions = await Session.filter(id__in={row.session_id for row in rows}).only("id", "title")
    titles = {session.id: session.title for session in sessions}
    return {row.id: titles[row.session_id] for row in rows}


def _last_months(last: date, count: int) -> list[date]:
    """So many months up to this one, the first first."""
    number = last.year * 12 + last.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(number - count + 1, number + 1)]


def _instant(stored: datetime | str) -> datetime:
    """SQLite gives instants as text."""
    return datetime.fromisoformat(stored) if isinstance(stored, str) else stored
