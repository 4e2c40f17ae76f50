"""Files that people send, kept as they are, under names that nobody can guess."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from server.edge.sniffing import HEAD, PICTURES, media_type
from server.infra.errors import Invalid
from server.people.gallery import gallery
from server.people.photographs import reencoded

CHUNK = 1024 * 1024
EMPTY = "This file is empty."


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept: bytes, and their SHA-256 in hexadecimal."""

    size: int
    sha256: str


def new_key(folder: str) -> str:
    """A place in the storage."""
    return f"{folder}/{secrets.token_hex(16)}"


async def looked_at(source: BinaryIO) -> tuple[BinaryIO, str]:
    """What may be handed to others of a file, and its media type by what is in it: pictures are written
    anew, so that nothing is in them but the picture. Raises Invalid naming `file`."""
    head = source.read(HEAD)
    source.seek(0)
    if not head:
        raise Invalid(fields={"file": EMPTY})
    kind = media_type(head)
    if kind not in PICTURES:
        return source, kind
    loop = asyncio.get_running_loop()
    content, kind = await loop.run_in_executor(gallery().thread, reencoded, source)
    return BytesIO(content), kind


async def keep(source: BinaryIO, key: str, media_type: str) -> Kept:
    """Store a file under `key`; memory does not grow with it. Raises StorageDown."""
    place = gallery()
    path = place.incoming / uuid4().hex
    try:
        kept = await asyncio.to_thread(_copied, source, path)
        await place.storage.put(key, path, media_type=media_type)
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)
    return kept


def _copied(source: BinaryIO, path: Path) -> Kept:
    digest = hashlib.sha256()
    with path.open("wb") as target:
        while piece := source.read(CHUNK):
            digest.update(piece)
            target.write(piece)
        return Kept(target.tell(), digest.hexdigest())
