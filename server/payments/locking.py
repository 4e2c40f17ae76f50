"""The row of a payment, kept from others: what changes its money holds it first.

The order, for all: session, payment, accounts of the ledger."""

from __future__ import annotations

from server.payments.models import Payment


async def locked_payment(payment_id: int) -> Payment:
    """As it is now, and until the caller's transaction ends. On SQLite the transaction itself does that;
    there the lock clause is ignored. Its key is not meant: rows that name it are written beside it."""
    return await Payment.filter(id=payment_id).select_for_update(no_key=True).get()


def subject_of(payment_id: int) -> str:
    """What every transaction of the ledger about this payment is about."""
    return f"payment:{payment_id}"


def payment_of(subject: str) -> int | None:
    """The number of the payment that a transaction of the ledger is about."""
    kind, _, number = subject.partition(":")
    return int(number) if kind == "payment" and number.isdigit() else None


def left_of(payment: Payment) -> int:
    """What was neither given back nor lost."""
    return int(payment.amount_minor - payment.refunded_minor - payment.lost_minor)
