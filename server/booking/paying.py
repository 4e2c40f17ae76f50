"""Whether priced seats can be paid here, and where. The payments themselves are a feature above."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Payments:
    """What takes payments. `page` gives the address at which a held booking (public id) is paid,
    `statuses` how far the payments of bookings are, of those that have one."""

    page: Callable[[UUID], str]
    statuses: Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, str]]]


_payments: Payments | None = None


def use_payments(payments: Payments | None) -> None:
    """Called once at the start of each process; None: nothing priced is published or booked."""
    global _payments
    _payments = payments


def taking_payments() -> bool:
    return _payments is not None


def payment_page(booking_id: UUID) -> str | None:
    """Where a held booking is paid; None while nothing can be paid."""
    return _payments.page(booking_id) if _payments else None


async def payment_statuses(booking_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Of those that have a payment: one query, or none."""
    return await _payments.statuses(booking_ids) if _payments and booking_ids else {}


@contextmanager
def paid_by(payments: Payments | None) -> Iterator[None]:
    """Run the block with other payments."""
    before = _payments
    use_payments(payments)
    try:
        yield
    finally:
        use_payments(before)
