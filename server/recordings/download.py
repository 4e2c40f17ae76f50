"""Sends a stored file: whole or a range of it, with what browsers and download managers rely on."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from server.recordings.ranges import Slice, Unsatisfiable, choose, known
from server.recordings.service import StoredFile

CHUNK = 256 * 1024  # bytes read and sent at a time
UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]+')


def decide(request: web.Request, file: StoredFile) -> tuple[int, Slice | None]:
    """The status of the answer, and what it sends."""
    etag = _etag(file)
    if known(request.headers, etag):
        return 304, None
    try:
        wanted = choose(request.headers, file.size, etag)
    except Unsatisfiable:
        return 416, None
    return (206 if wanted.partial else 200), wanted


async def send(
    request: web.Request, file: StoredFile, path: Path, status: int, wanted: Slice | None
) -> web.StreamResponse:
    """Answer with the part of `path` that was decided on; a HEAD gets the same headers."""
    response = web.StreamResponse(status=status, headers=_headers(file, status, wanted))
    if wanted is not None:
        response.content_length = wanted.count
    elif status == 416:
        response.content_length = 0
    await response.prepare(request)
    if wanted is not None and request.method != "HEAD":
        try:
            await _stream(response, path, wanted)
        except ConnectionError:
            return response  # the client has seen enough, as players often do
    await response.write_eof()
    return response


async def _stream(response: web.StreamResponse, path: Path, wanted: Slice) -> None:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, wanted.first)
        left = wanted.count
        while left > 0:
            chunk = await asyncio.to_thread(file.read, min(CHUNK, left))
            if not chunk:
                break
            left -= len(chunk)
            await response.write(chunk)
    finally:
        await asyncio.to_thread(file.close)


def _headers(file: StoredFile, status: int, wanted: Slice | None) -> dict[str, str]:
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": _etag(file),
        "Cache-Control": "private, no-cache",
    }
    if status == 416:
        return {**headers, "Content-Range": f"bytes */{file.size}"}
    if wanted is not None and wanted.partial:
        headers["Content-Range"] = wanted.content_range
    headers["Content-Type"] = "audio/webm" if file.kind == "audio" else "video/webm"
    headers["Content-Disposition"] = disposition(file.name)
    headers["X-Content-Type-Options"] = "nosniff"
    return headers


def disposition(name: str) -> str:
    """An attachment called `name` (RFC 6266): plain ASCII for old clients, the real one for others."""
    safe = UNSAFE_IN_NAMES.sub("_", name).strip(" .") or "recording.webm"
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode().strip()
    return (
        f"attachment; filename=\"{plain or 'recording.webm'}\"; filename*=UTF-8''{quote(safe, safe='')}"
    )


def _etag(file: StoredFile) -> str:
    return f'"{file.sha256}"'
