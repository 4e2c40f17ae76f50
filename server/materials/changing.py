"""A mentor renames a file, shows it at another time, takes it away, or along to a new session."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.booking.models import Session
from server.booking.visibility import session_to_change
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Forbidden, NotFound
from server.infra.outbox import enqueue
from server.materials import telling
from server.materials.access import NO_FILE, download, is_open, shape
from server.materials.adding import MAX_FILES
from server.materials.models import Material
from server.materials.types import named
from server.materials.values import MaterialFile, Phase
from server.people.gallery import gallery

NOT_YOURS = "Only the mentor of this session can do that."


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be different; None stays."""

    name: str | None = None
    phase: Phase | None = None


@transactional
async def change(material_id: UUID, viewer: Viewer, changes: Changes) -> MaterialFile:
    """Raises NotFound, Forbidden."""
    row, session = await _locked_own(material_id, viewer)
    if changes.name is not None:
        row.name = named(changes.name, row.content_type)
    if changes.phase is not None:
        row.phase = changes.phase
    await row.save(update_fields=["name", "phase"])
    if row.told_at is None and is_open(row.phase, session.status):
        await telling.expect(session.id)
    return shape(row)


@transactional
async def remove(material_id: UUID, viewer: Viewer) -> UUID:
    """Take a file away from everybody; gives the session it went with. Raises NotFound, Forbidden."""
    row, session = await _locked_own(material_id, viewer)
    await drop([row])
    return session.id


async def _locked_own(material_id: UUID, viewer: Viewer) -> tuple[Material, Session]:
    """A file with its session, which is locked before the file is read. Raises NotFound, Forbidden."""
    found = await Material.get_or_none(public_id=material_id)
    if found is None or found.session_id is None:
        raise NotFound(message=NO_FILE)
    session = await session_to_change(found.session_id)
    if session.mentor_id != viewer.user_id:
        await download(material_id, viewer)
        raise Forbidden(message=NOT_YOURS)
    row = await Material.get_or_none(public_id=material_id, session_id=session.id)
    if row is None:
        raise NotFound(message=NO_FILE)
    return row, session


async def drop(rows: Sequence[Material]) -> None:
    """Delete rows, and what they alone name after the commit; in the caller's transaction."""
    if rows:
        await Material.filter(id__in=[row.id for row in rows]).delete()
        await enqueue("materials.forget_files", {"keys": [row.storage_key for row in rows]})


@transactional
async def copy(from_session: UUID, to_session: UUID) -> int:
    """Let the files of one session go with another of the same mentor too; gives how many are new to it.

    Both are locked, so that no file is forgotten in between. What is stored is not stored again."""
    first, second = sorted((from_session, to_session))
    mentors = {(await session_to_change(each)).mentor_id for each in (first, second)}
    if len(mentors) > 1:
        raise Forbidden(message=NOT_YOURS)
    there = {row.storage_key for row in await Material.filter(session_id=to_session)}
    rows = [
        _copied(row, to_session)
        for row in await Material.filter(session_id=from_session).order_by("id")
        if row.storage_key not in there
    ][: MAX_FILES - len(there)]
    await Material.bulk_create(rows)
    return len(rows)


def _copied(row: Material, session_id: UUID) -> Material:
    return Material(
        session_id=session_id,
        uploader_id=row.uploader_id,
        name=row.name,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        storage_key=row.storage_key,
        phase=row.phase,
        created_at=row.created_at,
        told_at=clock.now() if row.phase == Phase.BEFORE else None,
    )


# --- what is stored and nobody names any more


async def forget_files(keys: Collection[str]) -> None:
    """Delete those of the stored files that go with no session."""
    named_still = await Material.filter(storage_key__in=list(keys)).values_list("storage_key", flat=True)
    for key in set(keys) - set(named_still):
        await gallery().storage.delete(key)


@transactional
async def drop_orphans(limit: int = 500) -> int:
    """Take away the files of drafts that were deleted; gives how many."""
    rows = await Material.filter(session_id__isnull=True).limit(limit)
    await drop(rows)
    return len(rows)
