"""Who is asked takes the other time, or not; and what follows when all have answered, or time is up."""

from __future__ import annotations

from uuid import UUID

from server.booking import busy, clashes
from server.booking.models import Booking, Session
from server.booking.rescheduling import cells, notices
from server.booking.rescheduling.models import RescheduleAnswer, RescheduleProposal
from server.booking.rescheduling.moving import active_bookings, apply
from server.booking.rescheduling.settling import settle
from server.booking.rescheduling.states import Answer, MoveStatus
from server.booking.states import SessionStatus, wrong_state
from server.booking.visibility import session_to_change
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, NotFound

NO_PROPOSAL = "There is no such proposal."
NOT_ASKED = "It is for the others to answer this."
OVERLAP = "You have another lesson at the new time. You can decline."
LEARNER_BUSY = "The learner has another lesson at that time by now. Decline, or propose another time."
AT_ONCE = 200  # of one sweep


@transactional
async def accept(proposal_id: UUID, viewer: Viewer) -> None:
    """Raises NotFound, Conflict (wrong_state, overlap, learner_busy)."""
    session, proposal = await _open(proposal_id, viewer)
    if proposal.proposer_id == viewer.user_id:
        raise Conflict("wrong_state", NOT_ASKED)
    if viewer.user_id == session.mentor_id:
        await _accept_for_mentor(session, proposal)
        return
    booking = await _own_booking(session, viewer)
    await cells.keep_for_learner(booking, proposal.starts_at, proposal.ends_at, OVERLAP)
    await _write_answer(proposal, booking, Answer.ACCEPTED)
    if session.capacity == 1:
        await apply(session, proposal, {booking.id}, viewer.user_id)
    else:
        await _apply_if_all_answered(session, proposal)


@transactional
async def decline(proposal_id: UUID, viewer: Viewer) -> None:
    """In a group the seat is given back when the session moves, with all that was paid; a lesson for one
    stays where it is. Raises NotFound, Conflict(wrong_state)."""
    session, proposal = await _open(proposal_id, viewer)
    if proposal.proposer_id == viewer.user_id:
        raise Conflict("wrong_state", NOT_ASKED)
    if viewer.user_id != session.mentor_id:
        booking = await _own_booking(session, viewer)
        await _write_answer(proposal, booking, Answer.DECLINED)
        if session.capacity > 1:
            await _apply_if_all_answered(session, proposal)
            return
    await _stay(session, proposal, MoveStatus.DECLINED, viewer.user_id)
    await notices.stays(session, proposal, [proposal.proposer_id], "declined")


@transactional
async def withdraw(proposal_id: UUID, viewer: Viewer) -> None:
    """Who proposed it takes it back: it stays where it is. Raises NotFound, Conflict(wrong_state)."""
    session, proposal = await _open(proposal_id, viewer)
    if proposal.proposer_id != viewer.user_id:
        raise Conflict("wrong_state", "Only who proposed it can take it back. You can decline it.")
    await _stay(session, proposal, MoveStatus.WITHDRAWN, viewer.user_id)
    asked = {session.mentor_id, *(each.learner_id for each in await active_bookings(session))}
    await notices.stays(session, proposal, sorted(asked - {viewer.user_id}), "withdrawn")


@transactional
async def settle_due(proposal_id: int) -> bool:
    """The time for answers is over. A group moves with who accepted; anything else stays where it is.
    True if it was open."""
    known = await RescheduleProposal.get_or_none(id=proposal_id)
    if known is None:
        return False
    session = await session_to_change(known.session_id)
    proposal = await RescheduleProposal.get(id=proposal_id)
    if proposal.status != MoveStatus.OPEN or now() < proposal.expires_at:
        return False
    if _can_move_still(session, proposal):
        await apply(session, proposal, await _accepted(proposal), None)
    else:
        await _expire(session, proposal)
    return True


@transactional
async def settle_after_leaving(session_id: UUID) -> None:
    """Somebody gave a seat back. A learner takes their own proposal along; one of the mentor's is settled
    where all who are left have answered, or nobody is."""
    session = await session_to_change(session_id)
    proposal = await RescheduleProposal.get_or_none(session_id=session_id, status=MoveStatus.OPEN)
    if proposal is None or session.status != SessionStatus.PUBLISHED or now() >= proposal.expires_at:
        return  # what is overdue, another job settles
    if proposal.proposer_id == session.mentor_id:
        await _apply_if_all_answered(session, proposal)
    elif all(each.learner_id != proposal.proposer_id for each in await active_bookings(session)):
        await _stay(session, proposal, MoveStatus.WITHDRAWN, proposal.proposer_id)
        await notices.stays(session, proposal, [session.mentor_id], "withdrawn")


async def settle_overdue() -> int:
    """Every proposal whose time is over; returns how many there were."""
    overdue = RescheduleProposal.filter(status=MoveStatus.OPEN, expires_at__lte=now())
    ids = await overdue.order_by("expires_at").limit(AT_ONCE).values_list("id", flat=True)
    return sum([await settle_due(int(str(proposal_id))) for proposal_id in ids])


def _can_move_still(session: Session, proposal: RescheduleProposal) -> bool:
    """A group that its mentor moves, unless one of both times came before anybody looked."""
    group = session.capacity > 1 and proposal.proposer_id == session.mentor_id
    ahead = now() < min(session.starts_at, proposal.starts_at)
    return group and ahead and session.status == SessionStatus.PUBLISHED


async def _expire(session: Session, proposal: RescheduleProposal) -> None:
    await _stay(session, proposal, MoveStatus.EXPIRED, None)
    if session.status == SessionStatus.PUBLISHED:
        asked = {session.mentor_id, *(each.learner_id for each in await active_bookings(session))}
        await notices.stays(session, proposal, sorted(asked), "expired")


async def _stay(
    session: Session, proposal: RescheduleProposal, to: MoveStatus, actor_id: int | None
) -> None:
    await settle(proposal, to, actor_id)
    if session.status == SessionStatus.PUBLISHED:
        await cells.free_others(session)


async def _accept_for_mentor(session: Session, proposal: RescheduleProposal) -> None:
    """What a learner proposed: both take the new time now."""
    booked = await active_bookings(session)
    mine = [each for each in booked if each.learner_id == proposal.proposer_id]
    if not mine:
        raise wrong_state("given back by the learner")
    await clashes.lock_people(session.mentor_id, proposal.proposer_id)
    await cells.keep_for_mentor(session, proposal.starts_at, proposal.ends_at, busy.TAKEN_OR_PAUSE)
    try:
        await cells.keep_for_learner(mine[0], proposal.starts_at, proposal.ends_at, LEARNER_BUSY)
    except Conflict as refused:
        raise Conflict("learner_busy", LEARNER_BUSY) from refused
    await apply(session, proposal, {mine[0].id}, session.mentor_id)


async def _apply_if_all_answered(session: Session, proposal: RescheduleProposal) -> None:
    answered = await RescheduleAnswer.filter(proposal_id=proposal.id).values_list("booking_id", flat=True)
    if {each.id for each in await active_bookings(session)} <= {int(str(each)) for each in answered}:
        await apply(session, proposal, await _accepted(proposal), None)


async def _accepted(proposal: RescheduleProposal) -> set[int]:
    """The ids of the bookings that take the new time."""
    yes = RescheduleAnswer.filter(proposal_id=proposal.id, answer=Answer.ACCEPTED)
    return {int(str(each)) for each in await yes.values_list("booking_id", flat=True)}


async def _write_answer(proposal: RescheduleProposal, booking: Booking, answer: Answer) -> None:
    """Raises Conflict(wrong_state) for a second one: a seat may be promised to somebody else by then."""
    if await RescheduleAnswer.filter(proposal_id=proposal.id, booking_id=booking.id).exists():
        raise Conflict("wrong_state", "You have answered this already.")
    await RescheduleAnswer.create(
        proposal_id=proposal.id, booking_id=booking.id, answer=answer, answered_at=now()
    )


async def _open(proposal_id: UUID, viewer: Viewer) -> tuple[Session, RescheduleProposal]:
    """With the session locked. Raises NotFound, Conflict(wrong_state)."""
    known = await RescheduleProposal.get_or_none(public_id=proposal_id)
    if known is None:
        raise NotFound(message=NO_PROPOSAL)
    session = await session_to_change(known.session_id)
    await _require_concerned(session, viewer)
    proposal = await RescheduleProposal.get(id=known.id)
    if proposal.status != MoveStatus.OPEN or session.status != SessionStatus.PUBLISHED:
        raise wrong_state(proposal.status if proposal.status != MoveStatus.OPEN else session.status)
    if now() >= proposal.expires_at:
        raise Conflict("wrong_state", "The time to answer is over.")
    return session, proposal


async def _require_concerned(session: Session, viewer: Viewer) -> None:
    """Its mentor, and who has a seat. Raises NotFound."""
    if viewer.user_id == session.mentor_id:
        return
    if all(each.learner_id != viewer.user_id for each in await active_bookings(session)):
        raise NotFound(message=NO_PROPOSAL)


async def _own_booking(session: Session, viewer: Viewer) -> Booking:
    return next(each for each in await active_bookings(session) if each.learner_id == viewer.user_id)
