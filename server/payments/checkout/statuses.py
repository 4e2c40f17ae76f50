"""What booking asks about the payments of its bookings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from server.booking.paying import Papers
from server.payments.models import Payment
from server.payments.receipts.content import receipt_name


def pay_path(booking_id: UUID) -> str:
    """The page on which a held booking is paid."""
    return f"/bookings/{booking_id}/pay"


async def papers_of(booking_id: UUID) -> Papers | None:
    """The page of its payment, and its receipt: one query."""
    found = Payment.filter(booking__public_id=booking_id)
    payment = await found.only("id", "public_id", "receipt_number").first()
    if payment is None:
        return None
    number = payment.receipt_number
    return Papers(
        payment_url=f"/payments/{payment.public_id}",
        receipt=receipt_name(number) if number else "",
        receipt_url=f"/api/v1/payments/{payment.public_id}/receipt" if number else "",
    )


async def payment_statuses(booking_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Of those bookings (public ids) that have a payment: one query."""
    found = Payment.filter(booking__public_id__in=list(booking_ids))
    rows = await found.values_list("booking__public_id", "status")
    return {UUID(str(booking_id)): str(status) for booking_id, status in rows}
