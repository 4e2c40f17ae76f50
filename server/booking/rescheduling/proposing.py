"""Somebody proposes another time for a session: its mentor, or the learner of a lesson for one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.booking import busy
from server.booking.models import Booking, Session
from server.booking.rescheduling import cells, notices
from server.booking.rescheduling.forms import MoveForm
from server.booking.rescheduling.models import RescheduleProposal
from server.booking.rescheduling.moving import active_bookings, apply
from server.booking.rescheduling.states import MoveStatus, answer_until
from server.booking.states import BookingStatus, SessionStatus, wrong_state
from server.booking.times import check_ahead, read_start, wall_time
from server.booking.visibility import NO_SESSION, session_to_change, visible_session
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition
from server.people.contacts import require_no_contacts
from server.people.privacy import blocked_between

DUE = "booking.reschedule_due"
NOT_YOURS = "Only the mentor, or the learner of a lesson for one, can propose another time."
GROUP = "Others come to this session, too: only its mentor can move it. You can write to the mentor."


@transactional
async def propose(session_id: UUID, viewer: Viewer, form: MoveForm) -> UUID:
    """The public id of the proposal. Where nobody has a seat the session has moved by then.

    Raises NotFound, Forbidden, Conflict (wrong_state, too_late, overlap), Invalid."""
    require_no_contacts({"reason": form.reason})
    session = await session_to_change(session_id)
    booked = await _check_proposer(session, viewer)
    _check_state(session)
    starts_at = read_start(form.starts_at, form.timezone or session.timezone)
    _check_start(session, starts_at)
    if await RescheduleProposal.filter(session_id=session.id, status=MoveStatus.OPEN).exists():
        raise Conflict("wrong_state", "Another time is proposed already. Withdraw it first.")
    own = viewer.user_id == session.mentor_id
    if not booked:
        return await _move_at_once(session, viewer, starts_at, form)
    until = answer_until(now(), form.answer_within_hours, session.starts_at, starts_at)
    proposal = await _write(session, viewer, starts_at, until, form.reason)
    if own:
        await cells.keep_for_mentor(session, starts_at, proposal.ends_at, busy.TAKEN_OR_PAUSE)
    elif await busy.busy_among([viewer.user_id], starts_at, proposal.ends_at) and not _near(
        session, starts_at
    ):
        raise Conflict("overlap", busy.TAKEN, {"starts_at": busy.TAKEN})
    await enqueue(DUE, {"proposal_id": proposal.id}, run_at=until, cause=notices.cause_of(proposal))
    asked = [booking.learner_id for booking in booked] if own else [session.mentor_id]
    await notices.proposed(session, proposal, asked, group=own and session.capacity > 1)
    return proposal.public_id


async def require_may_propose(session_id: UUID, viewer: Viewer) -> None:
    """Raises NotFound, Forbidden, Conflict(wrong_state) for the learner of a group."""
    await _check_proposer(await visible_session(session_id, viewer), viewer)


async def _check_proposer(session: Session, viewer: Viewer) -> list[Booking]:
    """Who has a seat. Raises NotFound, Forbidden, Conflict."""
    booked = await active_bookings(session)
    if viewer.user_id == session.mentor_id:
        return booked
    mine = [each for each in booked if each.learner_id == viewer.user_id]
    if not mine:
        if session.status == SessionStatus.DRAFT or await blocked_between(
            viewer.user_id, session.mentor_id
        ):
            raise NotFound(message=NO_SESSION)
        raise Forbidden(message=NOT_YOURS)
    if session.capacity > 1:
        raise Conflict("wrong_state", GROUP)
    if mine[0].status != BookingStatus.CONFIRMED:
        raise wrong_state(mine[0].status)
    return booked


def _check_state(session: Session) -> None:
    if session.status != SessionStatus.PUBLISHED or now() >= session.starts_at:
        raise wrong_state(session.status)


def _check_start(session: Session, starts_at: datetime) -> None:
    """Raises Invalid."""
    check_ahead(starts_at, now())
    if starts_at == session.starts_at:
        raise Invalid(fields={"starts_at": "This is when the session begins already."})


def _near(session: Session, starts_at: datetime) -> bool:
    """Whether the new time meets the old one, which is taken by this very lesson."""
    return abs(starts_at - session.starts_at) < session.ends_at - session.starts_at


async def _move_at_once(session: Session, viewer: Viewer, starts_at: datetime, form: MoveForm) -> UUID:
    proposal = await _write(session, viewer, starts_at, now(), form.reason)
    await cells.keep_for_mentor(session, starts_at, proposal.ends_at, busy.TAKEN_OR_PAUSE)
    await apply(session, proposal, (), viewer.user_id)
    return proposal.public_id


async def _write(
    session: Session, viewer: Viewer, starts_at: datetime, until: datetime, reason: str
) -> RescheduleProposal:
    proposal = await RescheduleProposal.create(
        session_id=session.id,
        proposer_id=viewer.user_id,
        old_starts_at=session.starts_at,
        starts_at=starts_at,
        ends_at=starts_at + (session.ends_at - session.starts_at),
        local_start=wall_time(starts_at, session.timezone),
        timezone=session.timezone,
        reason=reason,
        expires_at=until,
        created_at=now(),
    )
    await record_transition("reschedule", proposal.id, "", MoveStatus.OPEN, viewer.user_id, reason)
    return proposal
