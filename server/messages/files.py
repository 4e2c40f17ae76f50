"""Files that go with messages: taken in before the message is sent, given out to its readers alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from server.edge.access import Viewer
from server.edge.file_names import clean_name
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Forbidden, Invalid, NotFound
from server.infra.outbox import enqueue
from server.infra.storage import Storage
from server.messages.circles import REFUSALS
from server.messages.models import MessageFile
from server.messages.values import Attachment, Door
from server.people.gallery import gallery
from server.people.keeping import keep, looked_at, new_key

MAX_BYTES = 20 * 1024 * 1024  # of one file
MAX_FILES = 10  # of one message
TOO_LARGE = f"This file is too large. Choose one below {MAX_BYTES // 1024 // 1024} MB."
TOO_MANY = f"Send at most {MAX_FILES} files with a message."
NOT_YOURS = "One of the files is not there any more. Choose it again."
KEEP_UNSENT = timedelta(days=1)
PER_PERSON = Limit("message-files", 120, timedelta(hours=1))


def storage() -> Storage:
    """The same that keeps people's pictures."""
    return gallery().storage


async def take_in(viewer: Viewer, name: str, source: BinaryIO) -> Attachment:
    """Keep a file for a message that is still to be sent.

    Raises Forbidden (`unverified`), Throttled, Invalid naming `file`, StorageDown."""
    if not viewer.verified:
        raise Forbidden(Door.UNVERIFIED, REFUSALS[Door.UNVERIFIED])
    await WINDOWS.take(PER_PERSON, str(viewer.user_id))
    content, kind = await looked_at(source)
    return await _keep(viewer, clean_name(name, kind), kind, content)


async def _keep(viewer: Viewer, name: str, kind: str, source: BinaryIO) -> Attachment:
    """The file first: a row never names one that is not there."""
    key = new_key("messages")
    size = (await keep(source, key, kind)).size
    row = await MessageFile.create(
        uploader_id=viewer.user_id,
        storage_key=key,
        name=name,
        content_type=kind,
        size=size,
        created_at=clock.now(),
    )
    return Attachment(row.public_id, name, kind, size)


# --- with a message


async def attach(user_id: int, file_ids: Sequence[UUID], message_id: int) -> None:
    """Let files that this person has uploaded go with a message; in the caller's transaction.

    Raises Invalid naming `files`."""
    own = MessageFile.filter(public_id__in=file_ids, uploader_id=user_id, message_id__isnull=True)
    if await own.update(message_id=message_id) != len(set(file_ids)):
        raise Invalid(fields={"files": NOT_YOURS})


async def attached(message_ids: Iterable[int]) -> dict[int, list[Attachment]]:
    """The files of each message, as they were uploaded."""
    found: dict[int, list[Attachment]] = {}
    rows = MessageFile.filter(message_id__in=list(message_ids)).order_by("id")
    for row in await rows:
        assert row.message_id is not None
        one = Attachment(row.public_id, row.name, row.content_type, row.size)
        found.setdefault(row.message_id, []).append(one)
    return found


async def own_unsent(viewer: Viewer, file_ids: Sequence[UUID]) -> list[Attachment]:
    """Those of the files that this person uploaded and did not send yet."""
    rows = MessageFile.filter(public_id__in=file_ids, uploader_id=viewer.user_id, message_id__isnull=True)
    return [
        Attachment(row.public_id, row.name, row.content_type, row.size)
        for row in await rows.order_by("id")
    ]


async def file_row(viewer: Viewer, file_id: UUID) -> MessageFile:
    """A file with the message it went with; one that was not sent is its uploader's alone.

    Raises NotFound."""
    row = await MessageFile.get_or_none(public_id=file_id).prefetch_related("message__conversation")
    if row is None or (row.message_id is None and row.uploader_id != viewer.user_id):
        raise NotFound
    return row


@transactional
async def give_up(viewer: Viewer, file_id: UUID) -> None:
    """Forget a file that was not sent. Raises NotFound."""
    row = await MessageFile.get_or_none(
        public_id=file_id, uploader_id=viewer.user_id, message_id__isnull=True
    )
    if row is None:
        raise NotFound
    await drop([row])


async def drop(rows: Sequence[MessageFile]) -> None:
    """Delete rows, and what they name after the commit; in the caller's transaction."""
    if rows:
        await MessageFile.filter(id__in=[row.id for row in rows]).delete()
        await enqueue("messages.forget_files", {"keys": [row.storage_key for row in rows]})


@transactional
async def drop_unsent() -> int:
    """Forget what was uploaded a day ago and never sent; gives how many."""
    before = clock.now() - KEEP_UNSENT
    rows = await MessageFile.filter(message_id__isnull=True, created_at__lt=before).limit(500)
    await drop(rows)
    return len(rows)
