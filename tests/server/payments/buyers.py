"""Learners who pay for seats, for the tests of payments: sold sessions, held seats, and cards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import pytest

from config.settings import Settings
from server.booking import service as booking
from server.booking.models import Booking, Session
from server.edge.access import Viewer
from server.payments.books.invariants import broken
from server.payments.checkout.beginning import begin_payment
from server.payments.checkout.syncing import sync_payment
from server.payments.models import Payment
from tests.server.booking.makers import mentor, person, published
from tests.server.payments.provider import Provider

PRICE = 4999


@pytest.fixture
async def true_books(database: Settings) -> AsyncIterator[None]:
    """After the test everything in the books is as it must be."""
    yield
    assert await broken() == []


async def sold(
    starts_at: datetime | None = None, *, by: str = "mira", price_minor: int = PRICE, **values: object
) -> UUID:
    """A published session with a price, by a mentor of its own."""
    wanted = {"price_minor": price_minor, "currency": "EUR", **values}
    return await published(await mentor(by), starts_at, **wanted)


async def hold(session_id: UUID, learner: Viewer) -> Booking:
    booked = await booking.book_session(session_id, learner)
    return await Booking.get(public_id=booked.booking_id)


async def begun(session_id: UUID, learner: Viewer) -> Payment:
    """A held seat, and its payment with an intent."""
    return await begin_payment((await hold(session_id, learner)).public_id, learner)


async def card(provider: Provider, payment: Payment, name: str = "visa") -> None:
    """The learner's browser confirms the intent with a card."""
    path = f"v1/payment_intents/{payment.provider_id}/confirm"
    await provider.call(path, payment_method=f"pm_card_{name}")


async def paid(provider: Provider, session_id: UUID, learner: str = "lea") -> Payment:
    """Somebody new books and pays."""
    payment = await begun(session_id, await person(learner))
    await card(provider, payment)
    await sync_payment(payment.id)
    return await Payment.get(id=payment.id)


async def seat_of(payment: Payment) -> tuple[str, int]:
    """The state of the booking that is paid, and how many seats of its session are taken."""
    session = await Session.get(id=payment.session_id)
    return (await Booking.get(id=payment.booking_id)).status, session.seats_taken
