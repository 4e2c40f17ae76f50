"""Where people's pictures are kept, and how one gets there and is read again."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from aiohttp import web

from config.settings import Settings
from server.edge.access import Viewer
from server.edge.keys import SETTINGS
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import NotFound
from server.infra.outbox import enqueue
from server.infra.storage import Storage, open_storage
from server.people.models import Profile
from server.people.onboarding import open_profile
from server.people.pictures import LARGE, SMALL, file_name, reencoded
from server.people.privacy import Audience, privacy_of

PER_PERSON = Limit("pictures", 30, timedelta(hours=1))
FILE_NAME = re.compile(rf"([0-9a-f]{{32}})-({SMALL}|{LARGE})\.webp")


@dataclass(frozen=True, slots=True)
class Gallery:
    """The storage of pictures, and the one thread of this process that decodes them: two at once would
    take twice the memory."""

    storage: Storage
    incoming: Path
    thread: ThreadPoolExecutor

    async def take_in(self, source: BinaryIO) -> str:
        """Keep a picture in all sizes and give it a name. Raises Invalid, StorageDown."""
        sizes = await asyncio.get_running_loop().run_in_executor(self.thread, reencoded, source)
        picture = secrets.token_hex(16)
        for size, content in sizes.items():
            path = self.incoming / uuid4().hex
            await asyncio.to_thread(path.write_bytes, content)
            await self.storage.put(key_of(picture, size), path, media_type="image/webp")
        return picture

    async def content(self, picture: str, size: int) -> bytes:
        """Raises Missing."""
        key = key_of(picture, size)
        count = await self.storage.size(key)
        return b"".join([piece async for piece in self.storage.read(key, 0, count)])

    async def forget(self, picture: str) -> None:
        for size in (SMALL, LARGE):
            await self.storage.delete(key_of(picture, size))


def key_of(picture: str, size: int) -> str:
    return f"pictures/{file_name(picture, size)}"


_gallery: Gallery | None = None


def gallery() -> Gallery:
    assert _gallery is not None, "open_gallery is not entered"
    return _gallery


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    async with open_gallery(app[SETTINGS]):
        yield


@asynccontextmanager
async def open_gallery(settings: Settings) -> AsyncIterator[Gallery]:
    """What pages and jobs of pictures need; a worker of its own needs it too."""
    global _gallery
    incoming = settings.data_dir / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1, "pictures") as thread:
        _gallery = Gallery(open_storage(settings), incoming, thread)
        try:
            yield _gallery
        finally:
            _gallery = None


# --- a person's picture


async def set_picture(viewer: Viewer, source: BinaryIO) -> None:
    """Take what was sent as this person's picture; the former one is deleted.

    Raises Throttled, Invalid, StorageDown."""
    await WINDOWS.take(PER_PERSON, str(viewer.user_id))
    picture = await gallery().take_in(source)
    await use_picture(viewer.user_id, picture)


@transactional
async def use_picture(user_id: int, picture: str) -> None:
    """The picture of this name from now on, or none for an empty one."""
    await open_profile(user_id)
    profile = await Profile.filter(user_id=user_id).select_for_update().get()
    former = profile.picture
    await Profile.filter(id=profile.id).update(picture=picture, updated_at=clock.now())
    if former and former != picture:
        await enqueue("people.forget_picture", {"picture": former})


async def picture_for(viewer_id: int | None, name: str) -> tuple[bytes, bool]:
    """A served picture by its file name, and whether anybody may keep it.

    Raises NotFound, also for one that this viewer must not see or that is nobody's any more."""
    asked = FILE_NAME.fullmatch(name)
    owner = await Profile.get_or_none(picture=asked[1], user__status="active") if asked else None
    if asked is None or owner is None:
        raise NotFound
    audience = (await privacy_of(owner.user_id)).picture
    if not audience.holds(viewer_id, owner.user_id):
        raise NotFound
    return await gallery().content(asked[1], int(asked[2])), audience is Audience.EVERYONE
