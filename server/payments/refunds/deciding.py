"""A refund is decided: counted, booked, and sent on its way, in the transaction of what it is for."""

from __future__ import annotations

from uuid import uuid4

from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition
from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.locking import left_of, locked_payment, subject_of
from server.payments.models import Payment, Refund
from server.payments.payouts.recouping import take_back
from server.payments.refunds import notices
from server.payments.refunds.moving import move, settle_status
from server.payments.refunds.whole import tell_the_room
from server.payments.shares import Shares, refund_shares
from server.payments.states import PAID, RefundStatus

SEND = "payments.refund"
ON_CREDIT = "credit"  # a payment by what we owed the learner


@transactional
async def decide(
    payment: Payment, amount_minor: int, *, cause: str, reason: str, actor_id: int | None
) -> Refund | None:
    """Give a part of a payment back, once for each `cause`: the row of before where that was decided.
    None for an amount of nothing. `actor_id` is None where the platform itself acts.

    In the caller's transaction. Raises Conflict (wrong_state, refund_too_much)."""
    held = await locked_payment(payment.id)
    before = await Refund.get_or_none(cause=cause)
    if before is not None or amount_minor == 0:
        return before
    _check(held, amount_minor)
    refund = await begin(held, amount_minor, cause=cause, reason=reason, actor_id=actor_id)
    payment.refunded_minor = held.refunded_minor
    if held.method == ON_CREDIT:
        await _credit(held, refund)
    else:
        await enqueue(SEND, {"refund_id": refund.id})
    await notices.begun(held, refund)
    return refund


async def begin(
    payment: Payment,
    amount_minor: int,
    *,
    cause: str,
    reason: str,
    actor_id: int | None,
    excess_minor: int = 0,
) -> Refund:
    """Written, counted and booked; after the release the mentor gives back their share of it. The
    `excess_minor` of it had been counted as lost to the learner's bank. The caller holds the payment."""
    refund = await _write(payment, amount_minor, excess_minor, cause, reason, actor_id)
    payment.refunded_minor += amount_minor
    payment.lost_minor -= excess_minor
    counted = {"refunded_minor": payment.refunded_minor, "lost_minor": payment.lost_minor}
    await Payment.filter(id=payment.id).update(**counted)
    await _book(payment, refund, excess_minor)
    if refund.late:
        await take_back(refund)
    await tell_the_room(payment)
    return refund


def _check(payment: Payment, amount_minor: int) -> None:
    """Raises Conflict (wrong_state, refund_too_much)."""
    if payment.status not in PAID:
        raise Conflict("wrong_state", "This is not paid, so nothing can be given back.")
    if not 0 < amount_minor <= left_of(payment):
        raise Conflict("refund_too_much", "That is more than what is left of this payment.")


async def _write(
    payment: Payment, amount_minor: int, excess_minor: int, cause: str, reason: str, actor_id: int | None
) -> Refund:
    late = payment.released_at is not None
    shares = _late_shares(payment, amount_minor - excess_minor) if late else Shares(0, 0)
    number = uuid4()
    refund = await Refund.create(
        public_id=number,
        payment_id=payment.id,
        cause=cause,
        amount_minor=amount_minor,
        late=late,
        mentor_minor=shares.mentor,
        platform_minor=shares.platform,
        reason=reason[:300],
        actor_id=actor_id,
        provider_key=f"refund:{number}",
        created_at=now(),
    )
    await record_transition("refund", refund.id, "", refund.status, actor_id, reason[:300])
    return refund


def _late_shares(payment: Payment, amount_minor: int) -> Shares:
    gone = payment.refunded_minor + payment.lost_minor
    return refund_shares(payment.amount_minor, payment.commission_minor, gone, amount_minor)


async def _book(payment: Payment, refund: Refund, excess_minor: int) -> None:
    posting = postings.refund_begun(refund.amount_minor - excess_minor, excess_minor)
    if refund.late:
        shares = Shares(refund.mentor_minor, refund.platform_minor)
        posting = postings.late_refund_begun(shares, payment.mentor_id, excess_minor)
    key, subject = f"refund:{refund.id}:begun", subject_of(payment.id)
    await post(posting, payment.currency, key=key, subject=subject)


async def _credit(payment: Payment, refund: Refund) -> None:
    """What was paid by credit is credit again: nobody need be asked."""
    key, subject = f"refund:{refund.id}:arrived", subject_of(payment.id)
    posting = postings.refund_credited(refund.amount_minor, payment.learner_id)
    await post(posting, payment.currency, key=key, subject=subject)
    await move(refund, RefundStatus.SUCCEEDED, settled_at=now())
    await settle_status(payment)
