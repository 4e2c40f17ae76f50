"""The commands of docs/operations.md bring back what there was."""

from __future__ import annotations

import asyncio
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from config.settings import Settings
from server.accounts.logins import open_login
from server.accounts.models import User
from server.accounts.values import Client
from server.infra import db, schema
from server.pages.demo import seed_demo
from tests.databases import KINDS, PROGRAMS, Cluster

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/operations.md").read_text()
POSTGRES = "docker compose exec -T postgres "
USER, DATABASE = "peerlearn", "peerlearn"  # in the compose file

needs_postgres = pytest.mark.skipif("postgres" not in KINDS, reason="PostgreSQL is not installed")


def line_with(words: str) -> str:
    """The command of the page that holds these words."""
    (found,) = [line for line in PAGE.splitlines() if words in line]
    return found


def here(command: str, url: str) -> list[str]:
    """A command in PostgreSQL's container, as it is typed here for the database at `url`."""
    program, *words = shlex.split(re.split(" [<>] ", command.removeprefix(POSTGRES))[0])
    split = urlsplit(url)
    assert words.count(USER) == 2  # the user, then the database
    words[words.index(USER)] = str(split.username)
    words[words.index(DATABASE)] = split.path.lstrip("/")
    folder = f"{PROGRAMS}/" if PROGRAMS else ""
    return [f"{folder}{program}", "-h", str(split.hostname), "-p", str(split.port), *words]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[None]:
    await db.open_database(settings)
    try:
        yield
    finally:
        await db.close_database()


async def rows() -> dict[str, int]:
    """How many there are in each table of the open database."""
    counted = {}
    for name in sorted(await schema.table_names()):
        counted[name] = int((await db.fetch(f'SELECT count(*) AS n FROM "{name}"'))[0]["n"])
    return counted


async def serves(settings: Settings, expected: dict[str, int]) -> None:
    """What came back is whole, takes the migrations of a start, and new rows."""
    assert expected["session"] > 0
    await schema.migrate(settings)
    async with opened(settings):
        assert await rows() == expected
        olga = await User.get(username="olga")
        await open_login(olga.id, Client("127.0.0.1", "127.0.0.1"))


@pytest.fixture
def second_database(postgres_template: Cluster, settings: Settings) -> Iterator[Settings]:
    name = f"restored_{uuid4().hex}"
    asyncio.run(postgres_template.run(f"CREATE DATABASE {name}"))
    yield replace(settings, database_url=postgres_template.url_of(name))
    asyncio.run(postgres_template.run(f"DROP DATABASE {name} WITH (FORCE)"))


@needs_postgres
@pytest.mark.parametrize("database_kind", ["postgres"])
async def test_dump_of_postgresql_is_restored(
    empty_database: Settings, second_database: Settings, tmp_path: Path
) -> None:
    await schema.migrate(empty_database)
    dump = tmp_path / "peerlearn.dump"
    async with opened(empty_database):
        await seed_demo(empty_database)
        expected = await rows()
        back_up_postgres(empty_database, dump)
    restore_postgres(second_database, dump)
    await serves(second_database, expected)


def back_up_postgres(settings: Settings, dump: Path) -> None:
    with dump.open("wb") as file:
        subprocess.run(here(line_with("pg_dump"), settings.database_url), stdout=file, check=True)


def restore_postgres(settings: Settings, dump: Path) -> None:
    with dump.open("rb") as file:
        subprocess.run(here(line_with("pg_restore"), settings.database_url), stdin=file, check=True)


async def test_copy_of_sqlite_is_restored(settings: Settings, tmp_path: Path) -> None:
    root = tmp_path / "installation"
    at_home = replace(
        settings,
        data_dir=root / "var",
        database_url=f"sqlite://{root}/var/peerlearn.sqlite3",
        storage_url=f"file://{root}/var/storage",
    )
    await schema.migrate(at_home)
    (root / "var/secret-key").write_text("kept")
    async with opened(at_home):
        await seed_demo(at_home)
        expected = await rows()
        back_up_sqlite(root)
    restored = tmp_path / "restored"
    restore_sqlite(root, restored)
    assert (restored / "var/secret-key").read_text() == "kept"
    url = f"sqlite://{restored}/var/peerlearn.sqlite3"
    await serves(replace(at_home, data_dir=restored / "var", database_url=url), expected)


def back_up_sqlite(root: Path) -> None:
    """The two commands of the page, in the folder of an installation."""
    copy = line_with("VACUUM INTO").replace(".venv/bin/python", sys.executable)
    for command in (copy, line_with("tar -cf var-")):
        subprocess.run(["bash", "-c", command], cwd=root, check=True)


def restore_sqlite(root: Path, target: Path) -> None:
    """As the page says it."""
    target.mkdir()
    (tar,) = root.glob("var-*.tar")
    subprocess.run(["tar", "-xf", tar], cwd=target, check=True)
    assert not list(target.glob("var/*.sqlite3*"))  # the running file is no backup
    shutil.copy(root / "backup.sqlite3", target / "var/peerlearn.sqlite3")
