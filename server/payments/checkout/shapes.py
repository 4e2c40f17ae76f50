"""Payments as the API shows them to who pays; the names are the contract's."""

from __future__ import annotations

from uuid import UUID

from typing_extensions import TypedDict

from server.booking.shapes import BookingShape
from server.payments.models import Payment


class PaymentShape(TypedDict):
    """A payment; `provider_id` and `client_secret` are what the provider's script asks for, null where
    it was paid without the provider. `failure` is why the last card was refused."""

    id: UUID
    provider_id: str | None
    client_secret: str | None
    amount_minor: int
    currency: str
    status: str
    failure: str


class BookedShape(TypedDict):
    """A booking, and what is to be paid for it."""

    booking: BookingShape
    payment: PaymentShape | None


def payment_shape(payment: Payment) -> PaymentShape:
    return {
        "id": payment.public_id,
        "provider_id": payment.provider_id,
        "client_secret": payment.client_secret or None,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "status": payment.status,
        "failure": payment.failure,
    }
