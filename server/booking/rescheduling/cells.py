"""While answers are awaited, the mentor and who accepted hold the old time and the new one.

So no acceptance is worth nothing in the end. All functions run inside the caller's transaction, which has
locked the session."""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from server.booking.models import Booking, BusyCell, Session
from server.booking.times import cells_between
from server.infra.errors import Conflict
from server.people.availability import buffer_of


async def keep_for_mentor(session: Session, starts_at: datetime, ends_at: datetime, taken: str) -> None:
    """The new time with the pause after it. Raises Conflict(overlap) saying `taken`."""
    pause = timedelta(minutes=await buffer_of(session.mentor_id))
    owner = {"user_id": session.mentor_id, "session_id": session.id}
    await _keep(cells_between(starts_at, ends_at + pause), owner, taken)


async def keep_for_learner(booking: Booking, starts_at: datetime, ends_at: datetime, taken: str) -> None:
    """Raises Conflict(overlap) saying `taken`."""
    owner = {"user_id": booking.learner_id, "booking_id": booking.id}
    await _keep(cells_between(starts_at, ends_at), owner, taken)


async def _keep(cells: range, owner: dict[str, object], taken: str) -> None:
    """In ascending order, without those of the old time."""
    old = {row.cell for row in await BusyCell.filter(**owner).only("id", "cell")}
    rows = [BusyCell(cell=cell, **owner) for cell in cells if cell not in old]
    try:
        await BusyCell.bulk_create(rows)
    except IntegrityError as error:
        raise Conflict("overlap", taken, {"starts_at": taken}) from error


async def free_others(session: Session) -> None:
    """What the session and its bookings hold beside the time that it has now."""
    pause = timedelta(minutes=await buffer_of(session.mentor_id))
    mentors = cells_between(session.starts_at, session.ends_at + pause)
    learners = cells_between(session.starts_at, session.ends_at)
    for mine, cells in (
        ({"session_id": session.id}, mentors),
        ({"booking__session_id": session.id}, learners),
    ):
        await BusyCell.filter(**mine, cell__lt=cells.start).delete()
        await BusyCell.filter(**mine, cell__gte=cells.stop).delete()
