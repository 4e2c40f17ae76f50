"""Stored files in a bucket of Amazon S3 or of anything that speaks its language."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store

from server.infra.db import require_no_transaction
from server.infra.storage_keys import Missing, StorageDown, checked

PART_SIZE = 8 * 1024 * 1024  # bytes; S3 takes 10,000 parts: files up to 80 GB
PARTS_AT_ONCE = 3  # so that an upload holds 32 MB at most, whatever the file's size
CHUNK = 256 * 1024  # bytes given on at a time
RETRY_FOR = timedelta(seconds=10)  # somebody waits for the answer; jobs are tried again anyway
CONNECT_WITHIN = timedelta(seconds=3)
SILENT_FOR = timedelta(seconds=15)
LONGEST = timedelta(hours=6)  # one request: somebody watches a whole lesson at its own speed

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the bucket is. No endpoint means Amazon's; `links` allows presigned addresses."""

    name: str
    prefix: str
    endpoint: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    links: bool = False


class S3Storage:
    """Keeps files in one bucket, below a prefix."""

    def __init__(self, bucket: Bucket) -> None:
        self._links = bucket.links
        self._store = S3Store(
            bucket.name,
            prefix=bucket.prefix,
            config={"endpoint": bucket.endpoint} if bucket.endpoint else {},
            region=bucket.region,
            access_key_id=bucket.access_key,
            secret_access_key=bucket.secret_key,
            virtual_hosted_style_request=not bucket.endpoint,
            client_options={
                "allow_http": bucket.endpoint.startswith("http://"),
                "connect_timeout": CONNECT_WITHIN,
                "read_timeout": SILENT_FOR,
                "timeout": LONGEST,
            },
            retry_config={"max_retries": 5, "retry_timeout": RETRY_FOR},
        )

    async def put(
        self,
        key: str,
        path: Path,
        *,
        media_type: str = "application/octet-stream",
        progress: Callable[[int], None] | None = None,
    ) -> None:
        checked(key)
        size = (await asyncio.to_thread(path.stat)).st_size
        whole = await asyncio.to_thread(path.read_bytes) if size <= PART_SIZE else None
        with _asking():
            await obstore.put_async(
                self._store,
                key,
                _parts(path, progress) if whole is None else whole,
                attributes={"Content-Type": media_type, "Content-Disposition": "attachment"},
                use_multipart=whole is None,
                chunk_size=PART_SIZE,
                max_concurrency=PARTS_AT_ONCE,
            )
        if progress and whole is not None:
            progress(size)
        await asyncio.to_thread(path.unlink)

    async def size(self, key: str) -> int:
        with _asking():
            return (await obstore.head_async(self._store, checked(key)))["size"]

    async def read(self, key: str, first: int, count: int) -> AsyncGenerator[bytes, None]:
        if count == 0:  # S3 has no words for an empty range
            await self.size(key)
            return
        with _asking():
            found = await obstore.get_async(
                self._store, checked(key), options={"range": (first, first + count)}
            )
            async for piece in found.stream(min_chunk_size=CHUNK):
                yield piece

    async def delete(self, key: str) -> None:
        try:
            with _asking():
                await obstore.delete_async(self._store, checked(key))
        except Missing:
            return

    async def link(self, key: str, lifetime: timedelta) -> str | None:
        checked(key)
        if not self._links:
            return None
        with _asking():
            return await obstore.sign_async(self._store, "GET", key, lifetime)


async def _parts(path: Path, progress: Callable[[int], None] | None) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while part := await asyncio.to_thread(file.read, PART_SIZE):
            yield part
            if progress:
                progress(len(part))
    finally:
        file.close()


@contextmanager
def _asking() -> Iterator[None]:
    """Outside of transactions, and with the library's errors as ours. Its texts stay in the log: they
    quote addresses and answers."""
    require_no_transaction()
    try:
        yield
    except FileNotFoundError:
        raise Missing from None
    except (BaseError, ConnectionError, PermissionError, TimeoutError) as error:
        log.warning("the object storage failed", error=str(error).partition("\n")[0])
        raise StorageDown from error
