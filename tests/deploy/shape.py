"""The production shape on one machine, without containers (`scripts/deploy-shape`).

Starts what docker-compose.yml starts, with the same settings, the same nginx template and the same relay
configuration, and prints one JSON line when people can be served. It ends, and stops all it started, on
SIGTERM, on Ctrl-C, when its standard input (a pipe) is closed, and when one of its processes ends.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import select
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from aiohttp.test_utils import unused_port

from server.lan import tls
from tests.databases import cluster
from tests.redis import RedisServer

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "config/nginx/peerlearn.conf.template"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
RELAY = shutil.which("turnserver") or "/usr/bin/turnserver"
RELAY_CONFIG = ROOT / "config/coturn/turnserver.conf"
READY_S = 60.0
STOP_S = 20.0
LOOK_AGAIN_S = 0.1
NODES = 2
PROXY = "127.0.0.2"  # where nginx comes from: it is trusted, its clients on this machine are not

# What the distribution's nginx.conf and the image's have around the template.
AROUND = """\
daemon off;
worker_processes 1;
pid {home}/nginx.pid;
error_log {home}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    proxy_bind {proxy};
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/peerlearn.conf;
}}
"""


# What docker-compose.yml adds to the relay's configuration at its start, and what keeps it here.
RELAY_HERE = """\
static-auth-secret={secret}
external-ip=127.0.0.1
allowed-peer-ip=127.0.0.1
allow-loopback-peers
listening-ip=127.0.0.1
relay-ip=127.0.0.1
pidfile={home}/coturn.pid
"""


class Stopped(Exception):
    """Somebody asked for the end."""


class Failed(Exception):
    """A part did not start, or ended by itself; the message has the end of its log."""


@dataclass
class Shape:
    """All parts by name. `url` is what people type, `ports` where the servers listen behind nginx."""

    home: Path
    servers: int
    url: str = ""
    relay_port: int = field(default_factory=unused_port)
    ports: list[int] = field(default_factory=list)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    # --- starting

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Everything, from the inside outwards; stopped in the other order."""
        self.home.chmod(0o711)  # PostgreSQL and nginx run as users of their own
        with contextlib.ExitStack() as stack:
            database = stack.enter_context(_database(self.home))
            redis = RedisServer(home=self._folder("redis"))
            stack.callback(redis.close)
            redis.start()
            settings = self._settings(database, redis.url)
            for number in range(NODES):
                stack.enter_context(self._node(number + 1, settings))
            (self.home / "settings.json").write_text(json.dumps(settings))
            for number in range(self.servers):
                stack.enter_context(self._server(number + 1, settings))
            stack.enter_context(self._part("worker", ["server", "worker"], settings))
            stack.enter_context(self._nginx())
            stack.enter_context(self._relay())
            yield

    def _settings(self, database: str, redis: str) -> dict[str, str]:
        """Those that all our processes share: the ones of docker-compose.yml."""
        secrets = self.home / "secrets"
        subprocess.run([ROOT / "scripts/make-secrets", secrets], check=True, stdout=subprocess.DEVNULL)
        (secrets / "database_url").write_text(database)
        self.url = f"https://localhost:{unused_port()}"
        return {
            "PEERLEARN_ENV": "production",
            "PEERLEARN_BASE_URL": self.url,
            "PEERLEARN_DATABASE_URL_FILE": str(secrets / "database_url"),
            "PEERLEARN_REDIS_URL": redis,
            "PEERLEARN_STORAGE_URL": f"file://{self._folder('storage')}",
            "PEERLEARN_SECRET_KEY_FILE": str(secrets / "secret_key"),
            "PEERLEARN_MEDIA_CONTROL_SECRET_FILE": str(secrets / "media_control_secret"),
            "PEERLEARN_TRUSTED_PROXIES": PROXY,
            "PEERLEARN_TURN_URLS": f"turn:127.0.0.1:{self.relay_port}?transport=udp",
            "PEERLEARN_TURN_SECRET_FILE": str(secrets / "turn_secret"),
        }

    @contextlib.contextmanager
    def _node(self, number: int, settings: Mapping[str, str]) -> Iterator[None]:
        """A media node; servers find it in the register."""
        port = unused_port()
        own = {
            "PEERLEARN_MEDIA_NODE_ID": f"media-{number}",
            "PEERLEARN_MEDIA_ADVERTISED_IPS": "127.0.0.1",
            "PEERLEARN_MEDIA_BIND": "127.0.0.1",
            "PEERLEARN_MEDIA_CONTROL_BIND": f"127.0.0.1:{port}",
        }
        name = f"media-{number}"
        with self._part(name, ["media"], {**settings, **own}):
            self._wait(name, f"http://127.0.0.1:{port}/healthz")
            yield

    @contextlib.contextmanager
    def _server(self, number: int, settings: Mapping[str, str]) -> Iterator[None]:
        port, name = unused_port(), f"server-{number}"
        with self._part(name, ["server"], {**settings, "PEERLEARN_PORT": str(port)}):
            self._wait(name, f"http://127.0.0.1:{port}/readyz")
            self.ports.append(port)
            yield

    @contextlib.contextmanager
    def _nginx(self) -> Iterator[None]:
        tls(self.home, "127.0.0.1", datetime.now(UTC))
        certificate = str(self.home / "lan.pem")
        filled_in = {
            "UPSTREAM": " ".join(f"server 127.0.0.1:{port};" for port in self.ports),
            "DOMAIN": "localhost",
            "HTTP_PORT": f"127.0.0.1:{unused_port()}",
            "HTTPS_PORT": f"127.0.0.1:{self.url.rpartition(':')[2]}",
            "CERTIFICATE": certificate,
            "CERTIFICATE_KEY": certificate,
        }
        text = re.sub(r"\$\{PEERLEARN_(\w+)\}", lambda found: filled_in[found[1]], TEMPLATE.read_text())
        (self.home / "peerlearn.conf").write_text(text)
        main = self.home / "nginx.conf"
        main.write_text(AROUND.format(home=self.home, proxy=PROXY))
        command = [NGINX, "-c", str(main), "-p", str(self.home)]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        if checked.returncode:
            raise Failed(checked.stderr)
        with self._process("nginx", command, {}):
            self._wait("nginx", f"{self.url}/healthz")
            yield

    @contextlib.contextmanager
    def _relay(self) -> Iterator[None]:
        """coturn with our configuration, but for ports, certificate and addresses."""
        here = {
            "listening-port": self.relay_port,
            "tls-listening-port": unused_port(),
            "cert": self.home / "lan.pem",
            "pkey": self.home / "lan.pem",
        }
        text = RELAY_CONFIG.read_text()
        for name, value in here.items():
            text, found = re.subn(rf"(?m)^{name}=.*$", f"{name}={value}", text)
            assert found == 1, name
        secret = (self.home / "secrets/turn_secret").read_text()
        config = self.home / "turnserver.conf"
        config.write_text(text + RELAY_HERE.format(secret=secret, home=self.home))
        with self._process("coturn", [RELAY, "-c", str(config)], {}):
            self._wait("coturn", f"tcp://127.0.0.1:{self.relay_port}")
            yield

    # --- processes

    def _part(
        self, name: str, words: list[str], settings: Mapping[str, str]
    ) -> contextlib.AbstractContextManager[None]:
        """One of ours, with a data folder of its own."""
        own = {"PEERLEARN_DATA_DIR": str(self._folder(name))}
        return self._process(name, [sys.executable, "-m", *words], {**settings, **own})

    @contextlib.contextmanager
    def _process(self, name: str, command: list[str], settings: Mapping[str, str]) -> Iterator[None]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PEERLEARN_")}
        with self._log(name).open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**kept, **settings},
                cwd=ROOT,
                start_new_session=True,  # Ctrl-C is for us; we stop the parts in order
            )
        self.parts[name] = process
        try:
            yield
        finally:
            _stop(process)

    def _wait(self, name: str, url: str) -> None:
        """Until `url` answers well. Raises Failed."""
        deadline = time.monotonic() + READY_S
        while not _answers(url, self.home / "lan.pem"):
            self.check()
            if time.monotonic() > deadline:
                raise Failed(f"{name} is not ready:\n{self.tail(name)}")
            time.sleep(LOOK_AGAIN_S)

    def check(self) -> None:
        """Raises Failed when a part has ended."""
        for name, process in self.parts.items():
            if process.poll() is not None:
                raise Failed(f"{name} ended ({process.returncode}):\n{self.tail(name)}")

    def tail(self, name: str) -> str:
        return self._log(name).read_text(errors="replace")[-3000:]

    def _log(self, name: str) -> Path:
        return self.home / f"{name}.log"

    def _folder(self, name: str) -> Path:
        folder = self.home / name
        folder.mkdir(exist_ok=True)
        return folder


@contextlib.contextmanager
def _database(home: Path) -> Iterator[str]:
    """A database of our own; gives its URL."""
    with cluster(home) as found:
        name = f"shape_{uuid4().hex}"
        asyncio.run(found.run(f"CREATE DATABASE {name}"))
        try:
            yield found.url_of(name)
        finally:
            asyncio.run(found.run(f"DROP DATABASE {name} WITH (FORCE)"))


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _answers(url: str, certificate: Path) -> bool:
    if url.startswith("tcp:"):
        return _connects(url)
    secure = ssl.create_default_context(cafile=certificate) if url.startswith("https:") else None
    try:
        with urllib.request.urlopen(url, timeout=2, context=secure) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _connects(url: str) -> bool:
    host, _, port = url.removeprefix("tcp://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        return False
    return True


def _stop_on_signals() -> None:
    def stop(*_: object) -> None:
        raise Stopped

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _wait_for_the_end(shape: Shape) -> None:
    """Raises Failed when a part ends by itself."""
    mode = os.fstat(0).st_mode
    watched = [sys.stdin] if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else []
    while True:
        shape.check()
        readable, _, _ = select.select(watched, [], [], 0.3)
        if readable and not os.read(0, 1024):
            return


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/deploy-shape", description=__doc__.splitlines()[0])
    parser.add_argument("--servers", type=int, default=2, help="server processes behind nginx")
    arguments = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="peerlearn-shape-"))
    shape = Shape(home, arguments.servers)
    _stop_on_signals()
    try:
        with shape.running():
            ready = {
                "url": shape.url,
                "certificate": str(home / "lan.pem"),
                "home": str(home),
                "servers": [f"http://127.0.0.1:{port}" for port in shape.ports],
                "pids": {name: process.pid for name, process in shape.parts.items()},
            }
            sys.stdout.write(json.dumps({"ready": ready}) + "\n")
            sys.stdout.flush()
            _wait_for_the_end(shape)
    except Stopped:
        return
    except Failed as error:
        sys.exit(str(error))
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
