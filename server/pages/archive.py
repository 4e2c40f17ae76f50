"""The export of a person: a ZIP of JSON files, and the files they gave us.

It is made at once, since that takes a second even for somebody with years behind them, and on disk, so
that memory does not grow with it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pydantic_core import to_json

from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.personal import KeptFile
from server.infra.storage import Missing, Storage
from server.pages.personal_data import PARTS

PER_PERSON = Limit("export", 5, timedelta(hours=1))
READ_ME = """This is everything PeerLearn keeps about you.

Each .json file is one part of it; instants are UTC. Below "files" is what you uploaded.
Not in it: secrets (passwords, keys, codes: of these only hashes are kept), and what belongs to
others, such as who has blocked or reported somebody.
"""


@asynccontextmanager
async def archive_of(user_id: int, storage: Storage, folder: Path) -> AsyncIterator[IO[bytes]]:
    """The archive as a file without a name below `folder`, from its beginning.

    Raises Throttled, StorageDown."""
    await WINDOWS.take(PER_PERSON, str(user_id))
    with tempfile.TemporaryFile(dir=folder) as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            await _write(archive, user_id, storage)
        file.seek(0)
        yield file


async def _write(archive: ZipFile, user_id: int, storage: Storage) -> None:
    await asyncio.to_thread(archive.writestr, "READ ME.txt", READ_ME)
    for part in PARTS:
        await asyncio.to_thread(_write_json, archive, part.name, await part.export(user_id))
        for kept in await part.files(user_id):
            await _copy(archive, kept, storage)


def _write_json(archive: ZipFile, name: str, content: dict[str, Any]) -> None:
    archive.writestr(f"{name}.json", to_json(content, indent=2))


async def _copy(archive: ZipFile, kept: KeptFile, storage: Storage) -> None:
    """As it is: pictures and PDFs are packed already. One that was deleted meanwhile is left out."""
    try:
        size = await storage.size(kept.key)
        pieces = storage.read(kept.key, 0, size)
        with archive.open(ZipInfo(f"files/{kept.name}", _today()), "w") as target:
            async for piece in pieces:
                await asyncio.to_thread(target.write, piece)
    except Missing:
        return


def _today() -> tuple[int, int, int, int, int, int]:
    return clock.now().timetuple()[:6]
