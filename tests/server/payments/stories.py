"""Paid seats for the tests of what becomes of their money: booked by services, paid at the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.booking import service as booking
from server.booking.models import Booking, Session
from server.booking.times import next_mark
from server.classroom.models import AttendanceInterval
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.payments.checkout.beginning import begin_payment
from server.payments.checkout.syncing import sync_payment
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import (
    ESCROW,
    LEARNER_CREDIT,
    MENTOR_AVAILABLE,
    Account,
)
from server.payments.ledger.postings import Place
from server.payments.models import Payment, Refund
from server.settlement.settling import settle
from tests.server.booking.makers import mentor, person, published
from tests.server.payments.provider import Provider

REFUND_FAILS, REFUND_WAITS = "pm_card_refundFail", "pm_card_pendingRefund"
PERSONAL = (MENTOR_AVAILABLE, LEARNER_CREDIT)


@dataclass(eq=False)
class Seat:
    """A seat that is paid, and everybody whom it concerns."""

    provider: Provider
    clock: ManualClock
    mentor: Viewer
    learner: Viewer
    session_id: UUID
    booking_id: int
    payment_id: int

    async def booking(self) -> Booking:
        return await Booking.get(id=self.booking_id)

    async def payment(self) -> Payment:
        return await Payment.get(id=self.payment_id)

    async def refund(self) -> Refund:
        """The latest."""
        found = await Refund.filter(payment_id=self.payment_id).order_by("-id").first()
        assert found is not None
        return found

    async def statuses(self) -> tuple[str, list[str]]:
        """Of the payment and of its refunds, the first one first."""
        refunds = await Refund.filter(payment_id=self.payment_id).order_by("id")
        return (await self.payment()).status, [refund.status for refund in refunds]

    async def on(self, account: Account) -> int:
        """What the books say of an account: of the mentor's or the learner's, where it is personal."""
        owner = None
        if account in PERSONAL:
            owner = self.mentor.user_id if account == MENTOR_AVAILABLE else self.learner.user_id
        return await balance(Place(account, owner), (await self.payment()).currency)

    async def escrow(self) -> int:
        return await self.on(ESCROW)

    async def begin(self) -> None:
        """The lesson begins at its time."""
        session = await Session.get(id=self.session_id)
        self.clock.set(session.starts_at)
        assert await booking.mark_live(self.session_id, self.mentor.user_id)

    async def take_place(self) -> None:
        """The lesson is held, with everybody there, ends at its planned end and is settled."""
        await self.begin()
        session = await Session.get(id=self.session_id)
        seats = await Booking.filter(session_id=session.id, status="confirmed")
        await were_there(session, self.mentor.user_id, *(seat.learner_id for seat in seats))
        self.clock.set(session.ends_at)
        await booking.end_session(self.session_id, self.mentor)
        await settle(self.session_id)


async def were_there(session: Session, *user_ids: int) -> None:
    """With media, for the whole of the lesson."""
    for user_id in user_ids:
        for kind in ("socket", "media"):
            await AttendanceInterval.create(
                session_id=session.id,
                user_id=user_id,
                kind=kind,
                started_at=session.starts_at,
                ended_at=session.ends_at,
            )


async def paid_seat(
    provider: Provider,
    clock: ManualClock,
    *,
    price: int = 5000,
    hours: int = 48,
    card: str = "pm_card_visa",
    capacity: int = 2,
    heard: bool = True,
) -> Seat:
    """Of a session that begins in so many hours. Where it is not `heard`, only the provider knows."""
    clock.set(next_mark(clock.now()))
    mira, lea = await mentor(), await person("lea")
    start = clock.now() + timedelta(hours=hours)
    session_id = await published(mira, start, price_minor=price, currency="EUR", capacity=capacity)
    return await pay_for_seat(provider, clock, mira, lea, session_id, card, heard=heard)


async def pay_for_seat(
    provider: Provider,
    clock: ManualClock,
    mira: Viewer,
    lea: Viewer,
    session_id: UUID,
    card: str = "pm_card_visa",
    *,
    heard: bool = True,
) -> Seat:
    booked = await booking.book_session(session_id, lea)
    begun = await begin_payment(booked.booking_id, lea)
    await provider.call(f"v1/payment_intents/{begun.provider_id}/confirm", payment_method=card)
    if heard:
        await sync_payment(begun.id)
    return Seat(provider, clock, mira, lea, session_id, begun.booking_id, begun.id)


@contextmanager
def failing_once(owner: object, name: str) -> Iterator[None]:
    """What a function of this name does in the block is not done: as if the process had died there."""
    was = getattr(owner, name)

    async def dies(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    setattr(owner, name, dies)
    try:
        yield
    finally:
        setattr(owner, name, was)
