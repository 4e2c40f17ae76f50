"""All payments, the newest first: found by people, lesson, state, days, or an id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.payments.models import Payment
from server.payments.states import PAID, UNPAID, DisputeStatus, PaymentStatus

State = Literal["", "paid", "refunded", "disputed", "unreleased", "open", "cancelled"]
STATES: tuple[State, ...] = ("", "paid", "refunded", "disputed", "unreleased", "open", "cancelled")
PROVIDERS = ("pi_", "ch_", "re_", "dp_", "tr_")
RECEIPT = re.compile(r"R-(\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`since` and `until` are instants, the last not included."""

    q: str = ""
    state: State = ""
    since: datetime | None = None
    until: datetime | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    id: UUID
    at: datetime
    title: str
    learner: str
    learner_username: str
    mentor: str
    mentor_username: str
    status: str
    method: str
    amount_minor: int
    refunded_minor: int
    fee_minor: int | None
    commission_minor: int
    currency: str
    provider_id: str | None
    receipt_number: int | None
    succeeded_at: datetime | None
    released_at: datetime | None


SHOWN = (
    "public_id",
    "created_at",
    "session__title",
    "learner__name",
    "learner__username",
    "mentor__name",
    "mentor__username",
    "status",
    "method",
    "amount_minor",
    "refunded_minor",
    "provider_fee_minor",
    "commission_minor",
    "currency",
    "provider_id",
    "receipt_number",
    "succeeded_at",
    "released_at",
)


async def payments(wanted: Wanted, offset: int, limit: int) -> tuple[list[PaymentRow], int]:
    """A part of what matches, and how much there is in all: two queries."""
    found = _matching(wanted)
    rows = await found.order_by("-created_at", "-id").offset(offset).limit(limit).values(*SHOWN)
    return [_row(row) for row in rows], await found.count()


def _matching(wanted: Wanted) -> QuerySet[Payment]:
    found = Payment.filter(_state(wanted.state), _named(wanted.q))
    if wanted.currency:
        found = found.filter(currency=wanted.currency)
    if wanted.since:
        found = found.filter(created_at__gte=wanted.since)
    if wanted.until:
        found = found.filter(created_at__lt=wanted.until)
    return found


def _state(state: State) -> Q:
    if state == "disputed":
        return Q(disputes__status=DisputeStatus.OPEN)
    ways: dict[State, dict[str, Any]] = {
        "": {},
        "paid": {"status__in": PAID},
        "refunded": {"refunded_minor__gt": 0},
        "unreleased": {"status__in": PAID, "released_at__isnull": True},
        "open": {"status__in": UNPAID},
        "cancelled": {"status": PaymentStatus.CANCELLED},
    }
    return Q(**ways[state])


def _named(q: str) -> Q:
    """What looks like an id is one."""
    if not q:
        return Q()
    if q.startswith(PROVIDERS):
        ways = ("provider_id", "charge_id", "refunds__provider_id", "disputes__provider_id")
        return Q(*(Q(**{way: q}) for way in (*ways, "transfers__provider_id")), join_type="OR")
    if receipt := RECEIPT.fullmatch(q):
        return Q(receipt_number=int(receipt[1]))
    try:
        number = UUID(q)
    except ValueError:
        return _by_words(q)
    return Q(Q(public_id=number), Q(session_id=number), Q(booking__public_id=number), join_type="OR")


def _by_words(q: str) -> Q:
    ways = ("learner__username", "learner__name", "mentor__username", "mentor__name", "session__title")
    return Q(*(Q(**{f"{way}__icontains": q}) for way in ways), join_type="OR")


def _row(row: dict[str, Any]) -> PaymentRow:
    return PaymentRow(
        id=row["public_id"],
        at=row["created_at"],
        title=row["session__title"],
        learner=row["learner__name"] or row["learner__username"],
        learner_username=row["learner__username"],
        mentor=row["mentor__name"] or row["mentor__username"],
        mentor_username=row["mentor__username"],
        fee_minor=row["provider_fee_minor"],
        **{name: row[name] for name in SHOWN if name in PaymentRow.__slots__},
    )
