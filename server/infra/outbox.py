"""Jobs that follow a commit: written in the business transaction, run by the worker, at least once.

A row is claimed by a guarded UPDATE with a lease, so that two workers never run it at the same time and
a killed one's work is taken up when its lease ends. So handlers may run twice: they are idempotent.

Each job has a lane, with places of its own in the worker: what waits for somebody else's server holds up
nothing but its like.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
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

DUE = """(
    SELECT id FROM outbox
    WHERE done_at IS NULL AND failed_at IS NULL AND run_at <= ?
        AND (lease_until IS NULL OR lease_until <= ?) AND {jobs}
    ORDER BY run_at, id LIMIT ? {passing_over}
)"""
CLAIM = """
WITH {due}
UPDATE outbox SET lease_until = ?, attempts = attempts + 1
WHERE id IN ({ids}) RETURNING id, job, payload, attempts, run_at
"""


class Lane(StrEnum):
    """Whom a job waits for."""

    SHORT = "short"  # our own database alone
    MAIL = "mail"  # the mail server
    PUSH = "push"  # push services, of which one may be slow
    MONEY = "money"  # the payment provider
    LONG = "long"  # files that travel


_running: ContextVar[int] = ContextVar("the job that is running")
_handlers: dict[str, Handler] = {}
_lanes: dict[str, Lane] = {}
_periods: dict[str, timedelta] = {}
_wakers: list[Callable[[], None]] = []


class Hopeless(Exception):
    """Raised by a handler when trying again would change nothing."""


class Later(Exception):
    """Raised by a handler that was asked for patience: not before `after_s` seconds."""

    def __init__(self, why: str, after_s: float) -> None:
        super().__init__(why)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that this worker may run until its lease ends."""

    id: int
    job: str
    payload: dict[str, Any]
    attempt: int

    @property
    def lane(self) -> Lane:
        return _lanes.get(self.job, Lane.SHORT)


def job(name: str, *, lane: Lane = Lane.SHORT) -> Callable[[Handler], Handler]:
    """Register the handler of a job; it gets the payload."""

    def register(handler: Handler) -> Handler:
        if name in _handlers:
            raise RuntimeError(f"job {name!r} has two handlers")
        _handlers[name] = handler
        _lanes[name] = lane
        return handler

    return register


def periodic(name: str, every: timedelta, *, lane: Lane = Lane.SHORT) -> Callable[[Handler], Handler]:
    """Register a job that runs once in each period, whatever the number of workers."""
    _periods[name] = every
    return job(name, lane=lane)


async def schedule_periodic(name: str = "") -> None:
    """Write the next run of one periodic job, or of all of them."""
    for each in [name] if name else tuple(_periods):
        if each in _periods:
            run_at = _next_slot(clock.now(), _periods[each])
            await enqueue(each, {}, run_at=run_at, dedupe_key=f"{each}@{run_at.isoformat()}")


def _next_slot(now: datetime, every: timedelta) -> datetime:
    """The end of the present period, counted from 1970: the same for all workers."""
    return EPOCH + (math.floor((now - EPOCH) / every) + 1) * every


async def handle(claimed: Claim) -> None:
    """Run the handler of a row."""
    found = _handlers.get(claimed.job)
    if found is None:
        raise LookupError(f"no handler for job {claimed.job!r}")
    _running.set(claimed.id)
    await found(claimed.payload)


def running() -> int:
    """The number of the row that is being handled: the same whenever it is tried again."""
    return _running.get()


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
    """Take up to `limit` due rows, whatever their lane; each is ours until its lease ends."""
    return await _claim([("1 = 1", (), limit)])


async def claim_in_lanes(places: Mapping[Lane, int]) -> list[Claim]:
    """Take up to so many due rows of each lane."""
    return await _claim([(*_jobs_in(lane), limit) for lane, limit in places.items() if limit > 0])


def _jobs_in(lane: Lane) -> tuple[str, tuple[str, ...]]:
    """The condition on the jobs of a lane, and its values. What nobody knows is short."""
    short = lane is Lane.SHORT
    names = tuple(name for name, its in _lanes.items() if (its is not lane if short else its is lane))
    listed = ", ".join("?" * len(names)) or "''"
    return f"job {'NOT IN' if short else 'IN'} ({listed})", names


async def _claim(wanted: list[tuple[str, tuple[str, ...], int]]) -> list[Claim]:
    """Take what is due of each condition on jobs, up to its limit, in one statement.

    PostgreSQL passes over rows that another worker is just taking; on SQLite there is one writer at a
    time, so that nobody is in the way."""
    if not wanted:
        return []
    now = clock.now()
    passing_over = "FOR UPDATE SKIP LOCKED" if db.dialect() == "postgres" else ""
    due = [
        f"due_{number} AS {DUE.format(jobs=jobs, passing_over=passing_over)}"
        for number, (jobs, _, _) in enumerate(wanted)
    ]
    ids = [f"SELECT id FROM due_{number}" for number in range(len(wanted))]
    values = [value for _, names, limit in wanted for value in (now, now, *names, limit)]
    statement = CLAIM.format(due=", ".join(due), ids=" UNION ALL ".join(ids))
    rows = await db.fetch(statement, [*values, now + LEASE])
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


async def fail(claimed: Claim, error: str, *, hopeless: bool = False, after_s: float = 0.0) -> bool:
    """Put the row back to be tried later, not before `after_s`; False when it was tried often enough."""
    now = clock.now()
    if hopeless or claimed.attempt >= MAX_ATTEMPTS:
        await _update(claimed, failed_at=now, lease_until=None, last_error=error)
        return False
    wait_s = max(after_s, backoff(claimed.attempt, random.random()))
    run_at = now + timedelta(seconds=wait_s)
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
