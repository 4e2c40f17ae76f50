"""Fixtures that all tests share: settings, a fresh database, a client, a clock moved by hand."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient, unused_port
from argon2 import PasswordHasher
from limits.aio.storage import memory
from limits.aio.storage.redis import redispy

from config.settings import Settings, load_settings
from server.accounts import passwords
from server.app import build_app
from server.edge.ratelimit import WINDOWS
from server.infra import clock, db, schema
from server.notifications.acquaintances import introduce
from server.notifications.post import open_post_office
from server.notifications.push.office import open_push
from server.people.privacy import visible
from server.worker import load_jobs, run_due
from tests import redis
from tests.buckets import ObjectServer, object_server
from tests.databases import USUAL, Cluster, cluster
from tests.serving import AppServer

QUICK = "?synchronous=OFF"  # tests survive no power cut
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Hash in microseconds: what the real costs are for is not tested here."""
    passwords.use_hasher(CHEAP)


class ServersTime:
    """Stands for the module `time` where the library of limits asks for it, so that a clock moved by
    hand moves its windows too."""

    @staticmethod
    def time() -> float:
        return clock.now().timestamp()


@pytest.fixture(scope="session", autouse=True)
def limits_by_the_servers_clock() -> None:
    memory.time = redispy.time = ServersTime


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    """Limits count from zero in each test."""
    WINDOWS.open("")


def settings_for(data_dir: Path, database_url: str) -> Settings:
    """Settings of a development server that keeps everything below `data_dir`."""
    environ = {"PEERLEARN_DATA_DIR": str(data_dir), "PEERLEARN_DATABASE_URL": database_url}
    return load_settings(environ)


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings with a data directory of this test's own."""
    found = settings_for(tmp_path, f"sqlite://{tmp_path}/peerlearn.sqlite3{QUICK}")
    return replace(found, redis_url=request.getfixturevalue("redis_url")) if redis.EVERYWHERE else found


# --- databases: a template with all tables is made once for each worker, and copied for each test


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(_make_tables(settings_for(folder, f"sqlite://{folder}/template.sqlite3{QUICK}")))
    return folder / "template.sqlite3"


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster whose database `template_peerlearn` has all tables."""
    with cluster() as found:
        asyncio.run(found.run("DROP DATABASE IF EXISTS template_peerlearn"))
        asyncio.run(found.run("CREATE DATABASE template_peerlearn"))
        folder = tmp_path_factory.mktemp("template")
        asyncio.run(_make_tables(settings_for(folder, found.url_of("template_peerlearn"))))
        yield found


async def _make_tables(settings: Settings) -> None:
    await db.open_database(settings)
    await schema.create_all()
    await db.close_database()


@pytest.fixture
def database_kind() -> str:
    """`USUAL`, unless the mark `BOTH` of `tests/databases.py` says otherwise."""
    return USUAL


@pytest.fixture
def fresh_database(
    request: pytest.FixtureRequest, database_kind: str, settings: Settings
) -> Iterator[Settings]:
    """Settings that name a database with all tables and no rows."""
    if database_kind == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        shutil.copyfile(template, settings.data_dir / "peerlearn.sqlite3")
        yield settings
        return
    found: Cluster = request.getfixturevalue("postgres_template")
    name = f"test_{uuid4().hex}"
    asyncio.run(found.run(f"CREATE DATABASE {name} TEMPLATE template_peerlearn"))
    yield replace(settings, database_url=found.url_of(name))
    asyncio.run(found.run(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def empty_database(
    request: pytest.FixtureRequest, database_kind: str, settings: Settings
) -> Iterator[Settings]:
    """Settings that name a database without any table."""
    if database_kind == "sqlite":
        yield settings
        return
    found: Cluster = request.getfixturevalue("postgres_template")
    name = f"empty_{uuid4().hex}"
    asyncio.run(found.run(f"CREATE DATABASE {name}"))
    yield replace(settings, database_url=found.url_of(name))
    asyncio.run(found.run(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def database(fresh_database: Settings) -> AsyncIterator[Settings]:
    """A fresh open database; gives the settings that name it."""
    await db.open_database(fresh_database)
    load_jobs()
    open_post_office(fresh_database)
    open_push(fresh_database)
    introduce(visible)
    try:
        yield fresh_database
    finally:
        await db.close_database()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[redis.RedisServer]:
    """A Redis that the tests of this worker use one after the other."""
    with redis.server() as found:
        yield found


@pytest.fixture
def redis_url(redis_server: redis.RedisServer) -> str:
    """The address of an empty Redis."""
    redis.empty(redis_server.port)
    return redis_server.url


@pytest.fixture(scope="session")
def objects() -> Iterator[ObjectServer]:
    """An S3-compatible server with an empty bucket. Who uses it is marked `tests.buckets.TOGETHER`."""
    with object_server() as found:
        yield found


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
    async with TestClient(AppServer(build_app(settings), host="127.0.0.1", port=port)) as client:
        yield client
