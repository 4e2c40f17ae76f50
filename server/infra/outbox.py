"""Jobs that follow a commit: written in the business transaction, run by the worker, at least once.

A row is claimed by a guarded UPDATE with a lease, so that two workers never run it at the same time and
a killed one's work is taken up when its lease ends. So handlers may run twice: they are idempotent.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from server.infra import clock, db
from server.infra.models import OutboxRow

Handler = Callable[[dict[str, Any]], Awaitable[None]]

LEASE = timedelta(seconds=60)  # renewed while the handler runs; after a crash the row waits this long
MAX_ATTEMPTS = 12  # with the backoff below: about three hours of trying
BACKOFF_BASE_S = 2.0
BACKOFF_MAX_S = 3600.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEEP_DONE = timedelta(days=7)  # as long as a dedupe key keeps its promise

CLAIM = """
WITH due AS (
    SELECT id FROM outbox
    WHERE done_at IS NULL AND failed_at IS NULL AND run_at <= ?
        AND (lease_until IS NULL OR lease_until <= ?)
    ORDER BY run_at, id LIMIT ? {}
)
UPDATE outbox SET lease_until = ?, attempts = attempts + 1
WHERE id IN (SELECT id FROM due) RETURNING id, job, payload, attempts, run_at
"""

_handlers: dict[str, Handler] = {}
_periods: dict[str, timedelta] = {}
_wakers: list[Callable[[], None]] = []


class Hopeless(Exception):
    """Raised by a handler when trying again would change nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that this worker may run until its lease ends."""

    id: int
    job: str
    payload: dict[str, Any]
    attempt: int


def job(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of a job; it gets the payload."""

    def register(handler: Handler) -> Handler:
        if name in _handlers:
            raise RuntimeError(f"job {name!r} has two handlers")
        _handlers[name] = handler
        return handler

    return register


def periodic(name: str, every: timedelta) -> Callable[[Handler], Handler]:
    """Register a job that runs once in each period, whatever the number of workers."""
    _periods[name] = every
    return job(name)


async def schedule_periodic(name: str = "") -> None:
    """Write the next run of one periodic job, or of all of them."""
    for each in [name] if name else tuple(_periods):
        if each in _periods:
            run_at = _next_slot(clock.now(), _periods[each])
            await enqueue(each, {}, run_at=run_at, dedupe_key=f"{each}@{run_at.isoformat()}")


def _next_slot(now: datetime, every: timedelta) -> datetime:
    """The end of the present period, counted from 1970: the same for all workers."""
    return EPOCH + (math.floor((now - EPOCH) / every) + 1) * every


def handler(name: str) -> Handler | None:
    return _handlers.get(name)


async def enqueue(
    job: str,
    payload: dict[str, Any],
    *,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
    cause: str | None = None,
) -> None:
    """Write a job into the present transaction; with a known `dedupe_key` nothing happens.

    `cause` names what it is about, for `withdraw`."""
    now = clock.now()
    row = OutboxRow(
        job=job,
        payload=payload,
        run_at=run_at or now,
        dedupe_key=dedupe_key,
        cause=cause,
        created_at=now,
    )
    await OutboxRow.bulk_create([row], ignore_conflicts=True)
    db.after_commit(_wake)


async def withdraw(*causes: str) -> None:
    """Forget the jobs about these causes that nobody is running; their dedupe keys are free again."""
    idle = Q(lease_until__isnull=True) | Q(lease_until__lte=clock.now())
    waiting = OutboxRow.filter(cause__in=causes, done_at__isnull=True, failed_at__isnull=True)
    await waiting.filter(idle).delete()


def on_enqueued(waker: Callable[[], None]) -> Callable[[], None]:
    """Call `waker` after each commit that wrote a job; returns the function that ends it."""
    _wakers.append(waker)
    return lambda: _wakers.remove(waker)


def _wake() -> None:
    for waker in tuple(_wakers):
        waker()


async def claim(limit: int) -> list[Claim]:
    """Take up to `limit` due rows; each is ours until its lease ends.

    PostgreSQL passes over rows that another worker is just taking; on SQLite there is one writer at a
    time, so that nobody is in the way."""
    now = clock.now()
    passing_over = "FOR UPDATE SKIP LOCKED" if db.dialect() == "postgres" else ""
    rows = await db.fetch(CLAIM.format(passing_over), [now, now, limit, now + LEASE])
    rows.sort(key=lambda row: (row["run_at"], row["id"]))
    return [Claim(row["id"], row["job"], _payload(row["payload"]), row["attempts"]) for row in rows]


def _payload(stored: Any) -> dict[str, Any]:
    """JSON columns come as text from a raw query."""
    return dict(json.loads(stored) if isinstance(stored, str) else stored)


async def renew(claimed: Claim) -> None:
    """Keep a long job ours."""
    await _update(claimed, lease_until=clock.now() + LEASE)


async def finish(claimed: Claim) -> None:
    await _update(claimed, done_at=clock.now(), lease_until=None, last_error="")


async def put_back(claimed: Claim) -> None:
    """Let another worker have the row at once: this one stops."""
    await _update(claimed, lease_until=None)


async def fail(claimed: Claim, error: str, *, hopeless: bool = False) -> bool:
    """Put the row back to be tried later; returns False when it was tried often enough."""
    now = clock.now()
    if hopeless or claimed.attempt >= MAX_ATTEMPTS:
        await _update(claimed, failed_at=now, lease_until=None, last_error=error)
        return False
    run_at = now + timedelta(seconds=backoff(claimed.attempt, random.random()))
    await _update(claimed, run_at=run_at, lease_until=None, last_error=error)
    return True


def backoff(attempt: int, chance: float) -> float:
    """Seconds until the next try: doubling, with a quarter of spread; `chance` is in [0, 1)."""
    return min(BACKOFF_MAX_S, BACKOFF_BASE_S * 2.0 ** (attempt - 1)) * (1 + chance / 4)


async def _update(claimed: Claim, **values: Any) -> None:
    """Change the row only while this claim holds: a later one has a higher attempt."""
    await OutboxRow.filter(id=claimed.id, attempts=claimed.attempt, done_at__isnull=True).update(**values)


async def purge() -> None:
    """Forget what was done long ago."""
    await OutboxRow.filter(done_at__lt=clock.now() - KEEP_DONE).delete()


async def next_due() -> datetime | None:
    """When the earliest row may run that nobody is running."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=clock.now())
    row = (
        await OutboxRow.filter(free, done_at__isnull=True, failed_at__isnull=True)
        .order_by("run_at")
        .first()
    )
    return row.run_at if row else None
