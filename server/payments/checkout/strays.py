"""Money that came and pays nothing that is open: another amount than was asked for, a second intent of
one payment, or a card that was charged while the seat was paid by credit. It goes back whole."""

from __future__ import annotations

from typing import Any

import structlog

from server.infra.db import transactional
from server.infra.outbox import enqueue
from server.payments.checkout.moving import move_payment
from server.payments.gateway.answers import Charge, GatewayRefused, Intent
from server.payments.gateway.current import gateway
from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.ledger.postings import Posting
from server.payments.locking import subject_of
from server.payments.models import Payment
from server.payments.states import PaymentStatus

RETURN = "payments.return_stray"
FAILED = ("failed", "canceled")

log = structlog.get_logger()


async def give_back(payment: Payment, seen: Intent, charge: Charge | None, why: str) -> str:
    """Once for each intent, in the caller's transaction. The payment that it was for stays unpaid."""
    if not await _book(payment.id, seen.id, seen.currency, "paid", postings.paid(seen.received_minor)):
        return "given back already"
    log.error("money came that pays nothing", payment=payment.id, intent=seen.id, why=why)
    await _book(payment.id, seen.id, seen.currency, "begun", postings.refund_begun(seen.received_minor))
    if charge is not None and charge.fee_minor is not None:
        await _book(payment.id, seen.id, seen.currency, "fee", postings.charged_fee(charge.fee_minor))
    if seen.id == payment.provider_id:
        await move_payment(payment, PaymentStatus.CANCELLED, reason=why, failure=why)
    about = {"payment_id": payment.id, "intent_id": seen.id}
    await enqueue(RETURN, {**about, "amount_minor": seen.received_minor, "currency": seen.currency})
    return f"{why}: given back"


async def send_back(payload: dict[str, Any]) -> None:
    """Ask the provider, and book what it says. Raises GatewayDown."""
    intent_id, amount = str(payload["intent_id"]), int(payload["amount_minor"])
    try:
        key, about = f"stray:{intent_id}", {"stray": intent_id}
        status = (await gateway().refund(intent_id, amount, key=key, metadata=about)).status
    except GatewayRefused as refused:
        status = "succeeded" if refused.code == "charge_already_refunded" else "failed"
    await _settle(int(payload["payment_id"]), intent_id, amount, str(payload["currency"]), status)


@transactional
async def _settle(payment_id: int, intent_id: str, amount: int, currency: str, status: str) -> None:
    payment = await Payment.get(id=payment_id)
    if status in FAILED:
        posting = postings.refund_failed(amount, payment.learner_id)
    else:
        posting = postings.refund_arrived(amount)
    await _book(payment_id, intent_id, currency, "settled", posting)


async def _book(payment_id: int, intent_id: str, currency: str, what: str, posting: Posting) -> bool:
    key = f"stray:{intent_id}:{what}"
    return await post(posting, currency, key=key, subject=subject_of(payment_id))
