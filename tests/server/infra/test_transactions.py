"""Units of work: joined, undone, cancelled, and never left half done."""

from __future__ import annotations

import asyncio
import random
import re
import sqlite3
import sys
from pathlib import Path

import asyncpg
import pytest
from tortoise.exceptions import TransactionManagementError

import server
from config.settings import Settings
from server.infra import clock, db
from server.infra.models import StateTransition
from server.infra.transitions import record_transition
from tests.databases import BOTH, ON_SQLITE

CANCELLED = 2000  # transactions given up at a random moment
PATIENCE_S = 60
SERVER = Path(server.__file__).parent


@db.transactional
async def write(entity: str = "thing") -> None:
    await record_transition(entity, 1, "old", "new", None)


async def count() -> int:
    return await StateTransition.all().count()


@BOTH
async def test_what_returns_is_committed(database: Settings) -> None:
    await write()
    assert await count() == 1


@BOTH
async def test_what_raises_is_undone(database: Settings) -> None:
    @db.transactional
    async def broken() -> None:
        await write()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await broken()
    assert await count() == 0


@BOTH
async def test_inner_unit_joins_the_outer_one(database: Settings) -> None:
    @db.transactional
    async def outer() -> None:
        await write()
        await write()
        raise ValueError("both go")

    with pytest.raises(ValueError, match="both go"):
        await outer()
    assert await count() == 0


@BOTH
async def test_others_do_not_see_what_is_not_committed(database: Settings, database_kind: str) -> None:
    seen: list[int] = []
    written, looked = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def slow() -> None:
        await write()
        written.set()
        if database_kind == "postgres":  # on SQLite the reader waits for its turn
            await looked.wait()

    async def look() -> None:
        await written.wait()
        seen.append(await count())
        looked.set()

    await asyncio.gather(slow(), look())
    assert seen == [0 if database_kind == "postgres" else 1]


@BOTH
async def test_cancelled_caller_does_not_stop_the_unit(database: Settings) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def slow() -> None:
        begun.set()
        await go_on.wait()
        await write()

    caller = asyncio.create_task(slow())
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    await write("other")
    await db.close_database()
    await db.open_database(database)
    assert await count() == 2


@BOTH
async def test_database_is_usable_after_thousands_of_cancelled_transactions(database: Settings) -> None:
    chance = random.Random(7)
    for _ in range(CANCELLED // 20):
        callers = [asyncio.create_task(write()) for _ in range(20)]
        for caller in callers:
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
    await asyncio.wait_for(write("last"), PATIENCE_S)
    assert await StateTransition.filter(entity="last").count() == 1


@BOTH
async def test_callbacks_follow_the_commit_and_only_that(database: Settings) -> None:
    calls: list[str] = []

    @db.transactional
    async def good() -> None:
        db.after_commit(lambda: calls.append("good"))
        await write()
        assert calls == []

    @db.transactional
    async def bad() -> None:
        db.after_commit(lambda: calls.append("bad"))
        raise ValueError

    await good()
    with pytest.raises(ValueError):
        await bad()
    db.after_commit(lambda: calls.append("outside"))
    assert calls == ["good", "outside"]


async def test_failing_callback_does_not_fail_the_unit(database: Settings) -> None:
    calls: list[str] = []

    @db.transactional
    async def unit() -> str:
        db.after_commit(lambda: [].pop())
        db.after_commit(lambda: calls.append("second"))
        return "done"

    assert await unit() == "done"
    assert calls == ["second"]


async def test_network_is_refused_inside_a_unit(database: Settings) -> None:
    @db.transactional
    async def unit() -> None:
        db.require_no_transaction()

    db.require_no_transaction()
    with pytest.raises(RuntimeError, match="network"):
        await unit()


@BOTH
async def test_task_started_inside_a_running_unit_may_not_use_it(database: Settings) -> None:
    @db.transactional
    async def unit() -> None:
        with pytest.raises(RuntimeError, match="after_commit"):
            await asyncio.create_task(write())

    await unit()


@BOTH
async def test_task_that_outlives_its_unit_gets_one_of_its_own(database: Settings) -> None:
    over = asyncio.Event()
    tasks: list[asyncio.Task[None]] = []

    async def later() -> None:
        await over.wait()
        await write()

    @db.transactional
    async def unit() -> None:
        tasks.append(asyncio.create_task(later()))

    await unit()
    over.set()
    await tasks[0]
    assert await count() == 1


@BOTH
async def test_query_of_a_task_that_outlives_its_unit_is_refused(database: Settings) -> None:
    over = asyncio.Event()
    tasks: list[asyncio.Task[int]] = []

    async def later() -> int:
        await over.wait()
        return await count()

    @db.transactional
    async def unit() -> None:
        await write()
        tasks.append(asyncio.create_task(later()))

    await unit()
    over.set()
    with pytest.raises(TransactionManagementError, match="is over"):
        await tasks[0]
    assert await count() == 1


async def check_references_late() -> None:
    """From now on in this transaction, foreign keys are looked at when it ends."""
    if db.dialect() == "sqlite":
        await db.execute("PRAGMA defer_foreign_keys = ON")
        return
    table = "role_grant"
    for row in await db.fetch(
        f"SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'f'"
    ):
        change = f'ALTER TABLE {table} ALTER CONSTRAINT "{row["conname"]}" DEFERRABLE INITIALLY DEFERRED'
        await db.connection().execute_script(change)


@BOTH
async def test_failed_commit_leaves_nothing_behind(database: Settings) -> None:
    @db.transactional
    async def unit() -> None:
        await write()
        await check_references_late()
        await db.execute(
            "INSERT INTO role_grant (user_id, role, created_at) VALUES (?, ?, ?)",
            [4711, "learner", clock.now()],
        )

    with pytest.raises((sqlite3.IntegrityError, asyncpg.ForeignKeyViolationError)):
        await unit()
    assert await count() == 0
    await write()
    assert await count() == 1


@BOTH
async def test_execute_tells_how_many_rows_it_touched(database: Settings) -> None:
    for _ in range(3):
        await write()
    sql = "UPDATE state_transition SET old = ? WHERE entity = ?"
    assert await db.execute(sql, ["older", "thing"]) == 3
    assert await db.execute(sql, ["older", "nothing"]) == 0
    rows = await db.fetch("SELECT old FROM state_transition WHERE entity = ?", ["thing"])
    assert [row["old"] for row in rows] == ["older"] * 3


@BOTH
async def test_execute_names_a_broken_constraint(database: Settings) -> None:
    sql = "INSERT INTO outbox (job, payload, run_at, attempts, dedupe_key, last_error, created_at) "
    sql += "VALUES (?, ?, ?, ?, ?, ?, ?)"
    row = ["job", "{}", clock.now(), 0, "once", "", clock.now()]
    assert await db.execute(sql, row) == 1
    with pytest.raises(db.IntegrityError):
        await db.execute(sql, row)


WRITER = """
import asyncio, sys
from config.settings import load_settings
from server.infra import db
from server.infra.models import StateTransition
from server.infra.transitions import record_transition

@db.transactional
async def read_then_write():
    seen = await StateTransition.all().count()
    await record_transition("race", seen, "old", "new", None)

async def main():
    await db.open_database(load_settings())
    for _ in range(int(sys.argv[1])):
        await read_then_write()
    await db.close_database()

asyncio.run(main())
"""


@ON_SQLITE
async def test_two_processes_write_to_one_sqlite_file(database: Settings) -> None:
    """Deferred transactions fail here with "database is locked"; and none may see the same count."""
    environ = {
        "PEERLEARN_DATA_DIR": str(database.data_dir),
        "PEERLEARN_DATABASE_URL": database.database_url,
    }
    command = [sys.executable, "-c", WRITER, "60"]
    processes = [await asyncio.create_subprocess_exec(*command, env=environ) for _ in range(2)]
    assert await asyncio.gather(*(process.wait() for process in processes)) == [0, 0]
    seen = [row.entity_id for row in await StateTransition.all()]
    assert sorted(map(int, seen)) == list(range(120))


def test_nobody_uses_raw_transactions() -> None:
    """Tortoise's own leak when they are cancelled while they begin."""
    own = {"db.py", "sqlite_client.py", "asyncpg_client.py"}
    raw = re.compile(r"in_transaction\(|@atomic\(")
    sources = [path for path in SERVER.rglob("*.py") if path.name not in own]
    assert [path for path in sources if raw.search(path.read_text(encoding="utf-8"))] == []
