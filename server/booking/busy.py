"""Nobody is in two lessons at once: the unique index on `busy_cell` refuses it.

A lesson of n minutes takes n / 5 cells of its mentor when it is published, and those of the pause that
they want after it; and n / 5 of each learner when a seat is taken. All functions run inside the caller's
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError

from server.booking.models import BusyCell, Session
from server.booking.times import cells_between
from server.infra.errors import Conflict

TAKEN = "You have another lesson at that time."
TAKEN_OR_PAUSE = "You have another lesson at that time, or too soon before or after it for your pause."


async def take_mentor_time(session: Session, pause: timedelta) -> None:
    """Raises Conflict(overlap)."""
    cells = cells_between(session.starts_at, session.ends_at + pause)
    await _take(
        cells, TAKEN_OR_PAUSE if pause else TAKEN, user_id=session.mentor_id, session_id=session.id
    )


async def take_learner_time(session: Session, learner_id: int, booking_id: int) -> None:
    """Raises Conflict(overlap)."""
    cells = cells_between(session.starts_at, session.ends_at)
    await _take(cells, TAKEN, user_id=learner_id, booking_id=booking_id)


async def try_learner_time(session: Session, learner_id: int, booking_id: int) -> bool:
    """As `take_learner_time`, where the transaction is to go on if the time is taken: False then."""
    cells = cells_between(session.starts_at, session.ends_at)
    rows = [BusyCell(cell=cell, user_id=learner_id, booking_id=booking_id) for cell in cells]
    await BusyCell.bulk_create(rows, ignore_conflicts=True)
    if await BusyCell.filter(booking_id=booking_id).count() == len(rows):
        return True
    await release_booking_time([booking_id])
    return False


async def busy_among(user_ids: Iterable[int], starts_at: datetime, ends_at: datetime) -> set[int]:
    """Those of these people who have a lesson between these instants."""
    cells = cells_between(starts_at, ends_at)
    taken = BusyCell.filter(user_id__in=set(user_ids), cell__gte=cells.start, cell__lt=cells.stop)
    return {int(str(user_id)) for user_id in await taken.distinct().values_list("user_id", flat=True)}


async def _take(cells: Iterable[int], taken: str, **owner: object) -> None:
    """One statement in ascending order, so that two takers of one person's time can't deadlock."""
    try:
        await BusyCell.bulk_create([BusyCell(cell=cell, **owner) for cell in cells])
    except IntegrityError as error:
        raise Conflict("overlap", taken) from error


async def release_session_time(session_id: UUID) -> None:
    """Everybody's time that the session took, the mentor's and the learners'."""
    await BusyCell.filter(session_id=session_id).delete()
    await BusyCell.filter(booking__session_id=session_id).delete()


async def release_booking_time(booking_ids: Iterable[int]) -> None:
    await BusyCell.filter(booking_id__in=list(booking_ids)).delete()
