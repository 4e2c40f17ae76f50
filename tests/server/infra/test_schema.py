"""Migrations bring a fresh database to where the models are, raw objects included, on both databases."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from importlib import import_module, resources
from pathlib import Path

import pytest
from tortoise.migrations.operations import AddField

from config.settings import Settings
from server.infra import db, raw_objects, schema
from tests.databases import BOTH, ON_POSTGRES
from tests.server.infra.shape import columns, definitions, indexes, references

MIGRATING_S = 120


async def migrated(settings: Settings) -> None:
    """The database as migrations make it, open."""
    await schema.migrate(settings, step_by_step=True)
    await db.open_database(settings)


def wanted(dialect: str) -> set[str]:
    checks = {check.name for check in raw_objects.CHECKS}
    append_only = {f"{table}_append_only" for table in raw_objects.APPEND_ONLY}
    if dialect == "sqlite":
        checks = {f"{name}_{event}" for name in checks for event in ("insert", "update")}
        append_only = {
            f"{table}_{event}" for table in raw_objects.APPEND_ONLY for event in ("update", "delete")
        }
    return checks | append_only | {index.name for index in raw_objects.PARTIAL_UNIQUES}


@BOTH
async def test_migrations_make_what_the_models_say(
    empty_database: Settings, fresh_database: Settings, database_kind: str
) -> None:
    """Columns with their types, keys, references and indexes, the raw objects among them."""
    await db.open_database(fresh_database)
    of_models = [await columns(), await references(), await indexes(), await definitions()]
    await db.close_database()
    folder = fresh_database.data_dir / "migrated"
    if database_kind == "sqlite":
        url = f"sqlite://{folder}/peerlearn.sqlite3"
        empty_database = replace(empty_database, data_dir=folder, database_url=url)
    await migrated(empty_database)
    of_migrations = [await columns(), await references(), await indexes(), await definitions()]
    await db.close_database()
    assert of_migrations == of_models
    assert wanted(database_kind) <= of_models[3].keys()


@BOTH
async def test_new_database_whose_making_was_cut_off_is_made_whole(
    empty_database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is recorded yet, so it is new still; what is there already stays."""
    with monkeypatch.context() as cut_off:
        cut_off.setattr(schema.MigrationExecutor, "migrate", _cut_off)
        with pytest.raises(ConnectionError):
            await schema.migrate(empty_database)
    await schema.migrate(empty_database)
    await db.open_database(empty_database)
    recorded = await db.fetch("SELECT name FROM tortoise_migrations")
    assert {row["name"] for row in recorded} == {path.stem for path in _migrations()}
    assert wanted(db.dialect()) <= (await definitions()).keys()
    await db.close_database()


async def _cut_off(*_: object, **__: object) -> None:
    raise ConnectionError


def test_columns_that_are_added_have_a_value_for_the_rows_there_are() -> None:
    """Without one, a database with data in it can't be brought up to date."""
    folder = resources.files("server.migrations")
    names = [file.name[:-3] for file in folder.iterdir() if file.name[:4].isdigit()]
    added = [
        step
        for name in names
        for step in import_module(f"server.migrations.{name}").Migration.operations
        if isinstance(step, AddField)
    ]
    assert added
    lacking = [step.name for step in added if not (step.field.null or step.field.has_db_default())]
    assert lacking == []


@BOTH
async def test_two_processes_migrate_one_after_the_other(empty_database: Settings) -> None:
    environ = {
        "PEERLEARN_DATA_DIR": str(empty_database.data_dir),
        "PEERLEARN_DATABASE_URL": empty_database.database_url,
    }
    command = (sys.executable, "-m", "server", "migrate")
    async with asyncio.timeout(MIGRATING_S):
        processes = [await asyncio.create_subprocess_exec(*command, env=environ) for _ in range(3)]
        assert [await process.wait() for process in processes] == [0, 0, 0]
    await db.open_database(empty_database)
    names = [row["name"] for row in await db.fetch("SELECT name FROM tortoise_migrations ORDER BY id")]
    await db.close_database()
    assert names == [path.stem for path in sorted(_migrations())]


@BOTH
async def test_raw_objects_come_back_after_they_were_lost(database: Settings, database_kind: str) -> None:
    before = await definitions()
    for each in raw_objects.objects(database_kind, await schema.table_names()):
        await db.connection().execute_script(each.drop)
    assert not wanted(database_kind) & (await definitions()).keys()
    await schema.apply_raw_objects()
    assert await definitions() == before


@BOTH
async def test_raw_object_of_other_words_is_made_again(
    database: Settings, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name alone does not tell what it checks."""
    before = await definitions()
    looser = raw_objects.Check("session_price", "session", "{row}price_minor >= -100")
    for checks in ((looser,), raw_objects.CHECKS):
        monkeypatch.setattr(raw_objects, "CHECKS", checks)
        await schema.apply_raw_objects()
        assert (await definitions() == before) == (checks != (looser,))


@ON_POSTGRES
async def test_unchanged_raw_objects_are_left_alone(database: Settings) -> None:
    """To make one again looks at every row of its table, and locks it meanwhile."""
    query = "SELECT oid FROM pg_constraint WHERE contype = 'c' ORDER BY oid"
    before = await db.fetch(query)
    await schema.apply_raw_objects()
    assert await db.fetch(query) == before


async def test_models_and_migrations_say_the_same(settings: Settings) -> None:
    """Fails when a model changed and `python -m server write-migrations` was not run."""
    before = set(_migrations())
    written = await schema.write_migrations(settings)
    for path in set(written) - before:
        path.unlink()
    assert written == []


def _migrations() -> list[Path]:
    return list((Path(schema.__file__).parents[1] / "migrations").glob("0*.py"))
