"""Stored files below a folder of this machine."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from server.infra.db import require_no_transaction
from server.infra.storage_keys import Missing, checked

CHUNK = 256 * 1024  # bytes read at a time


class FileStorage:
    """Keeps files below `root`; the key is the path in it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(
        self,
        key: str,
        path: Path,
        *,
        media_type: str = "application/octet-stream",
        progress: Callable[[int], None] | None = None,
    ) -> None:
        size = await asyncio.to_thread(self._put, self._path(key), path)
        if progress:
            progress(size)  # a rename, as a rule: there is nothing in between

    async def size(self, key: str) -> int:
        path = self._path(key)
        try:
            return (await asyncio.to_thread(path.stat)).st_size
        except FileNotFoundError:
            raise Missing from None

    async def read(self, key: str, first: int, count: int) -> AsyncGenerator[bytes, None]:
        try:
            file = await asyncio.to_thread(self._path(key).open, "rb")
        except FileNotFoundError:
            raise Missing from None
        try:
            await asyncio.to_thread(file.seek, first)
            while count > 0 and (chunk := await asyncio.to_thread(file.read, min(CHUNK, count))):
                count -= len(chunk)
                yield chunk
        finally:
            file.close()

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def link(self, key: str, lifetime: timedelta) -> str | None:
        self._path(key)
        return None

    def _path(self, key: str) -> Path:
        """As with storages behind a network: nothing is asked of one inside a transaction."""
        require_no_transaction()
        return self._root / checked(key)

    def _put(self, target: Path, source: Path) -> int:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.parent / f".{target.name}.{uuid4().hex}.part"
        try:
            shutil.move(source, part)  # a rename, or a copy from another file system
            with part.open("rb") as file:
                os.fsync(file.fileno())
            size = part.stat().st_size
            part.replace(target)
            return size
        finally:
            part.unlink(missing_ok=True)
