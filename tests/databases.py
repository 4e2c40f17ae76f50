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
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
from aiohttp.test_utils import unused_port

GIVEN_URL = os.environ.get("PEERLEARN_TEST_DATABASE_URL", "")
USUAL = os.environ.get("PEERLEARN_TEST_DATABASE", "sqlite")
START_S = 60
DURABLE: tuple[str, ...] = ()  # what was committed is there after a crash
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
    with postgres(parent, options) as found:
        yield Cluster(found.url)


@dataclass(slots=True)
class PostgresServer:
    """One PostgreSQL of our own; `stop` and `start` again keep its port and its data.

    PostgreSQL refuses to run as root: then it runs as the user that its package made."""

    programs: Path
    home: Path
    options: Sequence[str]
    port: int = field(default_factory=unused_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """The files of an empty cluster."""
        if self._account:
            shutil.chown(self.home, **self._account)
        setup = ["-D", self._data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
        command = [self.programs / "initdb", *setup]
        subprocess.run(command, check=True, capture_output=True, cwd=self.home, **self._account)

    def start(self) -> None:
        where = ["-D", self._data, "-k", str(self.home), "-h", "127.0.0.1", "-p", str(self.port)]
        command = [self.programs / "postgres", *where, *self.options]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.home, **self._account
            )
        self._wait_until_ready()

    def stop(self, *, crash: bool = False) -> None:
        """Cut all clients off and end; after a crash without having written anything more."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
            self.process.wait()
            self.process = None

    @property
    def _data(self) -> str:
        return str(self.home / "data")

    @property
    def _account(self) -> dict[str, str]:
        return {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_S
        command = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(command, check=False).returncode:
            if time.monotonic() > deadline:
                raise TimeoutError("PostgreSQL did not start")
            time.sleep(0.05)


@contextlib.contextmanager
def postgres(parent: Path | None = None, options: Sequence[str] = QUICK) -> Iterator[PostgresServer]:
    """A server that ends with the block."""
    assert PROGRAMS is not None, "install postgresql; scripts/test does"
    found = PostgresServer(PROGRAMS, Path(tempfile.mkdtemp(prefix="peerlearn-pg-", dir=parent)), options)
    try:
        found.make()
        found.start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(found.home, ignore_errors=True)
