"""Somebody gives money back: the mentor of the lesson, or the staff. Who may, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from server.booking.cards import session_path
from server.booking.values import Person
from server.edge.access import Viewer
from server.edge.permissions import Permission
from server.infra import audit
from server.infra.db import transactional
from server.infra.errors import Conflict, NotFound
from server.payments.disputes.open import disputed
from server.payments.locking import left_of, locked_payment
from server.payments.models import Payment, Refund
from server.payments.refunds.deciding import decide
from server.payments.states import PAID
from server.people.privacy import columns, shown

NO_PAYMENT = "There is no such payment."
WITH_THE_BANK = "The learner’s bank has this payment until it decides about it. Please wait for that."


@dataclass(frozen=True, slots=True, kw_only=True)
class Refundable:
    """A payment as somebody sees it who may give it back. `own`: of a lesson of theirs. `mentor_minor` is
    what of everything that is left is the mentor's, where it was released to them."""

    id: UUID
    booking_id: UUID
    session_url: str
    title: str
    starts_at: datetime
    ends_at: datetime
    learner: Person
    learner_id: UUID
    amount_minor: int
    currency: str
    refunded_minor: int
    left_minor: int
    paid: bool
    disputed: bool
    released: bool
    own: bool


READ = (
    "id",
    "public_id",
    "booking__public_id",
    "session_id",
    "session__title",
    "session__starts_at",
    "session__ends_at",
    "mentor_id",
    "learner__public_id",
    "amount_minor",
    "currency",
    "refunded_minor",
    "lost_minor",
    "status",
    "released_at",
)


async def refundable(booking_id: UUID, viewer: Viewer) -> Refundable:
    """The payment of a booking. Raises NotFound, also for who may not give it back."""
    rows = Payment.filter(booking__public_id=booking_id)
    found = await rows.values(*READ, *columns("learner__"))
    if not found or not _may(found[0]["mentor_id"], viewer):
        raise NotFound(message=NO_PAYMENT)
    return await _shown(found[0], viewer)


async def _shown(row: dict[str, Any], viewer: Viewer) -> Refundable:
    face = shown(row, viewer.user_id, "learner__")
    return Refundable(
        id=row["public_id"],
        booking_id=row["booking__public_id"],
        session_url=session_path(row["session_id"]),
        title=row["session__title"],
        starts_at=row["session__starts_at"],
        ends_at=row["session__ends_at"],
        learner_id=row["learner__public_id"],
        learner=Person(row["learner__username"], face.name, face.picture_url or ""),
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        refunded_minor=row["refunded_minor"],
        left_minor=row["amount_minor"] - row["refunded_minor"] - row["lost_minor"],
        paid=row["status"] in PAID,
        disputed=await disputed(row["id"]),
        released=row["released_at"] is not None,
        own=row["mentor_id"] == viewer.user_id,
    )


@transactional
async def ask_refund(
    payment_id: UUID,
    viewer: Viewer,
    amount_minor: int | None,
    reason: str,
    *,
    once: UUID | None = None,
) -> Refund:
    """Give an amount of a payment back, or everything that is left of it; with the same `once`, once.

    Raises NotFound, Conflict (wrong_state, disputed, refund_too_much)."""
    payment = await locked_payment(await require_right(payment_id, viewer))
    cause = f"asked:{payment.id}:{once or uuid4()}"
    before = await Refund.get_or_none(cause=cause)
    if before is not None:
        return before
    if await disputed(payment.id):
        raise Conflict("disputed", WITH_THE_BANK)
    amount = left_of(payment) if amount_minor is None else amount_minor
    if amount == 0:
        raise Conflict("refund_too_much", "Nothing is left of this payment that could be given back.")
    refund = await decide(payment, amount, cause=cause, reason=reason, actor_id=viewer.user_id)
    assert refund is not None
    if payment.mentor_id != viewer.user_id:
        await _keep_for_audit(viewer, payment, refund)
    return refund


async def require_right(payment_id: UUID, viewer: Viewer) -> int:
    """The row of a payment that this person may give back. Raises NotFound."""
    known = await Payment.get_or_none(public_id=payment_id)
    if known is None or not _may(known.mentor_id, viewer):
        raise NotFound(message=NO_PAYMENT)
    return int(known.id)


async def _keep_for_audit(viewer: Viewer, payment: Payment, refund: Refund) -> None:
    about = {"refund": str(refund.public_id), "amount_minor": refund.amount_minor}
    await audit.record(
        viewer.user_id,
        "payment.refunded",
        "payment",
        payment.public_id,
        detail={**about, "currency": payment.currency},
        reason=refund.reason,
    )


def _may(mentor_id: int, viewer: Viewer) -> bool:
    return viewer.user_id == mentor_id or viewer.may(Permission.MONEY_REFUND)
