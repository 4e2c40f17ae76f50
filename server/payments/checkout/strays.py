"""Money that came and pays nothing that is open: another amount than was asked for, a second intent of
one payment, or a card that was charged while the seat was paid by credit. It goes back whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from server.infra.db import transactional
from server.infra.outbox import enqueue
from server.payments.checkout.moving import move_payment
from server.payments.gateway.answers import Charge, GatewayRefused, Intent, RefundSeen
from server.payments.gateway.current import gateway
from server.payments.ledger import postings
from server.payments.ledger.models import LedgerEntry, LedgerTransaction
from server.payments.ledger.posting import post
from server.payments.ledger.postings import Posting
from server.payments.locking import payment_of, subject_of
from server.payments.models import Payment
from server.payments.refunds import notices
from server.payments.states import PaymentStatus

RETURN = "payments.return_stray"

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
    """Ask the provider for what of it was not given back before, by us or by hand. Raises GatewayDown."""
    intent_id, amount = str(payload["intent_id"]), int(payload["amount_minor"])
    if await LedgerTransaction.exists(key=f"stray:{intent_id}:settled"):
        return
    back = [seen async for seen in gateway().refunds_of(intent_id) if not seen.came_to_nothing]
    if rest := amount - sum(seen.amount_minor for seen in back):
        back += await _ask(intent_id, rest)
    await _settle(int(payload["payment_id"]), intent_id, amount, str(payload["currency"]), back)


async def _ask(intent_id: str, amount: int) -> list[RefundSeen]:
    """Nothing where it is refused."""
    key, about = f"stray:{intent_id}:{amount}", {"stray": intent_id}
    try:
        seen = await gateway().refund(intent_id, amount, key=key, metadata=about)
    except GatewayRefused as refused:
        log.error("stray money can't be sent back", intent=intent_id, why=str(refused))
        return []
    return [] if seen.came_to_nothing else [seen]


@transactional
async def _settle(
    payment_id: int, intent_id: str, amount: int, currency: str, back: Sequence[RefundSeen]
) -> None:
    """What is not on its way back we owe, as the learner's credit."""
    payment = await Payment.get(id=payment_id)
    owed = amount - sum(seen.amount_minor for seen in back)
    posting = postings.refund_failed(owed, payment.learner_id)
    if not await _book(payment_id, intent_id, currency, "settled", posting):
        return
    for seen in back:
        arrived = postings.refund_arrived(seen.amount_minor)
        await _book(payment_id, intent_id, currency, f"arrived:{seen.id}", arrived)
    if owed:
        await notices.stray_failed(payment, owed, key=intent_id)


@transactional
async def came_back(seen: RefundSeen) -> bool:
    """A bank may refuse it days later: it is with us again, and we owe it as the learner's credit. False
    where that is not so, or is known."""
    arrived = await LedgerTransaction.get_or_none(key=f"stray:{seen.intent_id}:arrived:{seen.id}")
    if arrived is None or not seen.came_to_nothing:
        return False
    payment = await Payment.get(id=payment_of(arrived.subject))
    entry = await LedgerEntry.get(transaction_id=arrived.id)
    posting = postings.refund_came_back(entry.amount_minor, payment.learner_id)
    what = f"came_back:{seen.id}"
    if not await _book(payment.id, seen.intent_id, entry.currency, what, posting):
        return False
    await notices.stray_failed(payment, entry.amount_minor, key=seen.id)
    return True


async def _book(payment_id: int, intent_id: str, currency: str, what: str, posting: Posting) -> bool:
    key = f"stray:{intent_id}:{what}"
    return await post(posting, currency, key=key, subject=subject_of(payment_id))
