"""The platform makes up for something at its own cost: the learner's credit, while the mentor is paid."""

from __future__ import annotations

from server.payments.ledger import postings
from server.payments.ledger.posting import post
from server.payments.locking import subject_of
from server.payments.models import Payment


async def give_credit(payment: Payment, amount_minor: int, *, key: str) -> bool:
    """Once for each `key`; in the caller's transaction. False where it was given before."""
    if not amount_minor:
        return False
    posting = postings.goodwill(amount_minor, payment.learner_id)
    return await post(posting, payment.currency, key=key, subject=subject_of(payment.id))
