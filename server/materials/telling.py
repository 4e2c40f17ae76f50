"""Those who have a seat hear of new files: once, when no more have come for some minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from server.booking.cards import session_path
from server.booking.models import Booking, Session
from server.booking.outcome import VALID
from server.booking.states import OPEN_SESSIONS, SessionStatus
from server.infra import clock
from server.infra.db import transactional
from server.infra.outbox import enqueue, withdraw
from server.materials.access import is_open
from server.materials.models import Material
from server.notifications.service import notify
from server.people.privacy import name_among_members

QUIET = timedelta(minutes=5)  # files come in handfuls


async def expect(session_id: UUID) -> None:
    """Have it told when nothing more comes; in the caller's transaction."""
    cause = f"materials:{session_id}"
    await withdraw(cause)
    payload = {"session_id": str(session_id)}
    await enqueue("materials.tell", payload, run_at=clock.now() + QUIET, cause=cause)


@transactional
async def tell(session_id: UUID) -> None:
    """Tell of the files that are there now and that nobody was told of."""
    session = await Session.filter(id=session_id).select_for_update(no_key=True).get_or_none()
    if session is None or session.status not in (*OPEN_SESSIONS, SessionStatus.ENDED):
        return
    untold = Material.filter(session_id=session_id, told_at__isnull=True).order_by("id")
    fresh = [row for row in await untold if is_open(row.phase, session.status)]
    if fresh:
        await Material.filter(id__in=[row.id for row in fresh]).update(told_at=clock.now())
        await _tell_seated(session, fresh)


async def _tell_seated(session: Session, fresh: Sequence[Material]) -> None:
    about = {
        "title": session.title,
        "mentor": await name_among_members(session.mentor_id),
        "files": [row.name for row in fresh],
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
    }
    for seat in await Booking.filter(session_id=session.id, status__in=VALID).order_by("id"):
        await notify(
            seat.learner_id,
            "material_added",
            about,
            path=f"{session_path(session.id)}#materials",
            dedupe_key=str(fresh[-1].public_id),
            actor_id=session.mentor_id,
            group_key=f"materials:{session.id}",
        )
