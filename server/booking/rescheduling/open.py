"""Whether a session is about to move: then nobody new is let in to a time that may not hold."""

from __future__ import annotations

from uuid import UUID

from server.booking.rescheduling.models import RescheduleProposal
from server.booking.rescheduling.states import MoveStatus


async def being_moved(session_id: UUID) -> bool:
    """One query."""
    return await RescheduleProposal.filter(session_id=session_id, status=MoveStatus.OPEN).exists()
