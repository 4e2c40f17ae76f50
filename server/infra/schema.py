"""The database's shape: migrations, one process at a time, and the raw objects after each of them."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from tortoise.apps import Apps
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.operations import AlterModelOptions, Operation

from config.settings import Settings
from server.infra import raw_objects
from server.infra.db import connection, dialect, fetch, orm_config
from server.infra.raw_objects import RawObject

MIGRATION_LOCK = 7_061_984_221  # any constant: the key of PostgreSQL's advisory lock


async def migrate(settings: Settings, *, step_by_step: bool = False) -> None:
    """Bring the database up to the newest migration and apply the raw objects again.

    An empty one gets its tables straight from the models, which is what all migrations come to (a test
    compares them) and takes a second instead of many; `step_by_step` goes the long way there, too."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    config = orm_config(settings.database_url)
    async with one_at_a_time(settings), TortoiseContext() as context:
        await context.init(config=config)
        executor = MigrationExecutor(context.db(), config["apps"])
        new = not step_by_step and not await executor.recorder.applied_migrations()
        if new:
            await _create_tables()
        await executor.migrate(fake=new)
        await apply_raw_objects()


async def create_all() -> None:
    """Make all tables of the open database straight from the models."""
    await _create_tables()
    await apply_raw_objects()


async def _create_tables() -> None:
    """Those that a start which was cut off has made already are left as they are."""
    client = connection()
    generator = client.schema_generator(client)
    await generator.generate_from_string(generator.get_create_schema_sql(safe=True))


async def apply_raw_objects() -> None:
    """Make the raw indexes, checks and triggers that are missing or were made by other words."""
    client = connection()
    made = await _made_by()
    for each in raw_objects.objects(client.capabilities.dialect, await table_names()):
        if made.get(each.name) != each.create:
            await client.execute_script(";\n".join([each.drop, each.create, *_remember(each)]))


def _remember(made: RawObject) -> list[str]:
    """SQLite keeps the words that made an object; PostgreSQL rewrites them: there they are a comment."""
    words = made.create.replace("'", "''")
    return [f"COMMENT ON {made.kind} IS '{words}'"] if dialect() == "postgres" else []


async def _made_by() -> dict[str, str]:
    """The words that made each raw object there is."""
    if dialect() == "sqlite":
        query = "SELECT name, sql AS words FROM sqlite_master WHERE type IN ('index', 'trigger')"
    else:
        query = (
            "SELECT conname AS name, obj_description(oid, 'pg_constraint') AS words FROM pg_constraint "
            "WHERE connamespace = current_schema()::regnamespace UNION ALL "
            "SELECT relname, obj_description(oid, 'pg_class') FROM pg_class "
            "WHERE relkind = 'i' AND relnamespace = current_schema()::regnamespace UNION ALL "
            "SELECT tgname, obj_description(pg_trigger.oid, 'pg_trigger') FROM pg_trigger "
            "JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal "
            "AND relnamespace = current_schema()::regnamespace"
        )
    return {row["name"]: row["words"] for row in await fetch(query)}


async def table_names() -> frozenset[str]:
    """The tables that exist now."""
    client = connection()
    if client.capabilities.dialect == "postgres":
        query = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    return frozenset(row["name"] for row in await client.execute_query_dict(query))


async def write_migrations(settings: Settings) -> list[Path]:
    """Write the migrations that bring the newest state to the models; none when nothing changed."""
    config = orm_config(settings.database_url)
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        assert context.apps is not None
        _drop_descriptions(context.apps)
        writers = await MigrationAutodetector(context.apps, config["apps"]).changes()
    for writer in writers:
        writer.operations = [step for step in writer.operations if not _says_nothing(step)]
    return [Path(writer.write()) for writer in writers if writer.operations]


def _says_nothing(step: Operation) -> bool:
    """Tortoise sees a change in every model whose primary key is a relation, again each time."""
    return isinstance(step, AlterModelOptions) and step.options.keys() <= {"table", "app", "pk_attr"}


def _drop_descriptions(apps: Apps) -> None:
    """Tortoise writes docstrings into tables: a new wording would be a migration, and a semicolon in
    one breaks its SQL on SQLite."""
    for models in apps.values():
        for model in models.values():
            model._meta.table_description = ""


@asynccontextmanager
async def one_at_a_time(settings: Settings) -> AsyncIterator[None]:
    """Hold a lock on the database's shape and first contents; other processes wait."""
    if urlsplit(settings.database_url).scheme == "sqlite":
        with (settings.data_dir / "migrate.lock").open("w") as file:
            await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
            yield
        return
    connection = await asyncpg.connect(settings.database_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield
    finally:
        await connection.close()
