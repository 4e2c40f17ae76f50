"""Copies one file from a media node: goes on where it stopped, and trusts only the checksum."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

TRIES = 3  # in a row; after that the job waits its turn again
TRANSIENT = (aiohttp.ClientError, OSError, TimeoutError)


class FetchFailed(Exception):
    """The file is not here yet; trying again may help."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """What the node said about the file. `sha256` is hexadecimal."""

    url: str
    size: int
    sha256: str


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Have `target` for this attempt: another process of this machine may be at the same file.

    Raises FetchFailed."""
    with target.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FetchFailed(f"{target.name} is being fetched by another process") from error
        yield


async def fetch(http: aiohttp.ClientSession, secret: str, remote: RemoteFile, target: Path) -> None:
    """Bring `target` to hold the whole file. What is there already is kept (byte ranges).

    Raises FetchFailed."""
    headers = {"Authorization": f"Bearer {secret}"}
    for attempt in range(1, TRIES + 1):
        try:
            await _continue(http, headers, remote, target)
            break
        except TRANSIENT as error:
            if attempt == TRIES:
                raise FetchFailed(f"{remote.url}: {error!r}") from error
    await _check(remote, target)


async def _continue(
    http: aiohttp.ClientSession, headers: dict[str, str], remote: RemoteFile, target: Path
) -> None:
    """Fetch what is missing. Raises FetchFailed, or one of TRANSIENT."""
    have = await asyncio.to_thread(_size, target)
    if have >= remote.size:
        return
    if have:
        headers = {**headers, "Range": f"bytes={have}-"}
    async with http.get(remote.url, headers=headers) as response:
        if response.status not in (200, 206):
            raise FetchFailed(f"{remote.url}: status {response.status}")
        continued = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        if response.status == 206 and not continued:
            raise FetchFailed(f"{remote.url}: another range than was asked for")
        await _append(response, target, "ab" if response.status == 206 else "wb", remote.size)


async def _append(response: aiohttp.ClientResponse, target: Path, mode: str, size: int) -> None:
    file = await asyncio.to_thread(target.open, mode)
    try:
        async for chunk in response.content.iter_any():
            await asyncio.to_thread(file.write, chunk)
            if file.tell() > size:
                break  # more than was announced: the check below refuses it
    finally:
        await asyncio.to_thread(file.close)


async def _check(remote: RemoteFile, target: Path) -> None:
    """Raises FetchFailed for a file that is not the announced one; it is thrown away."""
    size, digest = await asyncio.to_thread(_measure, target)
    if size < remote.size:
        raise FetchFailed(f"{remote.url}: {size} of {remote.size} bytes")
    if (size, digest) != (remote.size, remote.sha256):
        await asyncio.to_thread(target.unlink)
        raise FetchFailed(f"{remote.url}: size or checksum is not the announced one")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _measure(path: Path) -> tuple[int, str]:
    if not path.exists():
        return 0, ""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _size(path), digest
