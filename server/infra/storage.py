"""Stored files (recordings, pictures), by key. Files under a folder now; the key never is a path."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from config.settings import Settings, SettingsError

KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


class FileStorage:
    """Keeps files below `root`. A file is there whole or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, path: Path) -> None:
        """Take over the file at `path` (it is moved) as `key`, replacing an older one."""
        await asyncio.to_thread(self._put, self.path(key), path)

    def path(self, key: str) -> Path:
        """Where `key` lies; the file may not exist.

        Raises ValueError for a key that could leave the root."""
        if not KEY.fullmatch(key):
            raise ValueError(f"not a storage key: {key!r}")
        return self._root / key

    async def delete(self, key: str) -> None:
        """Remove `key`; nothing happens when it is not there."""
        await asyncio.to_thread(self.path(key).unlink, missing_ok=True)

    def _put(self, target: Path, source: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.parent / f".{target.name}.{uuid4().hex}.part"
        try:
            shutil.move(source, part)  # a rename, or a copy from another file system
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def open_storage(settings: Settings) -> FileStorage:
    """The storage that `STORAGE_URL` names.

    Raises SettingsError for a kind that is not there."""
    url = urlsplit(settings.storage_url)
    if url.scheme != "file":
        raise SettingsError(f"PEERLEARN_STORAGE_URL: {url.scheme}:// is not supported, use file://")
    return FileStorage(Path(unquote(url.path)))
