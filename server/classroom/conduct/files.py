"""Files of a room's chat: taken in before the line is said, given out to those who may read the line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from media.protocol.codec import MessageError
from media.protocol.messages import ChatFile as Handed
from server.classroom.chat import handed
from server.classroom.conduct import rights
from server.classroom.conduct.models import ChatFile
from server.classroom.models import Seat
from server.classroom.room import Member, Room
from server.edge.access import Viewer
from server.edge.file_names import clean_name
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, NotFound
from server.infra.outbox import enqueue
from server.infra.storage import Storage
from server.people.gallery import gallery
from server.people.keeping import keep, looked_at, new_key

MAX_BYTES = 20 * 1024 * 1024  # of one file
TOO_LARGE = f"This file is too large. Choose one below {MAX_BYTES // 1024 // 1024} MB."
NOT_IN_ROOM = "Files are handed round in the room. Come in first."
NO_FILE = "There is no such file."
KEEP_UNSENT = timedelta(days=1)
PER_PERSON = Limit("room-files", 60, timedelta(hours=1))
FORGET = "classroom.forget_files"


def storage() -> Storage:
    """The same that keeps people's pictures."""
    return gallery().storage


# --- taking in


async def seat_of(session_id: UUID, viewer: Viewer) -> Seat:
    """The seat of somebody who was let into a room that is open.

    Raises NotFound, Forbidden (also not_in_room), Conflict (wrong_state)."""
    access = await rights.room_access(session_id, viewer.user_id)
    if access.session.status not in rights.OPEN:
        raise Conflict
    seat = await Seat.get_or_none(session_id=session_id, user_id=viewer.user_id)
    if seat is None:
        raise Forbidden("not_in_room", NOT_IN_ROOM)
    return seat


async def take_in(session_id: UUID, viewer: Viewer, name: str, source: BinaryIO) -> Handed:
    """Keep a file for a line that is still to be said.

    Raises as `seat_of`, and Throttled, Invalid naming `file`, StorageDown."""
    seat = await seat_of(session_id, viewer)
    await WINDOWS.take(PER_PERSON, str(viewer.user_id))
    content, kind = await looked_at(source)
    return handed(await _keep(seat, clean_name(name, kind), kind, content))


async def _keep(seat: Seat, name: str, kind: str, source: BinaryIO) -> ChatFile:
    """The file first: a row never names one that is not there."""
    key = new_key("classroom")
    size = (await keep(source, key, kind)).size
    return await ChatFile.create(
        session_id=seat.session_id,
        seat_id=seat.id,
        storage_key=key,
        name=name,
        media_type=kind,
        size=size,
        at=clock.now(),
    )


async def unsent_files(room: Room, member: Member, file_ids: Sequence[str]) -> list[Handed]:
    """Those that `member` uploaded and did not hand round yet; each goes with one line.

    Raises MessageError `no_file`."""
    if not file_ids:
        return []
    wanted = {_id(text) for text in file_ids}
    rows = await ChatFile.filter(
        public_id__in=[one for one in wanted if one],
        session_id=room.lesson.session_id,
        seat_id=member.seat_id,
        message_id__isnull=True,
    ).order_by("id")
    fresh = {row.public_id for row in rows} - room.rules.handed_round
    if fresh != wanted:
        raise MessageError("no_file", "One of the files is not there any more. Choose it again.", "chat")
    room.rules.handed_round |= fresh
    return [handed(row) for row in rows]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# --- giving out


async def readable(session_id: UUID, viewer: Viewer, file_id: UUID) -> ChatFile:
    """A file with the line it went with, for those who may read that; before, for its uploader alone.

    Raises NotFound, Forbidden."""
    await rights.room_access(session_id, viewer.user_id)
    seat = await Seat.get_or_none(session_id=session_id, user_id=viewer.user_id)
    row = await ChatFile.get_or_none(public_id=file_id, session_id=session_id).prefetch_related("message")
    if seat is None or row is None or not _may_have(seat, row):
        raise NotFound(message=NO_FILE)
    return row


def _may_have(seat: Seat, row: ChatFile) -> bool:
    line = row.message if row.message_id is not None else None
    if line is None:
        return bool(row.seat_id == seat.id)
    if line.removed_at is not None:
        return False
    return bool(line.to_seat_id is None or seat.id in (line.seat_id, line.to_seat_id))


# --- forgetting


@transactional
async def drop_unsent() -> int:
    """Forget what was uploaded a day ago and never handed round; gives how many."""
    before = clock.now() - KEEP_UNSENT
    rows = await ChatFile.filter(message_id__isnull=True, at__lt=before).limit(500)
    if rows:
        await ChatFile.filter(id__in=[row.id for row in rows]).delete()
        await enqueue(FORGET, {"keys": [row.storage_key for row in rows]})
    return len(rows)
