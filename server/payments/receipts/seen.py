"""One payment as the people it concerns see it: its learner, and the mentor of its lesson."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from server.booking.cards import session_path
from server.booking.values import Person
from server.edge.access import Viewer
from server.infra.errors import NotFound
from server.payments.models import Dispute, Payment, Refund
from server.payments.refunds.undoing import UNDONE
from server.payments.shares import kept_shares
from server.payments.states import PAID, UNPAID, RefundStatus
from server.people.privacy import columns, shown

NO_PAYMENT = "There is no such payment."


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """A part that goes back. `as_credit`: it did not arrive, and is owed to the learner."""

    id: UUID
    amount_minor: int
    status: str
    reason: str
    created_at: datetime
    settled_at: datetime | None

    @property
    def as_credit(self) -> bool:
        return self.status == RefundStatus.FAILED


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened: `what` is a word of `partials/payments.html`."""

    at: datetime
    what: str
    amount_minor: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSeen:
    """Amounts are minor units. `client_secret` and `card` are the learner's alone; `mentor_minor` is what
    of it is the mentor's, which they alone see."""

    id: UUID
    provider_id: str | None
    client_secret: str | None
    amount_minor: int
    currency: str
    status: str
    method: str
    card: str
    failure: str
    refunded_minor: int
    lost_minor: int
    commission_minor: int | None
    mentor_minor: int | None
    created_at: datetime
    succeeded_at: datetime | None
    released_at: datetime | None
    receipt_number: int | None
    booking_id: UUID
    session_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    mentor: Person
    learner: Person
    own: bool
    refunds: tuple[RefundSeen, ...]
    steps: tuple[Step, ...]

    @property
    def session_url(self) -> str:
        return session_path(self.session_id)

    @property
    def left_minor(self) -> int:
        """What was neither given back nor taken back."""
        return self.amount_minor - self.refunded_minor - self.lost_minor

    @property
    def paid(self) -> bool:
        return self.status in PAID

    @property
    def open(self) -> bool:
        return self.status in UNPAID


async def payment_seen(payment_id: UUID, viewer: Viewer) -> PaymentSeen:
    """By its public id: three queries. Raises NotFound, also for what concerns others."""
    found = await _payments([("public_id", payment_id)], viewer.user_id)
    if not found:
        raise NotFound(message=NO_PAYMENT)
    return found[0]


async def payments_seen(viewer: Viewer, offset: int, limit: int) -> tuple[list[PaymentSeen], int]:
    """What this person pays or paid, the newest first, and how many there are."""
    own = Payment.filter(learner_id=viewer.user_id)
    numbers = (
        await own.order_by("-created_at", "-id").offset(offset).limit(limit).values_list("id", flat=True)
    )
    found = await _payments([("id__in", list(numbers))], viewer.user_id)
    return sorted(found, key=lambda one: one.created_at, reverse=True), await own.count()


OWN = (
    "id",
    "public_id",
    "provider_id",
    "client_secret",
    "amount_minor",
    "currency",
    "status",
    "method",
    "card",
    "failure",
    "refunded_minor",
    "lost_minor",
    "commission_minor",
    "created_at",
    "succeeded_at",
    "released_at",
    "receipt_number",
    "learner_id",
    "mentor_id",
    "session_id",
    "booking__public_id",
    "session__title",
    "session__starts_at",
    "session__ends_at",
)


async def _payments(which: list[tuple[str, Any]], viewer_id: int) -> list[PaymentSeen]:
    """Those of a query that concern this person, with their refunds and disputes."""
    asked = Payment.filter(**dict(which))
    rows = await asked.values(*OWN, *columns("mentor__"), *columns("learner__"))
    rows = [row for row in rows if viewer_id in (row["learner_id"], row["mentor_id"])]
    numbers = [row["id"] for row in rows]
    told = Refund.filter(payment_id__in=numbers).exclude(cause__startswith=UNDONE)
    refunds = await told.order_by("id") if numbers else []
    disputes = await Dispute.filter(payment_id__in=numbers).order_by("id") if numbers else []
    return [
        _seen(
            row,
            [refund for refund in refunds if refund.payment_id == row["id"]],
            [dispute for dispute in disputes if dispute.payment_id == row["id"]],
            viewer_id,
        )
        for row in rows
    ]


def _seen(
    row: dict[str, Any], refunds: list[Refund], disputes: list[Dispute], viewer_id: int
) -> PaymentSeen:
    own = row["learner_id"] == viewer_id
    gone = row["refunded_minor"] + row["lost_minor"]
    kept = kept_shares(row["amount_minor"], row["commission_minor"], gone)
    seen = PaymentSeen(
        **{name: row[name] for name in OWN if name in PLAIN},
        id=row["public_id"],
        client_secret=(row["client_secret"] or None) if own and row["status"] in UNPAID else None,
        provider_id=row["provider_id"],
        card=row["card"] if own else "",
        failure=row["failure"] if own else "",
        receipt_number=row["receipt_number"] if own else None,
        commission_minor=None if own else kept.platform,
        mentor_minor=None if own else kept.mentor,
        booking_id=row["booking__public_id"],
        title=row["session__title"],
        starts_at=row["session__starts_at"],
        ends_at=row["session__ends_at"],
        mentor=_person(row, viewer_id, "mentor__"),
        learner=_person(row, viewer_id, "learner__"),
        own=own,
        refunds=tuple(_refund(refund) for refund in refunds),
        steps=(),
    )
    return replace(seen, steps=steps(seen, disputes))


PLAIN = {
    "amount_minor",
    "currency",
    "status",
    "method",
    "refunded_minor",
    "lost_minor",
    "created_at",
    "succeeded_at",
    "released_at",
    "session_id",
}


def _person(row: dict[str, Any], viewer_id: int, way: str) -> Person:
    face = shown(row, viewer_id, way)
    return Person(row[f"{way}username"], face.name, face.picture_url or "")


def _refund(refund: Refund) -> RefundSeen:
    return RefundSeen(
        id=refund.public_id,
        amount_minor=refund.amount_minor,
        status=refund.status,
        reason=refund.reason,
        created_at=refund.created_at,
        settled_at=refund.settled_at,
    )


def steps(seen: PaymentSeen, disputes: list[Dispute]) -> tuple[Step, ...]:
    """What happened, the first of it first."""
    found = [Step(seen.created_at, "begun", seen.amount_minor)]
    if seen.succeeded_at:
        found.append(Step(seen.succeeded_at, "paid", seen.amount_minor))
    if seen.released_at:
        found.append(Step(seen.released_at, "released"))
    for refund in seen.refunds:
        found.append(Step(refund.created_at, "refund_begun", refund.amount_minor, refund.reason))
        if refund.settled_at:
            ended = "refund_credited" if refund.as_credit else "refund_arrived"
            found.append(Step(refund.settled_at, ended, refund.amount_minor))
    for dispute in disputes:
        found.append(Step(dispute.opened_at, "disputed", dispute.amount_minor))
        if dispute.closed_at:
            found.append(Step(dispute.closed_at, f"dispute_{dispute.status}", dispute.amount_minor))
    return tuple(sorted(found, key=lambda step: step.at))
