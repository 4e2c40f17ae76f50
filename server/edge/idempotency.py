"""`Idempotency-Key`: a POST sent twice acts once and gets the same answer, for 24 hours.

The key belongs to the person who sent it. The first request takes it by a unique row; others with the
same body wait for its answer; another body is refused. Answers that ask to be tried again later or
corrected are not kept. A request with a key goes on to its end when its client is lost: the client will
send it again, and is to find the answer.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from aiohttp.typedefs import Handler
from tortoise.exceptions import IntegrityError

from server.edge.access import viewer
from server.edge.errors import answered
from server.infra import clock
from server.infra.errors import Conflict, Malformed
from server.infra.models import IdempotencyRecord

HEADER = "Idempotency-Key"
MAX_KEY = 255
KEEP = timedelta(hours=24)
TAKE_OVER = timedelta(minutes=1)  # after a crash in the middle of a request
WAIT_S = 10.0
LOOK_AGAIN_S = 0.05
KEPT_STATUS = frozenset({200, 201, 202, 204, 402, 404, 409})


_under_way: set[asyncio.Task[web.StreamResponse]] = set()


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it was given."""

    status: int
    body: str


@web.middleware
async def idempotency_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a repeated POST of the API from what is stored."""
    key = request.headers.get(HEADER, "")
    person = viewer(request)
    if not key or person is None or request.method != "POST" or not request.path.startswith("/api/"):
        return await handler(request)
    if len(key) > MAX_KEY or not key.isprintable():
        raise Malformed(message=f"{HEADER} is too long or holds control characters.")
    fingerprint = await _fingerprint(request)
    once = asyncio.create_task(_once(request, handler, person.user_id, key, fingerprint))
    _under_way.add(once)
    once.add_done_callback(_under_way.discard)
    return await asyncio.shield(once)


async def _once(
    request: web.Request, handler: Handler, user_id: int, key: str, fingerprint: str
) -> web.StreamResponse:
    if (stored := await _take(user_id, key, fingerprint)) is not None:
        return _replayed(stored)
    return await _answer_and_keep(request, handler, user_id, key)


async def _fingerprint(request: web.Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.path_qs}\n".encode())
    digest.update(await request.read())
    return digest.hexdigest()


async def _take(user_id: int, key: str, fingerprint: str) -> Stored | None:
    """None when the key is ours and the request is to be carried out; else the stored answer.

    Raises Conflict (`idempotency_conflict`, `in_progress`)."""
    deadline = asyncio.get_running_loop().time() + WAIT_S
    while not await _insert(user_id, key, fingerprint):
        found = await IdempotencyRecord.get_or_none(user_id=user_id, key=key)
        if found is None or await _forget_ended(found):
            continue
        if found.fingerprint != fingerprint:
            raise Conflict("idempotency_conflict", "This key was used for another request.")
        if found.status is not None:
            return Stored(found.status, found.body)
        if asyncio.get_running_loop().time() > deadline:
            raise Conflict("in_progress", "The first request with this key is still being worked on.")
        await asyncio.sleep(LOOK_AGAIN_S)
    return None


async def _insert(user_id: int, key: str, fingerprint: str) -> bool:
    try:
        await IdempotencyRecord.create(
            user_id=user_id, key=key, fingerprint=fingerprint, created_at=clock.now()
        )
    except IntegrityError:
        return False
    return True


async def _forget_ended(found: IdempotencyRecord) -> bool:
    """Remove a record whose time is over; True when it is gone."""
    age = clock.now() - found.created_at
    if age < (TAKE_OVER if found.status is None else KEEP):
        return False
    await IdempotencyRecord.filter(id=found.id, created_at=found.created_at).delete()
    return True


def _replayed(stored: Stored) -> web.Response:
    return web.Response(
        text=stored.body,
        status=stored.status,
        content_type="application/json",
        headers={"Idempotent-Replayed": "true"},
    )


async def _answer_and_keep(
    request: web.Request, handler: Handler, user_id: int, key: str
) -> web.StreamResponse:
    """Carry the request out and store its answer, or give the key back.

    Runs inside the error middleware, so errors are turned into answers here already."""
    record = IdempotencyRecord.filter(user_id=user_id, key=key)
    try:
        response = await answered(request, handler)
    except BaseException:
        await record.delete()
        raise
    if response.status in KEPT_STATUS and isinstance(response, web.Response):
        await record.update(status=response.status, body=response.text or "")
    else:
        await record.delete()
    return response


async def purge() -> None:
    """Forget answers older than they are promised."""
    await IdempotencyRecord.filter(created_at__lt=clock.now() - KEEP).delete()
