"""Reading how far the payments of bookings are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from server.payments.models import Payment


def pay_path(booking_id: UUID) -> str:
    """The page on which a held booking is paid."""
    return f"/bookings/{booking_id}/pay"


async def payment_statuses(booking_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Of those bookings (public ids) that have a payment: one query."""
    found = Payment.filter(booking__public_id__in=list(booking_ids))
    rows = await found.values_list("booking__public_id", "status")
    return {UUID(str(booking_id)): str(status) for booking_id, status in rows}
