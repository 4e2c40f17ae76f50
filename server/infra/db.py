"""The database: opening, migrating, and the one way to run a transaction.

Raw `in_transaction` is never used: cancelled while it begins, it leaks its lock or its connection.
`@transactional` runs each unit of work in a shielded task of its own, so that a client who goes away
can't leave one half done.
"""

from __future__ import annotations

import asyncio
import functools
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import structlog
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext, require_context
from tortoise.exceptions import IntegrityError, OperationalError

from config.settings import Settings
from server.infra.asyncpg_client import DatabaseDown, told_when_gone

MODEL_MODULES: tuple[str, ...] = (
    "server.infra.models",
    "server.accounts.models",
    "server.notifications.models",
    "server.people.models",
    "server.booking.models",
    "server.booking.waiting.models",
    "server.booking.requests.models",
    "server.booking.rescheduling.models",
    "server.payments.models",
    "server.payments.ledger.models",
    "server.calendar.models",
    "server.materials.models",
    "server.messages.models",
    "server.classroom.models",
    "server.classroom.conduct.models",
    "server.classroom.teaching.models",
    "server.classroom.check.models",
    "server.classroom.measures.models",
    "server.recordings.models",
    "server.settlement.models",
    "server.feedback.models",
    "server.achievements.models",
    "server.pathways.models",
)
MIGRATIONS = "server.migrations"
ENGINES = {
    "sqlite": "server.infra.sqlite_client",
    "postgres": "server.infra.asyncpg_client",
    "postgresql": "server.infra.asyncpg_client",
}
POOL_SIZE = 10  # PostgreSQL connections of one process

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger()


@dataclass(eq=False)
class _UnitOfWork:
    """One transaction: who runs it, whether it still runs, and what follows its commit."""

    task: asyncio.Task[Any] | None
    active: bool = True
    callbacks: list[Callable[[], None]] = field(default_factory=list)


_unit: ContextVar[_UnitOfWork | None] = ContextVar("unit_of_work", default=None)
_running: set[asyncio.Task[Any]] = set()
_context: TortoiseContext | None = None


def orm_config(database_url: str) -> dict[str, Any]:
    """Tortoise's configuration for one database with all our models.

    The connection is named after its engine: Tortoise caches statements by connection name, and those
    of one engine are wrong for the other."""
    engine = ENGINES[urlsplit(database_url).scheme]
    parameters = expand_db_url(database_url)["credentials"]
    if engine.endswith("asyncpg_client"):
        parameters.setdefault("maxsize", POOL_SIZE)
    return {
        "connections": {engine: {"engine": engine, "credentials": parameters}},
        "apps": {
            "models": {
                "models": list(MODEL_MODULES),
                "default_connection": engine,
                "migrations": MIGRATIONS,
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def open_database(settings: Settings) -> None:
    """Load the models and connect; the database is then usable from every task of this process."""
    global _context
    if _context is not None:
        raise RuntimeError("the database is open already")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    context = TortoiseContext()
    with context:
        await context.init(config=orm_config(settings.database_url), _enable_global_fallback=True)
    _context = context
    await connection().execute_query("SELECT 1")


async def close_database() -> None:
    """Wait for the units of work that still run, then close all connections."""
    global _context
    if _running:
        await asyncio.wait(_running)
    if _context is not None:
        await _context.close_connections()
    _context = None


def connection() -> BaseDBAsyncClient:
    """The connection of this task: inside a unit of work, its transaction."""
    return require_context().db()


def dialect() -> str:
    """`sqlite` or `postgres`."""
    return connection().capabilities.dialect


# --- transactions


def transactional(function: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run an async function as one unit of work: committed when it returns, undone when it raises.

    Called inside another unit of the same task it joins that one. If the caller is cancelled the unit
    goes on to its end all the same."""

    @functools.wraps(function)
    async def unit(*args: P.args, **kwargs: P.kwargs) -> T:
        if in_unit_of_work():
            return await function(*args, **kwargs)
        task = asyncio.create_task(_run_unit(functools.partial(function, *args, **kwargs)))
        _running.add(task)
        task.add_done_callback(_forget)
        return await asyncio.shield(task)

    return unit


def in_unit_of_work() -> bool:
    """Whether this task is inside a transaction.

    Raises RuntimeError in a task that was started inside a transaction which still runs: it would
    write into a transaction that may end at any moment. Start such tasks with `after_commit`."""
    current = _unit.get()
    if current is None or not current.active:
        return False
    if current.task is not asyncio.current_task():
        raise RuntimeError("a task started inside a transaction needs one of its own: use after_commit")
    return True


def require_no_transaction() -> None:
    """Refuse to go on inside a transaction: called by everything that talks to the network."""
    if in_unit_of_work():
        raise RuntimeError("no network inside a transaction: enqueue a job instead")


def after_commit(callback: Callable[[], None]) -> None:
    """Call `callback` when the unit of work has committed; at once outside of one."""
    if in_unit_of_work():
        current = _unit.get()
        assert current is not None
        current.callbacks.append(callback)
    else:
        callback()


async def _run_unit(work: Callable[[], Awaitable[T]]) -> T:
    unit = _UnitOfWork(asyncio.current_task())
    _unit.set(unit)
    try:
        async with _base_connection()._in_transaction():
            result = await work()
    finally:
        unit.active = False
    _run_callbacks(unit.callbacks)
    return result


def _base_connection() -> BaseDBAsyncClient:
    """The connection outside of any transaction, whatever this task inherited."""
    client = connection()
    return getattr(client, "_parent", client)


def _run_callbacks(callbacks: Sequence[Callable[[], None]]) -> None:
    for callback in callbacks:
        try:
            callback()
        except Exception:
            log.exception("after_commit callback failed", callback=repr(callback))


def _forget(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled():
        task.exception()  # its caller may be gone; asyncio would complain that nobody looked


# --- statements


async def execute(sql: str, params: Sequence[Any] = ()) -> int:
    """Run one INSERT, UPDATE or DELETE and return how many rows it touched.

    Placeholders are `?` for both databases. Raises IntegrityError, DatabaseDown."""
    client = connection()
    try:
        if client.capabilities.dialect == "postgres":
            return await _execute_on_postgres(client, _numbered(sql), params)
        async with client.acquire_connection() as raw:
            cursor: sqlite3.Cursor = await raw.execute(sql, _sqlite_values(params))
            return cursor.rowcount
    except (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError) as error:
        raise IntegrityError(error) from error
    except (sqlite3.OperationalError, asyncpg.SyntaxOrAccessError) as error:
        raise OperationalError(error) from error


async def _execute_on_postgres(client: BaseDBAsyncClient, sql: str, params: Sequence[Any]) -> int:
    with told_when_gone():
        async with client.acquire_connection() as raw:
            status: str = await raw.execute(sql, *params)
            return int(status.rpartition(" ")[2])  # "UPDATE 3", "INSERT 0 3"


async def fetch(sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Run one SELECT (placeholders `?`) and return its rows, values as the driver gives them."""
    client = connection()
    if client.capabilities.dialect == "postgres":
        return await client.execute_query_dict(_numbered(sql), list(params))
    return await client.execute_query_dict(sql, _sqlite_values(params))


def _sqlite_values(params: Sequence[Any]) -> list[Any]:
    """SQLite has no UUID: Tortoise stores them as text. Instants have Tortoise's own adapter."""
    return [str(value) if isinstance(value, UUID) else value for value in params]


def _numbered(sql: str) -> str:
    """`?` placeholders as PostgreSQL's `$1`, `$2`, ...; our statements hold no literal question mark."""
    first, *rest = sql.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))


__all__ = [
    "MODEL_MODULES",
    "DatabaseDown",
    "IntegrityError",
    "after_commit",
    "close_database",
    "connection",
    "execute",
    "fetch",
    "open_database",
    "orm_config",
    "require_no_transaction",
    "transactional",
]
