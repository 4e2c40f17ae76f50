"""Migrations bring a fresh database to where the models are, raw objects included."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from config.settings import Settings
from server.infra import db, raw_objects, schema
from tests.databases import BOTH


async def raw_names() -> set[str]:
    """The partial indexes, checks and triggers that exist."""
    if db.connection().capabilities.dialect == "sqlite":
        sql = "SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger')"
    else:
        sql = "SELECT conname AS name FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
    return {row["name"] for row in await db.fetch(sql)}


def wanted(dialect: str) -> set[str]:
    checks = {check.name for check in raw_objects.CHECKS}
    if dialect == "sqlite":
        checks = {f"{name}_{event}" for name in checks for event in ("insert", "update")}
    return checks | {index.name for index in raw_objects.PARTIAL_UNIQUES}


@BOTH
async def test_migrations_make_every_raw_object(empty_database: Settings, database_kind: str) -> None:
    await schema.migrate(empty_database)
    await schema.migrate(empty_database)
    await db.open_database(empty_database)
    found = await raw_names()
    await db.close_database()
    assert wanted(database_kind) <= found


async def test_migrations_make_the_tables_of_the_models(
    settings: Settings, sqlite_template: Path
) -> None:
    await schema.migrate(settings)
    migrated = columns(settings.data_dir / "peerlearn.sqlite3")
    migrated.pop("tortoise_migrations")
    assert migrated == columns(sqlite_template)


def columns(database: Path) -> dict[str, set[tuple[str, str, int]]]:
    """The columns of each table: name, type, whether it may not be null."""
    with sqlite3.connect(database) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: {tuple(row[1:4]) for row in connection.execute(f'PRAGMA table_info("{name}")')}
            for (name,) in names
        }


@BOTH
async def test_raw_objects_come_back_after_they_were_lost(database: Settings, database_kind: str) -> None:
    for index in raw_objects.PARTIAL_UNIQUES:
        await db.connection().execute_script(f'DROP INDEX "{index.name}"')
    assert not wanted(database_kind) <= await raw_names()
    await schema.apply_raw_objects()
    assert wanted(database_kind) <= await raw_names()


async def test_models_and_migrations_say_the_same(settings: Settings) -> None:
    """Fails when a model changed and `python -m server write-migrations` was not run."""
    before = set(_migrations())
    written = await schema.write_migrations(settings)
    for path in set(written) - before:
        path.unlink()
    assert written == []


def _migrations() -> list[Path]:
    return list((Path(schema.__file__).parents[1] / "migrations").glob("0*.py"))


async def test_two_processes_migrate_one_after_the_other(settings: Settings) -> None:
    await asyncio.gather(schema.migrate(settings), schema.migrate(settings))
    with sqlite3.connect(settings.data_dir / "peerlearn.sqlite3") as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM tortoise_migrations")]
    assert names == [path.stem for path in sorted(_migrations())]
