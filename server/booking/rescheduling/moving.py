"""A session gets its other time: in one transaction, with everybody who comes along."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from server.booking import announcing
from server.booking.models import Booking, Session
from server.booking.policy import moved_by_learner, moved_by_mentor
from server.booking.rescheduling import cells, notices
from server.booking.rescheduling.models import RescheduleProposal
from server.booking.rescheduling.settling import settle
from server.booking.rescheduling.states import MoveStatus
from server.booking.seats.releasing import release
from server.booking.states import ACTIVE_BOOKINGS, BookingStatus
from server.booking.times import over_at, wall_time
from server.booking.waiting.offers import MORE
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition

NOT_COMING_ALONG = "the session moved, and the new time was not taken"


async def active_bookings(session: Session) -> list[Booking]:
    return await Booking.filter(session_id=session.id, status__in=ACTIVE_BOOKINGS).order_by("id")


async def apply(
    session: Session, proposal: RescheduleProposal, coming: Collection[int], actor_id: int | None
) -> None:
    """`coming` are the ids of the bookings that take the new time, which they and the mentor hold by now.
    All others get their seat and all their money back.

    The session is locked by the caller. Raises Conflict(wrong_state)."""
    everybody = await active_bookings(session)
    await _change_times(session, proposal.starts_at, actor_id)
    along = [booking for booking in everybody if booking.id in coming]
    left = [booking for booking in everybody if booking.id not in coming]
    await _take_along(along, session, proposal)
    await _leave_behind(left, session, proposal)
    await settle(proposal, MoveStatus.APPLIED, actor_id)
    await cells.free_others(session)
    if along or actor_id is None:  # a mentor who moved it alone, just now, knows
        await notices.moved(session, proposal, [session.mentor_id, *(each.learner_id for each in along)])
    await announcing.moved(session)
    await enqueue(
        "booking.session_over", {"session_id": str(session.id)}, run_at=over_at(session.ends_at)
    )
    if left:
        await enqueue(MORE, {"session_id": str(session.id)})


async def _change_times(session: Session, starts_at: datetime, actor_id: int | None) -> None:
    length: timedelta = session.ends_at - session.starts_at
    was = session.local_start
    values = {
        "starts_at": starts_at,
        "ends_at": starts_at + length,
        "local_start": wall_time(starts_at, session.timezone),
        "ics_sequence": session.ics_sequence + 1,
    }
    await Session.filter(id=session.id).update(**values)
    session.update_from_dict(values)
    reason = f"moved from {was} to {session.local_start} ({session.timezone})"
    await record_transition("session", session.id, session.status, session.status, actor_id, reason)


async def _take_along(
    bookings: Sequence[Booking], session: Session, proposal: RescheduleProposal
) -> None:
    """A mentor who moves begins the clock of refunds anew. A learner who moves does not: they could get
    out of a late cancellation by it."""
    for booking in bookings:
        if proposal.proposer_id == session.mentor_id:
            policy = moved_by_mentor(booking.policy)
        else:
            policy = moved_by_learner(booking.policy, proposal.old_starts_at, proposal.starts_at)
        await Booking.filter(id=booking.id).update(policy=policy)
        await record_transition(
            "booking", booking.id, booking.status, booking.status, booking.learner_id, "took the new time"
        )


async def _leave_behind(
    bookings: Sequence[Booking], session: Session, proposal: RescheduleProposal
) -> None:
    for booking in bookings:
        paid = booking.price_minor if booking.status == BookingStatus.CONFIRMED else 0
        await release(
            session,
            booking,
            BookingStatus.CANCELLED_BY_MENTOR,
            session.mentor_id,
            NOT_COMING_ALONG,
            refund_minor=paid,
        )
    await notices.left_behind(session, proposal, bookings)
