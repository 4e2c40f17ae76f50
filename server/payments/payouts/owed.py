"""What the books say a mentor is owed, payment by payment: every posting names its payment.

Available is the sum of all of them. What is asked for is taken from payments that are not disputed; what
others owe (a refund that came after the payout) is kept back first, so that earnings make up for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.infra import db
from server.payments.ledger.chart import MENTOR_AVAILABLE
from server.payments.locking import payment_of
from server.payments.models import Dispute
from server.payments.states import DisputeStatus

SENT = ("transferred", "transfer_reversed")  # what moves earnings, and makes them neither more nor less
NET = "CASE WHEN e.credit_id = a.id THEN e.amount_minor ELSE -e.amount_minor END"
OWED = f"""SELECT a.currency, t.subject, CAST(SUM({NET}) AS BIGINT) AS net,
        CAST(SUM(CASE WHEN t.kind IN (?, ?) THEN 0 ELSE {NET} END) AS BIGINT) AS earned
    FROM ledger_account a JOIN ledger_entry e ON e.credit_id = a.id OR e.debit_id = a.id
        JOIN ledger_transaction t ON t.id = e.transaction_id
    WHERE a.owner_id = ? AND a.name = ?
    GROUP BY a.currency, t.subject ORDER BY a.currency, MIN(t.id)"""


@dataclass(frozen=True, slots=True)
class Owed:
    """Of one payment: what was earned by it, and what of that is not sent on (less than nothing where
    more was sent than earned in the end). `payment_id` is None where it is about something else."""

    payment_id: int | None
    earned_minor: int
    left_minor: int


@dataclass(frozen=True, slots=True)
class Source:
    """A part of what is left of a payment."""

    payment_id: int
    amount_minor: int


async def owed_to(mentor_id: int) -> dict[str, list[Owed]]:
    """By currency, in the order in which it was earned. One query."""
    rows = await db.fetch(OWED, (*SENT, mentor_id, MENTOR_AVAILABLE.name))
    found: dict[str, list[Owed]] = {}
    for row in rows:
        owed = Owed(payment_of(row["subject"]), int(row["earned"]), int(row["net"]))
        found.setdefault(row["currency"], []).append(owed)
    return found


async def disputed_payments(mentor_id: int) -> set[int]:
    """Those whose dispute is not decided."""
    found = Dispute.filter(status=DisputeStatus.OPEN, payment__mentor_id=mentor_id)
    return {each.payment_id for each in await found.only("id", "payment_id")}


def available(owed: Iterable[Owed]) -> int:
    return sum(each.left_minor for each in owed)


def payable(owed: Sequence[Owed], disputed: set[int]) -> int:
    """What may be asked for now."""
    free = available(owed) - sum(each.left_minor for each in owed if _is_held(each, disputed))
    return max(0, min(free, sum(part.amount_minor for part in _sources(owed, disputed))))


def chosen(owed: Sequence[Owed], disputed: set[int], amount_minor: int) -> list[Source]:
    """Where the amount is taken from, the oldest first."""
    found: list[Source] = []
    for part in _sources(owed, disputed):
        taken = min(part.amount_minor, amount_minor - sum(each.amount_minor for each in found))
        if taken > 0:
            found.append(Source(part.payment_id, taken))
    return found


def _sources(owed: Iterable[Owed], disputed: set[int]) -> list[Source]:
    return [
        Source(each.payment_id, each.left_minor)
        for each in owed
        if each.payment_id is not None and each.left_minor > 0 and not _is_held(each, disputed)
    ]


def _is_held(each: Owed, disputed: set[int]) -> bool:
    return each.left_minor > 0 and each.payment_id in disputed
