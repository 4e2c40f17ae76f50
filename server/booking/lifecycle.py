"""The life of a session: published, live, ended; or cancelled, or missed by its mentor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from server.booking import announcing, busy, notices
from server.booking.models import Booking, Objective, Session
from server.booking.moves import move
from server.booking.paying import price_problem
from server.booking.rescheduling.settling import close_open
from server.booking.states import ACTIVE_BOOKINGS, CANCELLED_BOOKINGS, BookingStatus, SessionStatus
from server.booking.times import check_ahead, doors_open_at, over_at
from server.booking.visibility import locked_own_session
from server.booking.waiting.queue import empty_queue
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid
from server.infra.outbox import enqueue
from server.people import service as people
from server.people.availability import buffer_of

OVER, NEVER_CAME, OFF = "the session is over", "the mentor never came", "the session is called off"
SETTLED_AFTER = timedelta(minutes=10)  # what nodes and rooms still hold has come by then
NEVER_THERE = (BookingStatus.EXPIRED, BookingStatus.NO_SHOW_MENTOR, *CANCELLED_BOOKINGS)


@transactional
async def publish_session(session_id: UUID, viewer: Viewer, *, told: bool = True) -> None:
    """Let people find and book it, and take its mentor's time with the pause after it. Followers hear of
    it where it is `told`: of a series they do once, and of what is not listed never.

    Raises NotFound, Forbidden (unverified, mentor_not_approved), Conflict (wrong_state, overlap),
    Invalid where something is still missing."""
    session = await locked_own_session(session_id, viewer)
    await _check_mentor(viewer)
    await _check_complete(session)
    await move(session, SessionStatus.PUBLISHED, viewer.user_id, published_at=now())
    await busy.take_mentor_time(session, timedelta(minutes=await buffer_of(session.mentor_id)))
    if told and session.listed:
        await notices.published(session)
    await announcing.published(session)
    over = {"session_id": str(session.id)}
    await enqueue("booking.session_over", over, run_at=over_at(session.ends_at))


async def _check_mentor(viewer: Viewer) -> None:
    if not viewer.verified:
        raise Forbidden("unverified", "Confirm your e-mail address before you publish.")
    if not await people.mentor_approved(viewer.user_id):
        raise Forbidden(
            "mentor_not_approved", "You can publish as soon as your mentor profile is approved."
        )


async def _check_complete(session: Session) -> None:
    """The publish checklist."""
    if session.status != SessionStatus.DRAFT:
        return
    check_ahead(session.starts_at, now())
    if problem := price_problem(session.price_minor, session.currency):
        raise Invalid(message="At this price it can’t be published.", fields={"price_minor": problem})
    if not await Objective.filter(session_id=session.id).exists():
        raise Invalid(fields={"objectives": "Write at least one thing that learners will take away."})


@transactional
async def start_session(session_id: UUID, viewer: Viewer) -> None:
    """Go live by hand, from the time the doors open. A live session stays as it is.

    Raises NotFound, Forbidden, Conflict (too_early, wrong_state)."""
    session = await locked_own_session(session_id, viewer)
    if session.status == SessionStatus.PUBLISHED and now() < doors_open_at(session.starts_at):
        raise Conflict("too_early", "The room opens 15 minutes before the start.")
    if session.status != SessionStatus.LIVE:
        await _go_live(session, viewer.user_id)


@transactional
async def mark_live(session_id: UUID, actor_id: int | None = None) -> bool:
    """The mentor is in the room: live, unless the start is still to come. True if it is live now."""
    session = await _locked(session_id)
    if session is None:
        return False
    if session.status == SessionStatus.PUBLISHED and now() >= session.starts_at:
        await _go_live(session, actor_id)
    return session.status == SessionStatus.LIVE


async def _go_live(session: Session, actor_id: int | None) -> None:
    await move(session, SessionStatus.LIVE, actor_id, started_at=now())
    await enqueue("classroom.session_started", {"session_id": str(session.id)})


@transactional
async def end_session(session_id: UUID, viewer: Viewer) -> None:
    """End a live session by hand. Raises NotFound, Forbidden, Conflict(wrong_state)."""
    session = await locked_own_session(session_id, viewer)
    await _end(session, viewer.user_id)


async def _end(session: Session, actor_id: int | None, reason: str = "") -> None:
    """What is left of everybody's time is free again. A seat that was still held was never anybody's."""
    await notices.over(session)
    held = await _move_bookings(session, (BookingStatus.HELD,), BookingStatus.EXPIRED, None, OVER)
    seats = session.seats_taken - len(held)
    await move(session, SessionStatus.ENDED, actor_id, reason, ended_at=now(), seats_taken=seats)
    await empty_queue(session)
    await close_open(session, None, OVER)
    await busy.release_session_time(session.id)
    for job in ("classroom.session_ended", "materials.tell"):
        await enqueue(job, {"session_id": str(session.id)})
    await _settle_soon(session)


@transactional
async def cancel_session(session_id: UUID, viewer: Viewer, reason: str = "") -> None:
    """Call a published session off, with all its bookings.

    Raises NotFound, Forbidden, Conflict(wrong_state)."""
    session = await locked_own_session(session_id, viewer)
    await move(
        session,
        SessionStatus.CANCELLED,
        viewer.user_id,
        reason,
        seats_taken=0,
        ics_sequence=session.ics_sequence + 1,
    )
    off = BookingStatus.CANCELLED_BY_MENTOR
    booked = await _move_bookings(session, ACTIVE_BOOKINGS, off, viewer.user_id, reason)
    await notices.called_off(session, [*booked, *await empty_queue(session)])
    await announcing.called_off(session)
    await close_open(session, viewer.user_id, OFF)
    await busy.release_session_time(session.id)
    await enqueue("classroom.session_ended", {"session_id": str(session.id)})


@transactional
async def close_overdue(session_id: UUID) -> None:
    """15 minutes after the planned end: a live session ends; a mentor who never came missed it."""
    session = await _locked(session_id)
    if session is None or now() < over_at(session.ends_at):
        return
    if session.status == SessionStatus.LIVE:
        await _end(session, None, "overtime")
    elif session.status == SessionStatus.PUBLISHED:
        await _miss(session)


async def _miss(session: Session) -> None:
    await notices.over(session)
    await move(session, SessionStatus.MISSED, None, NEVER_CAME, ended_at=now(), seats_taken=0)
    await _move_bookings(session, (BookingStatus.HELD,), BookingStatus.EXPIRED, None, OVER)
    kept = (BookingStatus.CONFIRMED,)
    await _move_bookings(session, kept, BookingStatus.NO_SHOW_MENTOR, None, NEVER_CAME)
    await empty_queue(session)
    await close_open(session, None, NEVER_CAME)
    await busy.release_session_time(session.id)
    await enqueue("classroom.session_ended", {"session_id": str(session.id)})
    await _settle_soon(session)


async def _settle_soon(session: Session) -> None:
    """Who gets what is decided by what was measured, of which the last may still be on its way."""
    about = {"session_id": str(session.id)}
    await enqueue("settlement.settle", about, run_at=now() + SETTLED_AFTER)


@transactional
async def tell_recorded(session_id: UUID) -> None:
    """The recording can be watched, by its mentor and by who had a seat."""
    session = await Session.get_or_none(id=session_id)
    if session is not None:
        seats = Booking.filter(session_id=session_id).exclude(status__in=NEVER_THERE)
        await notices.recorded(session, [booking.learner_id for booking in await seats])


async def _move_bookings(
    session: Session, those: Sequence[BookingStatus], to: BookingStatus, actor_id: int | None, reason: str
) -> list[int]:
    """Move every booking in those states; who paid gets all of it back. Gives the ids of the learners."""
    moved = await Booking.filter(session_id=session.id, status__in=those)
    for booking in moved:
        paid = booking.price_minor if booking.status == BookingStatus.CONFIRMED else 0
        await move(booking, to, actor_id, reason, cancelled_at=now(), refund_minor=paid)
        await announcing.promised(booking)
    return [booking.learner_id for booking in moved]


async def _locked(session_id: UUID) -> Session | None:
    return await Session.filter(id=session_id).select_for_update(no_key=True).get_or_none()
