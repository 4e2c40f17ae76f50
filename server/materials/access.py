"""Who sees which files of a session: its mentor all of them, a learner with a valid seat those of before
the lesson, and those of after it when it has ended. For everybody else there are none."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from server.booking.models import Booking, Session
from server.booking.outcome import VALID
from server.booking.service import BookingRow, SessionCard
from server.booking.states import SessionStatus
from server.edge.access import Viewer
from server.infra.errors import NotFound
from server.materials.models import Material
from server.materials.types import served_as
from server.materials.values import Download, MaterialFile, Phase, Shelf

NO_FILE = "There is no such file."
NO_MATERIALS = "There are no materials for you here."


async def visible_to(session_id: UUID, viewer: Viewer) -> list[MaterialFile]:
    """The files that this person may have now, as they were added: three queries.

    Raises NotFound for who has no part in the session."""
    session = await Session.get_or_none(id=session_id)
    if session is None or not await _belongs(session, viewer.user_id):
        raise NotFound(message=NO_MATERIALS)
    mine = session.mentor_id == viewer.user_id
    return [row for row in await files_of(session_id) if mine or is_open(row.phase, session.status)]


async def at_hand(session: SessionCard, *, mentor: bool) -> list[MaterialFile]:
    """The files that somebody who may be in the session's room may read now: one query."""
    return [row for row in await files_of(session.id) if mentor or is_open(row.phase, session.status)]


async def shown_on(session: SessionCard, booking: BookingRow | None, viewer: Viewer | None) -> Shelf:
    """What the session's page says: one query. `booking` is the viewer's own, if they have one."""
    files = await files_of(session.id)
    if viewer is not None and viewer.user_id == session.mentor_id:
        return Shelf("mentor", tuple(files), total=len(files))
    if booking is None or booking.status not in VALID:
        return Shelf("", total=len(files))
    now = tuple(file for file in files if is_open(file.phase, session.status))
    return Shelf("learner", now, later=len(files) - len(now), total=len(files))


async def download(material_id: UUID, viewer: Viewer) -> Download:
    """Asked each time, so that nobody keeps what they lost their seat of. Raises NotFound."""
    row = await Material.get_or_none(public_id=material_id).prefetch_related("session")
    if row is None or row.session is None or not await _belongs(row.session, viewer.user_id):
        raise NotFound(message=NO_FILE)
    if row.session.mentor_id != viewer.user_id and not is_open(row.phase, row.session.status):
        raise NotFound(message=NO_FILE)
    kind = served_as(row.name, row.content_type)
    return Download(row.storage_key, row.name, kind, row.size, row.sha256)


async def _belongs(session: Session, user_id: int) -> bool:
    if session.mentor_id == user_id:
        return True
    seats = Booking.filter(session_id=session.id, learner_id=user_id, status__in=VALID)
    return await seats.exists()


def is_open(phase: str, status: str) -> bool:
    """Whether learners see files of this phase while the session is in that state."""
    return phase == Phase.BEFORE or status == SessionStatus.ENDED


async def files_of(session_id: UUID) -> list[MaterialFile]:
    """All of them, whoever asks: one query."""
    rows: Sequence[Material] = await Material.filter(session_id=session_id).order_by("id")
    return [shape(row) for row in rows]


def shape(row: Material) -> MaterialFile:
    return MaterialFile(
        id=row.public_id,
        name=row.name,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        phase=Phase(row.phase),
        created_at=row.created_at,
        url=f"/api/v1/materials/{row.public_id}/file",
    )
