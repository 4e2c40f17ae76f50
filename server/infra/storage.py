"""Stored files (recordings, pictures), by key: one small interface, kept as files or S3-compatible.

`STORAGE_URL` chooses: `file:///folder`, or `s3://bucket/prefix?endpoint=…&region=…` with the
credentials in `S3_ACCESS_KEY` and `S3_SECRET_KEY`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from config.settings import Settings, SettingsError
from server.infra.storage_files import FileStorage
from server.infra.storage_keys import Missing, StorageDown
from server.infra.storage_s3 import Bucket, S3Storage

__all__ = ["FileStorage", "Missing", "S3Storage", "Storage", "StorageDown", "open_storage"]

BUCKET_OPTIONS = {"endpoint", "region", "links"}


class Storage(Protocol):
    """Files by key. A file is there whole or not at all, and never changes but by another `put`.

    A key that is none (`storage_keys`) raises ValueError before anything is asked; a storage that does
    not answer raises StorageDown."""

    async def put(
        self,
        key: str,
        path: Path,
        *,
        media_type: str = ...,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Take over the file at `path` (it is gone afterwards) as `key`, replacing an older one.

        Memory does not grow with the file; `progress` is told how many bytes went since it was last
        told. Raises FileNotFoundError when there is no such file."""

    async def size(self, key: str) -> int:
        """Bytes of the file. Raises Missing."""

    def read(self, key: str, first: int, count: int) -> AsyncGenerator[bytes, None]:
        """`count` bytes from position `first`, in pieces. Raises Missing before the first piece."""

    async def delete(self, key: str) -> None:
        """Remove `key`; nothing happens when it is not there."""

    async def link(self, key: str, lifetime: timedelta) -> str | None:
        """An address where anyone may GET the file for that long; None where everything goes through
        the server."""


def open_storage(settings: Settings) -> Storage:
    """The storage that `STORAGE_URL` names.

    Raises SettingsError naming the key that is missing or wrong."""
    url = urlsplit(settings.storage_url)
    if url.scheme == "file":
        return FileStorage(Path(unquote(url.path)))
    return S3Storage(_bucket(settings))


def _bucket(settings: Settings) -> Bucket:
    url = urlsplit(settings.storage_url)
    options = {name: values[-1] for name, values in parse_qs(url.query).items()}
    if not url.hostname or url.username or url.port or not options.keys() <= BUCKET_OPTIONS:
        raise SettingsError(
            "PEERLEARN_STORAGE_URL: expected s3://bucket/prefix?endpoint=https://host&region=name&links=yes"
        )
    for name in ("s3_access_key", "s3_secret_key"):
        if not getattr(settings, name):
            raise SettingsError(f"PEERLEARN_{name.upper()}: s3:// storage needs it")
    return Bucket(
        name=url.hostname,
        prefix=unquote(url.path).strip("/"),
        endpoint=options.get("endpoint", ""),
        region=options.get("region", "us-east-1"),
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        links=options.get("links") == "yes",
    )
