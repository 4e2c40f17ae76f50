"""Sends a stored file: whole or a range of it, with what browsers and download managers rely on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass

from aiohttp import web

from server.edge.ranges import Slice, Unsatisfiable, choose, known
from server.infra.storage import Missing, Storage, StorageDown


@dataclass(frozen=True, slots=True)
class Decision:
    """The status of the answer, and what it sends of a file of `size` bytes."""

    status: int
    wanted: Slice | None
    size: int
    etag: str


def decide(request: web.Request, size: int, sha256: str) -> Decision:
    """What a request for a file gets; its content is known by its checksum."""
    etag = f'"{sha256}"'
    if known(request.headers, etag):
        return Decision(304, None, size, etag)
    try:
        wanted = choose(request.headers, size, etag)
    except Unsatisfiable:
        return Decision(416, None, size, etag)
    return Decision(206 if wanted.partial else 200, wanted, size, etag)


async def send(
    request: web.Request, storage: Storage, key: str, decision: Decision, about: Mapping[str, str]
) -> web.StreamResponse:
    """Answer with the part of the file that was decided on; a HEAD gets the same headers. `about`: those
    that say what is sent."""
    response = web.StreamResponse(status=decision.status, headers=_headers(decision, about))
    wanted = decision.wanted
    if wanted is not None:
        response.content_length = wanted.count
    elif decision.status == 416:
        response.content_length = 0
    await response.prepare(request)
    if wanted is not None and request.method != "HEAD":
        try:
            await _stream(response, storage, key, wanted)
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


def _headers(decision: Decision, about: Mapping[str, str]) -> dict[str, str]:
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": decision.etag,
        "Cache-Control": "private, no-cache",
    }
    if decision.status == 416:
        return {**headers, "Content-Range": f"bytes */{decision.size}"}
    if decision.wanted is not None and decision.wanted.partial:
        headers["Content-Range"] = decision.wanted.content_range
    return {**headers, "X-Content-Type-Options": "nosniff", **about}
