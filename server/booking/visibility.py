"""Which session somebody may see or change. Foreign drafts don't exist for anybody else."""

from __future__ import annotations

from uuid import UUID

from server.booking.models import Booking, Session
from server.booking.states import SessionStatus
from server.edge.access import Viewer
from server.infra.errors import Forbidden, NotFound
from server.people.privacy import blocked_between

NO_SESSION = "There is no such session."


def may_see(mentor_id: int, status: str, viewer: Viewer | None) -> bool:
    return status != SessionStatus.DRAFT or (viewer is not None and viewer.user_id == mentor_id)


async def require_no_block(session_id: UUID, mentor_id: int, viewer: Viewer | None) -> None:
    """Raises NotFound where mentor and viewer have blocked one another; a lesson that was booked before
    stays."""
    if viewer is None or not await blocked_between(viewer.user_id, mentor_id):
        return
    if not await Booking.filter(session_id=session_id, learner_id=viewer.user_id).exists():
        raise NotFound(message=NO_SESSION)


async def visible_session(session_id: UUID, viewer: Viewer | None) -> Session:
    """Raises NotFound."""
    return _seen(await Session.get_or_none(id=session_id), viewer)


async def locked_session(session_id: UUID, viewer: Viewer | None) -> Session:
    """The session, kept from other writers until the caller's transaction ends. On SQLite the
    transaction itself does that; there the lock clause is ignored. Nobody changes its key, and the lock
    says so: rows that name the session are written beside it. (PostgreSQL looks at the row that is named
    also where one is changed twice in a transaction: who held the payment waited for the session then.)

    Raises NotFound."""
    return _seen(await Session.filter(id=session_id).select_for_update(no_key=True).get_or_none(), viewer)


async def session_to_change(session_id: UUID) -> Session:
    """As `locked_session`, for the platform and for who has a right of their own. Raises NotFound."""
    session = await Session.filter(id=session_id).select_for_update(no_key=True).get_or_none()
    if session is None:
        raise NotFound(message=NO_SESSION)
    return session


async def locked_own_session(session_id: UUID, viewer: Viewer) -> Session:
    """As `locked_session`, for its mentor only. Raises NotFound, Forbidden."""
    session = await locked_session(session_id, viewer)
    if session.mentor_id != viewer.user_id:
        raise Forbidden(message="Only the mentor of this session can do that.")
    return session


def _seen(session: Session | None, viewer: Viewer | None) -> Session:
    if session is None or not may_see(session.mentor_id, session.status, viewer):
        raise NotFound(message=NO_SESSION)
    return session
