"""A payment is held while somebody objects: then it is neither released nor paid out."""

from __future__ import annotations

from server.payments.models import Payment


async def hold(payment: Payment, cause: str) -> None:
    """`cause` names what it waits for ("issue:…"). In the caller's transaction, which holds the payment
    and knows that it was not released."""
    await _set(payment, cause)


async def let_go(payment: Payment) -> None:
    """It waits for nothing more; the sweep releases it when its time has come."""
    await _set(payment, "")


async def _set(payment: Payment, cause: str) -> None:
    await Payment.filter(id=payment.id).update(held_for=cause)
    payment.held_for = cause
