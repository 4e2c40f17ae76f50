"""A Redis of the tests' own, from the distribution, on a free port of the loopback.

`PEERLEARN_TEST_REDIS=1` lets every test that takes settings run with it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp.test_utils import unused_port

PROGRAM = shutil.which("redis-server")
EVERYWHERE = bool(os.environ.get("PEERLEARN_TEST_REDIS"))
START_S = 60
LOOK_AGAIN_S = 0.02


@dataclass(slots=True)
class RedisServer:
    """One redis-server; `stop` and `start` again keep its port, and lose its data as memory does unless
    it was saved."""

    port: int = field(default_factory=unused_port)
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="peerlearn-redis-")))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        assert PROGRAM is not None, "install redis-server; scripts/test does"
        options = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": self.home,
            "save": "",
            "appendonly": "no",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen([PROGRAM, *words], stdout=log, stderr=log)
        self._wait_until_ready()

    def stop(self) -> None:
        """Kill it at once, as a crash would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def forget(self) -> None:
        """Begin without data at the next start."""
        (self.home / "dump.rdb").unlink(missing_ok=True)

    def save_and_stop(self) -> None:
        """End as told by its operator, with all data written for the next start."""
        assert self.process is not None
        with socket.create_connection(("127.0.0.1", self.port), timeout=START_S) as connection:
            connection.sendall(b"SHUTDOWN SAVE\r\n")
        self.process.wait()
        self.process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_S
        while not self._answers():
            if time.monotonic() > deadline:
                raise TimeoutError("Redis did not start")
            time.sleep(LOOK_AGAIN_S)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextlib.contextmanager
def server() -> Iterator[RedisServer]:
    """A server that ends with the block."""
    found = RedisServer()
    try:
        found.start()
        yield found
    finally:
        found.close()


def empty(port: int) -> None:
    """Forget everything that a test before this one wrote."""
    with socket.create_connection(("127.0.0.1", port), timeout=START_S) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(16).startswith(b"+OK")
