"""The other time that is proposed for a session, as one of those whom it concerns sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.booking.models import Booking
from server.booking.rescheduling.models import RescheduleAnswer, RescheduleProposal
from server.booking.rescheduling.states import MoveStatus
from server.booking.states import ACTIVE_BOOKINGS
from server.booking.values import SessionCard
from server.edge.access import Viewer
from server.infra.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveShown:
    """`answer` is the viewer's own, empty while they have none; `own`: they proposed it. `asked` have a
    seat, of whom `answered` have said something."""

    id: UUID
    session_id: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    old_starts_at: datetime
    expires_at: datetime
    reason: str
    by_mentor: bool
    group: bool
    own: bool
    answer: str
    asked: int
    answered: int

    @property
    def url(self) -> str:
        return f"/reschedules/{self.id}"

    @property
    def can_answer(self) -> bool:
        return self.status == MoveStatus.OPEN and not self.own and not self.answer


async def open_move(session: SessionCard, viewer: Viewer | None) -> MoveShown | None:
    """What is open for this session, for its mentor and who has a seat: one query where there is none."""
    if viewer is None:
        return None
    found = await RescheduleProposal.get_or_none(session_id=session.id, status=MoveStatus.OPEN)
    return await _shown(found, session.mentor_id, session.capacity, viewer) if found else None


async def move_of(proposal_id: UUID, viewer: Viewer) -> MoveShown:
    """Raises NotFound, also for who has nothing to do with it."""
    found = await RescheduleProposal.get_or_none(public_id=proposal_id).select_related("session")
    shown = None
    if found is not None:
        shown = await _shown(found, found.session.mentor_id, found.session.capacity, viewer)
    if shown is None:
        raise NotFound(message="There is no such proposal.")
    return shown


async def _shown(
    proposal: RescheduleProposal, mentor_id: int, capacity: int, viewer: Viewer
) -> MoveShown | None:
    """None for strangers. Somebody who did not come along was asked too."""
    rows = await RescheduleAnswer.filter(proposal_id=proposal.id).select_related("booking")
    answers = {row.booking.learner_id: row.answer for row in rows}
    seats = await Booking.filter(session_id=proposal.session_id, status__in=ACTIVE_BOOKINGS)
    seated = {seat.learner_id for seat in seats}
    if viewer.user_id not in {mentor_id, *seated, *answers}:
        return None
    return MoveShown(
        id=proposal.public_id,
        session_id=proposal.session_id,
        status=proposal.status,
        starts_at=proposal.starts_at,
        ends_at=proposal.ends_at,
        old_starts_at=proposal.old_starts_at,
        expires_at=proposal.expires_at,
        reason=proposal.reason,
        by_mentor=proposal.proposer_id == mentor_id,
        group=capacity > 1,
        own=proposal.proposer_id == viewer.user_id,
        answer=answers.get(viewer.user_id, ""),
        asked=len(seated),
        answered=len(seated & answers.keys()),
    )
