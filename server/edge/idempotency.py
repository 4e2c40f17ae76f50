"""`Idempotency-Key`: a POST sent twice acts once and gets the same answer, for 24 hours.

The key belongs to the person who sent it. The first request takes it by a unique row; others with the
same body wait for its answer; another body is refused. Answers that ask to be tried again later or
corrected are not kept. A request with a key goes on to its end when its client is lost: the client will
send it again, and is to find the answer.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from aiohttp.typedefs import Handler
from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet

from server.edge.access import viewer
from server.edge.errors import answered
from server.infra import clock
from server.infra.db import DatabaseDown
from server.infra.errors import Conflict, Malformed
from server.infra.models import IdempotencyRecord

HEADER = "Idempotency-Key"
MAX_KEY = 255
KEEP = timedelta(hours=24)
TAKE_OVER = timedelta(minutes=1)  # after a crash in the middle of a request
WAIT_S = 10.0
LOOK_AGAIN_S = 0.05
NEVER_KEPT = "/api/v1/auth/"  # answers there hold secrets
KEPT_STATUS = frozenset({200, 201, 202, 204, 402, 404, 409})

Record = QuerySet[IdempotencyRecord]  # of at most one row

_under_way: set[asyncio.Task[web.StreamResponse]] = set()
_to_be_given_back: set[asyncio.Task[None]] = set()


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
    if request.path.startswith(NEVER_KEPT):
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
    taken = await _take(user_id, key, fingerprint)
    if isinstance(taken, Stored):
        return _replayed(taken)
    return await _answer_and_keep(request, handler, taken)


async def _fingerprint(request: web.Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.path_qs}\n".encode())
    digest.update(await request.read())
    return digest.hexdigest()


async def _take(user_id: int, key: str, fingerprint: str) -> Stored | Record:
    """Our record when the key is ours and the request is to be carried out; else the stored answer.

    Raises Conflict (`idempotency_conflict`, `in_progress`)."""
    deadline = asyncio.get_running_loop().time() + WAIT_S
    while (ours := await _insert(user_id, key, fingerprint)) is None:
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
    return ours


async def _insert(user_id: int, key: str, fingerprint: str) -> Record | None:
    now = clock.now()
    ours = IdempotencyRecord.filter(user_id=user_id, key=key, created_at=now)
    try:
        await IdempotencyRecord.create(user_id=user_id, key=key, fingerprint=fingerprint, created_at=now)
    except IntegrityError:
        return None
    except DatabaseDown:
        await _give_back(ours)  # it may have been committed
        raise
    return ours


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


async def _answer_and_keep(request: web.Request, handler: Handler, record: Record) -> web.StreamResponse:
    """Carry the request out and store its answer, or give the key back.

    Runs inside the error middleware, so errors are turned into answers here already."""
    try:
        response = await answered(request, handler)
        if response.status in KEPT_STATUS and isinstance(response, web.Response):
            await record.update(status=response.status, body=response.text or "")
            return response
    except BaseException:
        await _give_back(record)
        raise
    await _give_back(record)
    return response


async def _give_back(record: Record) -> None:
    """Let the key be used again: now, or as soon as the database is back."""
    try:
        await record.delete()
    except DatabaseDown:
        later = asyncio.create_task(_give_back_later(record))
        _to_be_given_back.add(later)
        later.add_done_callback(_to_be_given_back.discard)


async def _give_back_later(record: Record) -> None:
    """After `TAKE_OVER` others take the key themselves."""
    for _ in range(int(TAKE_OVER.total_seconds() / LOOK_AGAIN_S)):
        await asyncio.sleep(LOOK_AGAIN_S)
        with suppress(DatabaseDown):
            await record.delete()
            return


async def purge() -> None:
    """Forget answers older than they are promised."""
    await IdempotencyRecord.filter(created_at__lt=clock.now() - KEEP).delete()
