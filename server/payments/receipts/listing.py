"""What a learner paid and got back, the newest first: each payment and each refund is a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tortoise.queryset import QuerySet

from server.booking.values import Person
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import LEARNER_CREDIT
from server.payments.ledger.models import LedgerAccount
from server.payments.ledger.postings import Place
from server.payments.models import Payment, Refund
from server.payments.refunds.undoing import UNDONE
from server.payments.states import PAID, UNPAID, PaymentStatus
from server.people.privacy import columns, shown

State = Literal["", "paid", "refunds", "open"]
STATES: tuple[State, ...] = ("", "paid", "refunds", "open")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: `since` and `until` are instants, the last not included."""

    state: State = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction. `amount_minor` is negative for what came back. `payment_id` leads to its page."""

    kind: Literal["payment", "refund"]
    payment_id: UUID
    at: datetime
    title: str
    mentor: Person
    method: str
    card: str
    status: str
    amount_minor: int
    currency: str
    receipt_number: int | None


@dataclass(frozen=True, slots=True)
class Credit:
    """What we owe a learner, to be spent here."""

    amount_minor: int
    currency: str


Key = tuple[datetime, str, int]  # when, "payment" or "refund", and its number


async def transactions(
    learner_id: int, wanted: Wanted, offset: int, limit: int
) -> tuple[list[Line], int]:
    """A part of them, and how many there are in all: six queries at most."""
    payments, refunds = _payments(learner_id, wanted), _refunds(learner_id, wanted)
    keys: list[Key] = []
    total = 0
    for kind, query in (("payment", payments), ("refund", refunds)):
        if query is None:
            continue
        total += await query.count()
        rows = await query.order_by("-created_at", "-id").limit(offset + limit).values("id", "created_at")
        keys += [(row["created_at"], kind, row["id"]) for row in rows]
    return await _lines(sorted(keys, reverse=True)[offset : offset + limit], learner_id), total


def _payments(learner_id: int, wanted: Wanted) -> QuerySet[Payment] | None:
    """What was never charged and can't be any more is nothing to tell."""
    statuses: dict[State, tuple[PaymentStatus, ...]] = {"": PAID + UNPAID, "paid": PAID, "open": UNPAID}
    if wanted.state not in statuses:
        return None
    found = Payment.filter(learner_id=learner_id, status__in=statuses[wanted.state])
    return found.filter(**_within(wanted))


def _refunds(learner_id: int, wanted: Wanted) -> QuerySet[Refund] | None:
    if wanted.state not in ("", "refunds"):
        return None
    told = Refund.filter(payment__learner_id=learner_id).exclude(cause__startswith=UNDONE)
    return told.filter(**_within(wanted))


def _within(wanted: Wanted) -> dict[str, datetime]:
    bounds = {"created_at__gte": wanted.since, "created_at__lt": wanted.until}
    return {name: bound for name, bound in bounds.items() if bound is not None}


SHOWN = ("public_id", "method", "card", "currency", "receipt_number", "session__title")


async def _lines(keys: Sequence[Key], learner_id: int) -> list[Line]:
    """The rows of these keys, in their order."""
    payments = Payment.filter(id__in=_of(keys, "payment"))
    refunds = Refund.filter(id__in=_of(keys, "refund"))
    own = ("id", "status", "amount_minor", "created_at")
    found: dict[tuple[str, int], Line] = {}
    for row in await payments.values(*own, *SHOWN, *columns("mentor__")):
        found["payment", row["id"]] = _line("payment", row, "", learner_id)
    of_payment = [f"payment__{name}" for name in (*SHOWN, *columns("mentor__"))]
    for row in await refunds.values(*own, *of_payment):
        found["refund", row["id"]] = _line("refund", row, "payment__", learner_id)
    return [found[kind, number] for _, kind, number in keys]


def _of(keys: Iterable[Key], wanted: str) -> list[int]:
    return [number for _, kind, number in keys if kind == wanted]


def _line(kind: Literal["payment", "refund"], row: dict[str, Any], way: str, viewer_id: int) -> Line:
    mentor = shown(row, viewer_id, f"{way}mentor__")
    return Line(
        kind=kind,
        payment_id=row[f"{way}public_id"],
        at=row["created_at"],
        title=row[f"{way}session__title"],
        mentor=Person(row[f"{way}mentor__username"], mentor.name, mentor.picture_url or ""),
        method=row[f"{way}method"],
        card=row[f"{way}card"],
        status=row["status"],
        amount_minor=row["amount_minor"] if kind == "payment" else -row["amount_minor"],
        currency=row[f"{way}currency"],
        receipt_number=row[f"{way}receipt_number"],
    )


async def credits_of(learner_id: int) -> list[Credit]:
    """What we owe a learner, by currency; nothing for most."""
    accounts = await LedgerAccount.filter(owner_id=learner_id, name=LEARNER_CREDIT.name).order_by(
        "currency"
    )
    place = Place(LEARNER_CREDIT, learner_id)
    found = [Credit(await balance(place, each.currency), each.currency) for each in accounts]
    return [credit for credit in found if credit.amount_minor]
