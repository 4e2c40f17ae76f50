"""The two databases that tests run on: SQLite files, and a PostgreSQL cluster of the tests' own.

`BOTH` runs a test once on each, `ON_SQLITE` and `ON_POSTGRES` on one of them alone.
`PEERLEARN_TEST_DATABASE_URL` names a PostgreSQL to use instead; where there is none, neither named nor
installed, the tests run on SQLite alone.
`PEERLEARN_TEST_DATABASE=postgres` lets all other tests that need a database run on PostgreSQL, too.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from aiohttp.test_utils import unused_port

GIVEN_URL = os.environ.get("PEERLEARN_TEST_DATABASE_URL", "")
USUAL = os.environ.get("PEERLEARN_TEST_DATABASE", "sqlite")
START_S = 30.0
QUICK = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def _programs() -> Path | None:
    """Where the newest installed PostgreSQL has its programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[4])
    if found:
        return found[-1].parent
    in_path = shutil.which("initdb")
    return Path(in_path).parent if in_path else None


PROGRAMS = _programs()
KINDS = ("sqlite", "postgres") if GIVEN_URL or PROGRAMS else ("sqlite",)
BOTH = pytest.mark.parametrize("database_kind", KINDS)
ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])
ON_POSTGRES = pytest.mark.parametrize("database_kind", [kind for kind in KINDS if kind == "postgres"])


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL; `url` leads to its administrative database."""

    url: str

    def url_of(self, database: str) -> str:
        return f"{self.url.rpartition('/')[0]}/{database}"

    async def run(self, sql: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


@contextlib.contextmanager
def cluster(parent: Path | None = None, options: Sequence[str] = QUICK) -> Iterator[Cluster]:
    """The PostgreSQL that was named, or one of our own (in a folder below `parent`) that ends with the
    block."""
    if GIVEN_URL:
        yield Cluster(GIVEN_URL)
        return
    assert PROGRAMS is not None
    home = Path(tempfile.mkdtemp(prefix="peerlearn-pg-", dir=parent))
    try:
        with _server(PROGRAMS, home, options) as url:
            yield Cluster(url)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _server(programs: Path, home: Path, options: Sequence[str]) -> Iterator[str]:
    """PostgreSQL refuses to run as root: then it runs as the user that its package made."""
    account = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    if account:
        shutil.chown(home, **account)
    data = str(home / "data")
    setup = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(setup, check=True, capture_output=True, cwd=home, **account)  # type: ignore[call-overload]
    port = unused_port()
    command = [programs / "postgres", "-D", data, "-k", str(home), "-h", "127.0.0.1", "-p", str(port)]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=log, cwd=home, **account)  # type: ignore[call-overload]
    try:
        _wait_until_ready(programs, port)
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(programs: Path, port: int) -> None:
    deadline = time.monotonic() + START_S
    command = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(command, check=False).returncode:
        if time.monotonic() > deadline:
            raise TimeoutError("PostgreSQL did not start")
        time.sleep(0.05)
