"""Whether priced seats can be paid here, and where. The payments themselves are a feature above."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from server.edge.amounts import amount_text, settlement_currency


@dataclass(frozen=True, slots=True)
class Papers:
    """Where its learner reads about the money of a booking; the receipt is empty until it is paid."""

    payment_url: str
    receipt: str = ""
    receipt_url: str = ""


async def no_papers(booking_id: UUID) -> Papers | None:
    """Nothing was ever paid here."""
    return None


@dataclass(frozen=True, slots=True)
class Payments:
    """What takes payments. `page` gives the address at which a held booking (public id) is paid,
    `statuses` how far the payments of bookings are, of those that have one, `papers` what there is to
    read about one booking's; less than `least_minor` can't be paid."""

    page: Callable[[UUID], str]
    statuses: Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, str]]]
    least_minor: int = 0
    papers: Callable[[UUID], Awaitable[Papers | None]] = no_papers


_payments: Payments | None = None


def use_payments(payments: Payments | None) -> None:
    """Called once at the start of each process; None: nothing priced is published or booked."""
    global _payments
    _payments = payments


def taking_payments() -> bool:
    return _payments is not None


def price_problem(price_minor: int, currency: str) -> str:
    """Why nothing can be sold at this price, or nothing."""
    if not price_minor:
        return ""
    if _payments is None:
        return "Paid sessions are not open yet. Set the price to 0 to publish."
    if currency != settlement_currency():
        return f"Prices here are in {settlement_currency()}."
    least = _payments.least_minor
    return (
        f"The lowest price that can be paid is {amount_text(least, currency)}."
        if price_minor < least
        else ""
    )


def payment_page(booking_id: UUID) -> str | None:
    """Where a held booking is paid; None while nothing can be paid."""
    return _payments.page(booking_id) if _payments else None


async def payment_statuses(booking_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Of those that have a payment: one query, or none."""
    return await _payments.statuses(booking_ids) if _payments and booking_ids else {}


async def papers_of(booking_id: UUID) -> Papers | None:
    """None where no payment was begun for it. One query, or none."""
    return await _payments.papers(booking_id) if _payments else None


@contextmanager
def paid_by(payments: Payments | None) -> Iterator[None]:
    """Run the block with other payments."""
    before = _payments
    use_payments(payments)
    try:
        yield
    finally:
        use_payments(before)
