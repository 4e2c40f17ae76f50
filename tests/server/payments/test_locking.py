"""Two who hold the session and the payment in turn: neither waits for the other for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from server.booking.visibility import session_to_change
from server.infra.clock import ManualClock
from server.infra.db import transactional
from server.payments.locking import locked_payment
from server.payments.models import Payment
from tests.databases import ON_POSTGRES
from tests.server.booking.makers import payments
from tests.server.payments.provider import Provider
from tests.server.payments.stories import Seat, paid_seat

pytestmark = [pytest.mark.usefixtures("database", "taking_payments"), ON_POSTGRES]


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def test_who_changes_a_payment_twice_does_not_wait_for_the_session(
    provider: Provider, moved_clock: ManualClock
) -> None:
    """PostgreSQL looks at the rows that a row names where it is changed again in one transaction. A
    session locked with its key made that wait for somebody who waited for the payment."""
    seat = await paid_seat(provider, moved_clock)
    session_held, payment_held = asyncio.Event(), asyncio.Event()

    @transactional
    async def of_the_session() -> None:
        await session_to_change((await seat.payment()).session_id)
        session_held.set()
        await payment_held.wait()
        await locked_payment(seat.payment_id)

    @transactional
    async def of_the_payment() -> None:
        await locked_payment(seat.payment_id)
        await change(seat, 1)
        payment_held.set()
        await session_held.wait()
        await change(seat, 2)

    await asyncio.wait_for(asyncio.gather(of_the_session(), of_the_payment()), 20)
    assert (await seat.payment()).refunded_minor == 2


async def change(seat: Seat, refunded_minor: int) -> None:
    await Payment.filter(id=seat.payment_id).update(refunded_minor=refunded_minor)
