"""What both sides see of a seat after its lesson: who was there when, the verdict, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.booking.models import Booking, Session
from server.edge.access import Viewer
from server.infra.errors import Conflict, NotFound
from server.payments.models import Payment
from server.payments.release.rule import SETTLED
from server.payments.shares import kept_shares
from server.payments.states import PAID
from server.people.privacy import visible
from server.settlement.bars import Bars, bars_of
from server.settlement.models import Issue, Verdict
from server.settlement.opening import NO_BOOKING, OVER, objection, side_of
from server.settlement.rule import NO_SHOW
from server.settlement.states import IssueStatus, Side
from server.settlement.telling import figures


@dataclass(frozen=True, slots=True)
class IssueSeen:
    """An issue as those see it whom it concerns. `own`: the reader raised it."""

    id: UUID
    side: str
    category: str
    text: str
    own: bool
    status: str
    opened_at: datetime
    due_at: datetime
    resolution: str
    refund_minor: int
    credit_minor: int
    answer: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """One seat; it is not `measured` where the lesson was before we did. `verdict` are the figures of
    `telling.figures`, None until it is settled; `paid_minor` is the price, `mentor_minor` what the mentor
    has of it in the end, `back_minor` all that goes back."""

    booking_id: UUID
    side: str
    session_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    over: bool
    measured: bool
    learner: str
    mentor: str
    currency: str
    paid_minor: int
    back_minor: int
    mentor_minor: int
    released_at: datetime | None
    held: bool
    verdict: dict[str, Any] | None
    rule: str
    decided_at: datetime | None
    bars: Bars | None
    issues: Sequence[IssueSeen]
    until: datetime
    refusal: Conflict | None

    @property
    def url(self) -> str:
        return f"/bookings/{self.booking_id}"

    @property
    def open_issue(self) -> IssueSeen | None:
        return next((one for one in self.issues if one.status == IssueStatus.OPEN), None)


async def attendance(booking_id: UUID, viewer: Viewer) -> Attendance:
    """Of a seat that is the reader's, or in a lesson of theirs. Raises NotFound."""
    booking = await Booking.get_or_none(public_id=booking_id)
    if booking is None:
        raise NotFound(message=NO_BOOKING)
    session = await Session.get(id=booking.session_id)
    side = side_of(booking, session, viewer)
    return await described(booking, session, side, viewer.user_id, await money_of(booking))


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided of a seat, and what was paid for it."""

    verdict: Verdict | None
    payment: Payment | None


async def money_of(booking: Booking) -> Settled:
    return Settled(
        await Verdict.get_or_none(booking_id=booking.id),
        await Payment.get_or_none(booking_id=booking.id, status__in=PAID),
    )


async def described(
    booking: Booking, session: Session, side: Side, reader_id: int, settled: Settled
) -> Attendance:
    verdict = settled.verdict
    faces = await visible(reader_id, {booking.learner_id, session.mentor_id})
    found = await objection(booking, session, reader_id)
    issues = await Issue.filter(booking_id=booking.id).order_by("id")
    return Attendance(
        booking_id=booking.public_id,
        side=side,
        session_id=session.id,
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        over=session.status in OVER,
        measured=verdict is not None or booking.status not in SETTLED,
        learner=faces[booking.learner_id].name,
        mentor=faces[session.mentor_id].name,
        currency=booking.currency,
        **_money(booking, settled.payment),
        verdict=figures(verdict) if verdict else None,
        rule=verdict.rule if verdict else "",
        decided_at=verdict.decided_at if verdict else None,
        bars=bars_of(verdict.evidence, NO_SHOW) if verdict else None,
        issues=[_issue(each, reader_id) for each in issues],
        until=found.until,
        refusal=found.refusal,
    )


def _money(booking: Booking, payment: Payment | None) -> dict[str, Any]:
    if payment is None:
        nothing = dict.fromkeys(("paid_minor", "back_minor", "mentor_minor"), 0)
        return {**nothing, "released_at": None, "held": False}
    back = max(payment.refunded_minor, booking.refund_minor or 0)
    gone = min(payment.amount_minor, back + payment.lost_minor)
    return {
        "paid_minor": payment.amount_minor,
        "back_minor": back,
        "mentor_minor": kept_shares(payment.amount_minor, payment.commission_minor, gone).mentor,
        "released_at": payment.released_at,
        "held": bool(payment.held_for),
    }


def _issue(row: Issue, reader_id: int) -> IssueSeen:
    return IssueSeen(
        id=row.public_id,
        side=row.side,
        category=row.category,
        text=row.text,
        own=row.opener_id == reader_id,
        status=row.status,
        opened_at=row.opened_at,
        due_at=row.due_at,
        resolution=row.resolution,
        refund_minor=row.refund_minor,
        credit_minor=row.credit_minor,
        answer=row.answer,
        decided_at=row.decided_at,
    )
