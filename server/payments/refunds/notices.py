"""What learners are told about money that goes back. In the transaction of the change."""

from __future__ import annotations

from server.booking.models import Session
from server.notifications.service import notify
from server.payments.models import Payment, Refund


async def begun(payment: Payment, refund: Refund) -> None:
    """It is on its way; or, where it was paid by credit, it is credit again."""
    await _tell(payment, refund, "refund_begun")


async def arrived(payment: Payment, refund: Refund) -> None:
    """It took a while, and is there."""
    await _tell(payment, refund, "refund_arrived")


async def failed(payment: Payment, refund: Refund) -> None:
    """It could not be sent: we owe it."""
    await _tell(payment, refund, "refund_failed")


async def stray_failed(payment: Payment, amount_minor: int, *, key: str) -> None:
    """Money that paid nothing could not be sent back: we owe it."""
    await _notify(payment, "refund_failed", amount_minor, "", "/payments", key)


async def _tell(payment: Payment, refund: Refund, kind: str) -> None:
    path, key = f"/payments/{payment.public_id}", str(refund.public_id)
    await _notify(payment, kind, refund.amount_minor, refund.reason, path, key)


async def _notify(
    payment: Payment, kind: str, amount_minor: int, reason: str, path: str, key: str
) -> None:
    session = await Session.get(id=payment.session_id)
    about = {
        "title": session.title,
        "refund_minor": amount_minor,
        "currency": payment.currency,
        "credit": payment.method == "credit",
        "reason": reason,
    }
    await notify(payment.learner_id, kind, about, path=path, dedupe_key=key)
