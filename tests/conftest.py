"""Fixtures that all tests share: settings, a fresh database, a client, a clock moved by hand."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer, unused_port
from argon2 import PasswordHasher

from config.settings import Settings, load_settings
from server.accounts import passwords
from server.app import build_app
from server.edge.ratelimit import WINDOWS
from server.infra import clock, db, schema
from server.notifications.post import open_post_office
from server.worker import load_jobs, run_due

QUICK = "?synchronous=OFF"  # tests survive no power cut
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Hash in microseconds: what the real costs are for is not tested here."""
    passwords.use_hasher(CHEAP)


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    """Limits count from zero in each test."""
    WINDOWS.clear()


def settings_for(data_dir: Path, database: Path) -> Settings:
    """Settings of a development server that keeps everything below `data_dir`."""
    environ = {
        "PEERLEARN_DATA_DIR": str(data_dir),
        "PEERLEARN_DATABASE_URL": f"sqlite://{database}{QUICK}",
    }
    return load_settings(environ)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data directory of this test's own."""
    return settings_for(tmp_path, tmp_path / "peerlearn.sqlite3")


@pytest.fixture(scope="session")
def database_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file with all tables, made once for each worker."""
    return tmp_path_factory.mktemp("template") / "template.sqlite3"


async def _make_template(template: Path) -> None:
    await db.open_database(settings_for(template.parent, template))
    await schema.create_all()
    await db.close_database()


@pytest.fixture
async def database(settings: Settings, database_template: Path) -> AsyncIterator[Settings]:
    """A fresh open database; gives the settings that name it."""
    if not database_template.exists():
        await _make_template(database_template)
    shutil.copyfile(database_template, settings.data_dir / "peerlearn.sqlite3")
    await db.open_database(settings)
    load_jobs()
    open_post_office(settings)
    try:
        yield settings
    finally:
        await db.close_database()


@pytest.fixture
def moved_clock() -> Iterator[clock.ManualClock]:
    """A clock that stands still; `advance` and `set` move it."""
    manual = clock.ManualClock()
    with clock.replaced(manual):
        yield manual


@pytest.fixture
async def run_jobs(database: Settings) -> Callable[[], Awaitable[int]]:
    """Runs all due jobs, and what they make due; gives how many ran. No worker runs by itself."""
    return run_due


@pytest.fixture
async def http(database: Settings) -> AsyncIterator[TestClient]:
    """A browser-like client (keeps cookies) of a running application on a fresh database."""
    port = unused_port()
    settings = replace(database, port=port, base_url=f"http://127.0.0.1:{port}")
    async with TestClient(TestServer(build_app(settings), host="127.0.0.1", port=port)) as client:
        yield client
