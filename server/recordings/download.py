"""Sends a stored file: whole or a range of it, with what browsers and download managers rely on."""

from __future__ import annotations

from contextlib import aclosing
from datetime import timedelta

from aiohttp import web

from server.edge.attachments import disposition
from server.infra.storage import Missing, Storage, StorageDown
from server.recordings.ranges import Slice, Unsatisfiable, choose, known
from server.recordings.service import StoredFile

LINK_FROM = 8 * 1024 * 1024  # bytes; smaller files are not worth another connection
LINK_LIFETIME = timedelta(minutes=5)  # for the download to begin


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


async def elsewhere(request: web.Request, file: StoredFile, storage: Storage) -> str | None:
    """Where the storage itself gives the file out; None where we do.

    Only whole files go there: a player asks for ranges, and our pages play nothing from elsewhere."""
    if "Range" in request.headers or file.size < LINK_FROM:
        return None
    return await storage.link(file.storage_key, LINK_LIFETIME)


async def send(
    request: web.Request, file: StoredFile, storage: Storage, status: int, wanted: Slice | None
) -> web.StreamResponse:
    """Answer with the part of the file that was decided on; a HEAD gets the same headers."""
    response = web.StreamResponse(status=status, headers=_headers(file, status, wanted))
    if wanted is not None:
        response.content_length = wanted.count
    elif status == 416:
        response.content_length = 0
    await response.prepare(request)
    if wanted is not None and request.method != "HEAD":
        try:
            await _stream(response, storage, file.storage_key, wanted)
        except ConnectionError:
            return response  # the client has seen enough, as players often do
        except (Missing, StorageDown):
            if request.transport:
                request.transport.abort()  # else the client took what it has for the whole
            return response
    await response.write_eof()
    return response


async def _stream(response: web.StreamResponse, storage: Storage, key: str, wanted: Slice) -> None:
    async with aclosing(storage.read(key, wanted.first, wanted.count)) as pieces:
        async for piece in pieces:
            await response.write(piece)


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
    headers["Content-Type"] = media_type(file.kind)
    headers["Content-Disposition"] = disposition(file.name, "recording.webm")
    headers["X-Content-Type-Options"] = "nosniff"
    return headers


def media_type(kind: str) -> str:
    return "audio/webm" if kind == "audio" else "video/webm"


def _etag(file: StoredFile) -> str:
    return f'"{file.sha256}"'
