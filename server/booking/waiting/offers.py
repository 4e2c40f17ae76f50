"""A free seat is offered to who waits longest and can take it: held for them, and then for the next.

Inside the caller's transaction, which has locked the session. One seat is offered in a transaction, so
that no two of them wait for the time of each other's learners; a job goes on with the next seat.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from tortoise.expressions import F

from server.accounts import service as accounts
from server.booking import busy, notices
from server.booking.holding import holding
from server.booking.models import Booking, Session
from server.booking.rescheduling.open import being_moved
from server.booking.seats.taking import begin, count_seat, write_booking
from server.booking.states import ACTIVE_BOOKINGS, OPEN_SESSIONS, BookingStatus, SessionStatus
from server.booking.times import bookable_until, offer_until
from server.booking.visibility import session_to_change
from server.booking.waiting.models import WaitlistEntry
from server.booking.waiting.states import OPEN, Wait
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.outbox import enqueue
from server.people.privacy import blocked_by_or_of

MORE = "booking.offer_seats"


async def offer_next(session: Session) -> bool:
    """Hold one free seat for somebody who waits, and tell them. True if it was."""
    until = _offered_until(session)
    if until is None or session.seats_taken >= session.capacity or await being_moved(session.id):
        return False
    able = await _able(session)
    for entry in able:
        if await _offer(session, entry, until):
            await _go_on(session, able)
            return True
    return False


@transactional
async def offer_free(session_id: UUID) -> bool:
    """As `offer_next`, in a transaction of its own."""
    return await offer_next(await session_to_change(session_id))


async def offer_overlooked(limit: int = 100) -> None:
    """Offer seats that are free while somebody waits who could not take them when they came back."""
    waiting = WaitlistEntry.filter(
        status=Wait.WAITING,
        session__status=SessionStatus.PUBLISHED,
        session__starts_at__gt=now(),
        session__seats_taken__lt=F("session__capacity"),
    )
    for session_id in await waiting.distinct().limit(limit).values_list("session_id", flat=True):
        await offer_free(UUID(str(session_id)))


def _offered_until(session: Session) -> datetime | None:
    """None where it is too late to ask somebody first: then the seat is anybody's."""
    if session.status != SessionStatus.PUBLISHED:
        return None
    return offer_until(session.starts_at, now(), holding().offer)


async def _offer(session: Session, entry: WaitlistEntry, until: datetime) -> bool:
    """False where another lesson took their time in this instant."""
    booking = await write_booking(session, entry.learner_id, until)
    if not await busy.try_learner_time(session, entry.learner_id, booking.id):
        await booking.delete()
        return False
    await count_seat(session)
    await begin(booking, None, "offered from the waiting list")
    offered = {"status": Wait.OFFERED, "booking_id": booking.id, "offered_at": now()}
    await WaitlistEntry.filter(id=entry.id).update(**offered)
    await notices.seat_offered(session, booking)
    return True


async def _go_on(session: Session, able: Collection[WaitlistEntry]) -> None:
    if session.seats_taken < session.capacity and len(able) > 1:
        await enqueue(MORE, {"session_id": str(session.id)})


async def _able(session: Session) -> list[WaitlistEntry]:
    """Who waits and could take a seat now, the first one first: not busy then, blocked or suspended."""
    waiting = await WaitlistEntry.filter(session_id=session.id, status=Wait.WAITING).order_by("id")
    if not waiting:
        return []
    ids = {entry.learner_id for entry in waiting}
    seated = Booking.filter(session_id=session.id, status__in=ACTIVE_BOOKINGS, learner_id__in=ids)
    able = (await accounts.active_among(ids)) - await blocked_by_or_of(session.mentor_id)
    able -= await busy.busy_among(ids, session.starts_at, session.ends_at)
    able -= {booking.learner_id for booking in await seated}
    return [entry for entry in waiting if entry.learner_id in able]


async def next_come(session: Session) -> list[int]:
    """Who waits and could take the seat that is free now, where it is too late to keep it for one of
    them: whoever books first has it."""
    bookable = session.status in OPEN_SESSIONS and now() < bookable_until(session.starts_at)
    if not bookable or _offered_until(session) is not None or await being_moved(session.id):
        return []
    return [entry.learner_id for entry in await _able(session)]


async def all_promised(session: Session, learner_id: int) -> bool:
    """Whether every free seat is for somebody who waits before this learner: nobody overtakes them."""
    free = session.capacity - session.seats_taken
    if free <= 0 or _offered_until(session) is None:
        return False
    ahead = [entry.learner_id for entry in await _able(session)]
    if learner_id in ahead:
        ahead = ahead[: ahead.index(learner_id)]
    return len(ahead) >= free


async def offered_to(booking: Booking) -> bool:
    """Whether this booking is an offer to somebody who waited."""
    return await WaitlistEntry.filter(booking_id=booking.id, status=Wait.OFFERED).exists()


async def settle(booking: Booking) -> None:
    """What became of a booking decides what becomes of its learner's place in the queue."""
    place = WaitlistEntry.filter(
        session_id=booking.session_id, learner_id=booking.learner_id, status__in=OPEN
    )
    if booking.status == BookingStatus.CONFIRMED:
        await place.update(status=Wait.TAKEN, booking_id=booking.id)
    elif booking.status != BookingStatus.HELD:
        await place.filter(booking_id=booking.id).update(status=Wait.PASSED)
