"""A mentor puts a file to a session: looked at, counted, kept, and told to those who have a seat."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from server.booking.models import Session
from server.booking.states import SessionStatus, wrong_state
from server.booking.visibility import locked_own_session
from server.edge.access import Viewer
from server.edge.ratelimit import WINDOWS, Limit
from server.edge.sniffing import HEAD
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Invalid
from server.infra.outbox import enqueue
from server.materials import telling
from server.materials.access import is_open, shape
from server.materials.models import Material
from server.materials.types import REWRITTEN, looked_at, named
from server.materials.values import MaterialFile, Phase
from server.people.gallery import gallery
from server.people.keeping import Kept, keep, new_key
from server.people.photographs import reencoded

MAX_BYTES = 25 * 1024 * 1024  # of one file
MAX_FILES = 20  # of one session
MAX_BYTES_A_DAY = 200 * 1024 * 1024  # of one mentor
DAY = timedelta(days=1)
PER_PERSON = Limit("materials", 120, timedelta(hours=1))
UNCLAIMED_AFTER = timedelta(hours=1)  # no upload takes as long
CLOSED = (SessionStatus.CANCELLED, SessionStatus.MISSED)

EMPTY = "This file is empty."
TOO_LARGE = f"This file is too large. Choose one below {MAX_BYTES // 1024 // 1024} MB."
TOO_MANY = f"A session takes {MAX_FILES} files. Remove one first, or pack several into a ZIP."
ENOUGH_TODAY = f"That is more than {MAX_BYTES_A_DAY // 1024 // 1024} MB in a day. Add it tomorrow."


async def add(
    session_id: UUID, viewer: Viewer, phase: Phase, name: str, source: BinaryIO
) -> MaterialFile:
    """Keep a file for the learners of an own session.

    Raises NotFound, Forbidden, Conflict (wrong_state), Throttled, Invalid naming `file`, StorageDown."""
    size = source.seek(0, 2)
    await require_room(session_id, viewer, size)
    await WINDOWS.take(PER_PERSON, str(viewer.user_id))
    content, kind = await _looked_at(source)
    key = new_key("materials")
    await enqueue("materials.forget_files", {"keys": [key]}, run_at=clock.now() + UNCLAIMED_AFTER)
    kept = await keep(content, key, kind)
    return await _write(session_id, viewer, phase, named(name, kind), kind, key, kept)


async def _looked_at(source: BinaryIO) -> tuple[BinaryIO, str]:
    """What is kept of a file, and its media type. Raises Invalid."""
    source.seek(0)
    head = source.read(HEAD)
    source.seek(0)
    if not head:
        raise Invalid(fields={"file": EMPTY})
    kind = looked_at(head)
    if kind not in REWRITTEN:
        return source, kind
    loop = asyncio.get_running_loop()
    content, kind = await loop.run_in_executor(gallery().thread, reencoded, source)
    return BytesIO(content), kind


@transactional
async def require_room(session_id: UUID, viewer: Viewer, size: int) -> Session:
    """The session, locked, if one more file of this size may go with it.

    Raises NotFound, Forbidden, Conflict (wrong_state), Invalid naming `file`."""
    session = await locked_own_session(session_id, viewer)
    if session.status in CLOSED:
        raise wrong_state(session.status)
    if size > MAX_BYTES:
        raise Invalid(fields={"file": TOO_LARGE})
    if await Material.filter(session_id=session_id).count() >= MAX_FILES:
        raise Invalid(fields={"file": TOO_MANY})
    if await _bytes_of_today(viewer.user_id) + size > MAX_BYTES_A_DAY:
        raise Invalid(fields={"file": ENOUGH_TODAY})
    return session


async def _bytes_of_today(user_id: int) -> int:
    """What is stored once is counted once, however many sessions it goes with."""
    recent = Material.filter(uploader_id=user_id, created_at__gt=clock.now() - DAY)
    return sum(dict(await recent.values_list("storage_key", "size")).values())


@transactional
async def _write(
    session_id: UUID, viewer: Viewer, phase: Phase, name: str, kind: str, key: str, kept: Kept
) -> MaterialFile:
    """Another file may have been faster: it is counted again."""
    session = await require_room(session_id, viewer, kept.size)
    row = await Material.create(
        session_id=session_id,
        uploader_id=viewer.user_id,
        name=name,
        content_type=kind,
        size=kept.size,
        sha256=kept.sha256,
        storage_key=key,
        phase=phase,
        created_at=clock.now(),
        told_at=clock.now() if session.status == SessionStatus.DRAFT and phase == Phase.BEFORE else None,
    )
    if is_open(phase, session.status):
        await telling.expect(session_id)
    return shape(row)
