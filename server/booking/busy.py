"""Nobody is in two lessons at once: the unique index on `busy_cell` refuses it.

A lesson of n minutes takes n / 5 cells of its mentor when it is published, and of each learner when a
seat is taken. All functions run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tortoise.exceptions import IntegrityError

from server.booking.models import BusyCell, Session
from server.booking.times import cells_between
from server.infra.errors import Conflict


async def take_mentor_time(session: Session) -> None:
    """Raises Conflict(overlap)."""
    await _take(session, session.mentor_id, session_id=session.id)


async def take_learner_time(session: Session, learner_id: int, booking_id: int) -> None:
    """Raises Conflict(overlap)."""
    await _take(session, learner_id, booking_id=booking_id)


async def _take(session: Session, user_id: int, **owner: object) -> None:
    """One statement in ascending order, so that two takers of one person's time can't deadlock."""
    cells = cells_between(session.starts_at, session.ends_at)
    try:
        await BusyCell.bulk_create([BusyCell(user_id=user_id, cell=cell, **owner) for cell in cells])
    except IntegrityError as error:
        raise Conflict("overlap", "You have another lesson at that time.") from error


async def release_session_time(session_id: UUID) -> None:
    """Everybody's time that the session took, the mentor's and the learners'."""
    await BusyCell.filter(session_id=session_id).delete()
    await BusyCell.filter(booking__session_id=session_id).delete()


async def release_booking_time(booking_ids: Iterable[int]) -> None:
    await BusyCell.filter(booking_id__in=list(booking_ids)).delete()
