"""A proposal of another time comes to its end."""

from __future__ import annotations

from server.booking.models import Session
from server.booking.rescheduling import notices
from server.booking.rescheduling.models import RescheduleProposal
from server.booking.rescheduling.states import MOVES, MoveStatus
from server.booking.states import check_move, wrong_state
from server.infra.clock import now
from server.infra.transitions import record_transition
from server.notifications.service import withdraw


async def settle(
    proposal: RescheduleProposal, to: MoveStatus, actor_id: int | None, reason: str = ""
) -> None:
    """The one place where a proposal changes state. Raises Conflict(wrong_state)."""
    old = proposal.status
    check_move(MOVES, old, to)
    values = {"status": to, "decided_at": now()}
    if not await RescheduleProposal.filter(id=proposal.id, status=old).update(**values):
        raise wrong_state(old)
    proposal.update_from_dict(values)
    await record_transition("reschedule", proposal.id, old, to, actor_id, reason)
    await withdraw(notices.cause_of(proposal))


async def close_open(session: Session, actor_id: int | None, reason: str) -> None:
    """The session is off or over, so nobody need answer any more: its mentor has taken it back, or it has
    run out. In the caller's transaction, which has locked the session; frees nobody's time."""
    proposal = await RescheduleProposal.get_or_none(session_id=session.id, status=MoveStatus.OPEN)
    if proposal is not None:
        to = MoveStatus.EXPIRED if actor_id is None else MoveStatus.WITHDRAWN
        await settle(proposal, to, actor_id, reason)
