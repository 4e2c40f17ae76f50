"""Sends a stored file: whole or a range of it, with what browsers and download managers rely on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from aiohttp import web

from server.edge.ranges import Slice, Unsatisfiable, choose, refusal
from server.infra.storage import Missing, Storage, StorageDown


@dataclass(frozen=True, slots=True)
class Content:
    """A file as its validators tell it: `tag` is another for any other bytes. `sha256` is hexadecimal, or
    empty where nobody counted; `changed` is when it came to be."""

    size: int
    tag: str
    sha256: str = ""
    changed: datetime | None = None

    @property
    def etag(self) -> str:
        return f'"{self.tag}"'


def content_of(size: int, sha256: str, changed: datetime | None = None) -> Content:
    """A file that is known by its checksum."""
    return Content(size, sha256, sha256, changed)


@dataclass(frozen=True, slots=True)
class Decision:
    """The status of the answer, and what it sends of the content."""

    status: int
    wanted: Slice | None
    content: Content


@dataclass(slots=True)
class Meter:
    """How many bytes went out; a client who goes away takes fewer than they asked for."""

    sent: int = 0


def decide(request: web.Request, content: Content) -> Decision:
    """What a request for a file gets."""
    refused = refusal(request.headers, content.etag, content.changed)
    if refused is not None:
        return Decision(refused, None, content)
    try:
        wanted = choose(request.headers, content.size, content.etag, content.changed)
    except Unsatisfiable:
        return Decision(416, None, content)
    return Decision(206 if wanted.partial else 200, wanted, content)


async def send(
    request: web.Request,
    storage: Storage,
    key: str,
    decision: Decision,
    about: Mapping[str, str],
    meter: Meter | None = None,
) -> web.StreamResponse:
    """Answer with the part of the file that was decided on; a HEAD gets the same headers. `about`: those
    that say what is sent."""
    response = web.StreamResponse(status=decision.status, headers=_headers(decision, about))
    wanted = decision.wanted
    if wanted is not None:
        response.content_length = wanted.count
    elif decision.status != 304:
        response.content_length = 0
    await response.prepare(request)
    if wanted is not None and request.method != "HEAD":
        try:
            await _stream(response, storage, key, wanted, meter or Meter())
        except ConnectionError:
            return response  # the client has seen enough, as players often do
        except (Missing, StorageDown):
            if request.transport:
                request.transport.abort()  # else the client took what it has for the whole
            return response
    await response.write_eof()
    return response


async def _stream(
    response: web.StreamResponse, storage: Storage, key: str, wanted: Slice, meter: Meter
) -> None:
    async with aclosing(storage.read(key, wanted.first, wanted.count)) as pieces:
        async for piece in pieces:
            await response.write(piece)
            meter.sent += len(piece)


def _headers(decision: Decision, about: Mapping[str, str]) -> dict[str, str]:
    content = decision.content
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": content.etag,
        "Cache-Control": "private, no-cache",
    }
    if content.changed is not None:
        headers["Last-Modified"] = format_datetime(content.changed.astimezone(UTC), usegmt=True)
    if decision.status == 416:
        return {**headers, "Content-Range": f"bytes */{content.size}"}
    if decision.wanted is None:
        return headers
    if decision.wanted.partial:
        headers["Content-Range"] = decision.wanted.content_range
    if content.sha256:
        headers["Repr-Digest"] = _digest(content.sha256)
    return {**headers, "X-Content-Type-Options": "nosniff", **about}


def _digest(sha256: str) -> str:
    """Of the whole file, also with a part of it (RFC 9530 §3)."""
    return f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:"
