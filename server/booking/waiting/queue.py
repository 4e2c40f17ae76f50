"""The queue for a full session: join it, see one's place, leave it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.booking.models import Booking, Session
from server.booking.seats.bookings import active_booking, check_bookable, require_active_mentor
from server.booking.seats.releasing import release
from server.booking.states import BookingStatus
from server.booking.visibility import NO_SESSION, locked_session
from server.booking.waiting.models import WaitlistEntry
from server.booking.waiting.offers import all_promised
from server.booking.waiting.states import OPEN, Wait
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, NotFound
from server.people.privacy import blocked_between


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in a queue. `number` counts from 1, those who were offered a seat included;
    `offer_ends_at` is until when the seat that was offered to them is kept (`booking_id`, public)."""

    number: int
    waiting: int
    since: datetime
    booking_id: UUID | None = None
    offer_ends_at: datetime | None = None


@transactional
async def join_waitlist(session_id: UUID, viewer: Viewer) -> Place:
    """Wait for a seat. Who waits already keeps their place.

    Raises NotFound, Conflict (own_session, wrong_state, seats_left)."""
    session = await locked_session(session_id, viewer)
    if not await _entry(session_id, viewer.user_id):
        await _check_may_wait(session, viewer)
        await WaitlistEntry.create(session_id=session_id, learner_id=viewer.user_id, created_at=now())
    place = await place_of(session_id, viewer.user_id)
    assert place is not None
    return place


@transactional
async def leave_waitlist(session_id: UUID, viewer: Viewer) -> None:
    """Wait no longer; a seat that was offered goes to the next.

    Raises NotFound, Conflict(wrong_state)."""
    session = await locked_session(session_id, viewer)
    entry = await _entry(session_id, viewer.user_id)
    if entry is None:
        raise Conflict("wrong_state", "You are not waiting for this session.")
    await WaitlistEntry.filter(id=entry.id).update(status=Wait.LEFT)
    if entry.status == Wait.OFFERED:
        booking = await Booking.get(id=entry.booking_id)
        await release(
            session, booking, BookingStatus.CANCELLED_BY_LEARNER, viewer.user_id, "offer declined"
        )


async def place_of(session_id: UUID, learner_id: int) -> Place | None:
    """None for somebody who does not wait: at most three queries."""
    entry = await _entry(session_id, learner_id)
    if entry is None:
        return None
    queue = WaitlistEntry.filter(session_id=session_id, status__in=OPEN)
    ahead = await queue.filter(id__lt=entry.id).count()
    offer = entry.booking if entry.booking_id else None
    return Place(
        number=ahead + 1,
        waiting=await queue.count(),
        since=entry.created_at,
        booking_id=offer.public_id if offer else None,
        offer_ends_at=offer.hold_expires_at if offer else None,
    )


async def offers_among(booking_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these bookings (public ids) that are offers to somebody who waited."""
    offers = WaitlistEntry.filter(status=Wait.OFFERED, booking__public_id__in=booking_ids)
    found = await offers.values_list("booking__public_id", flat=True)
    return frozenset(UUID(str(public_id)) for public_id in found)


async def waiting_for(session_id: UUID) -> int:
    """How many stand in the queue."""
    return await WaitlistEntry.filter(session_id=session_id, status__in=OPEN).count()


async def empty_queue(session: Session) -> list[int]:
    """Nobody waits any more: the session is over or off. Gives the ids of those who still waited, and had
    no seat offered."""
    queue = WaitlistEntry.filter(session_id=session.id, status__in=OPEN)
    waited = await queue.filter(status=Wait.WAITING).values_list("learner_id", flat=True)
    await queue.update(status=Wait.LEFT)
    return [int(str(learner_id)) for learner_id in waited]


async def _entry(session_id: UUID, learner_id: int) -> WaitlistEntry | None:
    own = WaitlistEntry.filter(session_id=session_id, learner_id=learner_id, status__in=OPEN)
    return await own.select_related("booking").first()


async def _check_may_wait(session: Session, viewer: Viewer) -> None:
    """Raises NotFound, Conflict (own_session, wrong_state, seats_left)."""
    if session.mentor_id == viewer.user_id:
        raise Conflict("own_session", "This is your own session.")
    if await blocked_between(viewer.user_id, session.mentor_id):
        raise NotFound(message=NO_SESSION)
    check_bookable(session, now())
    await require_active_mentor(session)
    if await active_booking(session.id, viewer.user_id):
        raise Conflict("wrong_state", "You have a seat in this session.")
    if session.seats_taken < session.capacity and not await all_promised(session, viewer.user_id):
        raise Conflict("seats_left", "There is a free seat: you can book it now.")
