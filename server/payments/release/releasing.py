"""Escrow is released: each payment once, in a transaction of its own."""

from __future__ import annotations

import structlog
from tortoise.expressions import F

from server.booking.models import Booking, Session
from server.infra.clock import now
from server.infra.db import transactional
from server.payments.disputes.open import disputed
from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.locking import left_of, locked_payment, subject_of
from server.payments.models import Payment
from server.payments.release.rule import ISSUES, Facts, earned
from server.payments.shares import Shares
from server.payments.states import PAID

AT_ONCE = 200  # of one query of the sweep

log = structlog.get_logger()


async def release_due() -> int:
    """Everything that is earned by now; returns how many payments that were. One that fails does not
    hold up the others."""
    released, last = 0, 0
    while ids := await _ended(last):
        for payment_id in ids:
            try:
                released += await release(payment_id)
            except Exception:
                log.exception("a payment could not be released", payment=payment_id)
        last = ids[-1]
    return released


@transactional
async def release(payment_id: int) -> bool:
    """Give mentor and platform their shares, if they have earned them. True if it was done now."""
    payment = await locked_payment(payment_id)
    if payment.status not in PAID or payment.released_at is not None or not left_of(payment):
        return False
    shares = earned(await _facts(payment), now())
    if shares is None:
        return False
    await _release(payment, shares)
    return True


async def _release(payment: Payment, shares: Shares) -> None:
    await Payment.filter(id=payment.id).update(released_at=now())
    posting = postings.released(shares, payment.mentor_id)
    key, subject = f"payment:{payment.id}:released", subject_of(payment.id)
    await post(posting, payment.currency, key=key, subject=subject)


async def _facts(payment: Payment) -> Facts:
    """Bookings and sessions that are over change no more, so they are read without their locks."""
    booking = await Booking.get(id=payment.booking_id)
    session = await Session.get(id=payment.session_id)
    return Facts(
        booking_status=booking.status,
        session_status=session.status,
        planned_end=session.ends_at,
        ended_at=session.ended_at,
        disputed=await disputed(payment.id),
        held=bool(payment.held_for),
        amount_minor=payment.amount_minor,
        commission_minor=payment.commission_minor,
        left_minor=left_of(payment),
    )


async def _ended(after: int) -> list[int]:
    """Payments for lessons that should be over for so long, by their numbers."""
    paid = Payment.filter(
        id__gt=after,
        status__in=PAID,
        released_at__isnull=True,
        held_for="",
        amount_minor__gt=F("refunded_minor") + F("lost_minor"),
        session__ends_at__lte=now() - ISSUES,
    )
    ids = await paid.order_by("id").limit(AT_ONCE).values_list("id", flat=True)
    return [int(str(each)) for each in ids]
