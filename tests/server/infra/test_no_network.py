"""Nothing that talks to the outside world does so inside a transaction: it may be undone, and a peer that
does not answer would hold its locks."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import server
from config.settings import Settings
from server.edge.ratelimit import Limit, Windows
from server.infra import db
from server.infra.bus import MemoryBus, RedisBus
from server.infra.http import open_http
from server.infra.leases import MemoryLeases, RedisLeases
from server.infra.mailer import DatabaseMailer, Mail, Mailer, SmtpMailer
from server.infra.storage import FileStorage, S3Storage, Storage
from server.infra.storage_s3 import Bucket

NOWHERE = "http://127.0.0.1:9"
REDIS = "redis://127.0.0.1:9/0"
MAIL = Mail("anna@example.com", "Hello", "Hello", "<p>Hello</p>")
BUCKET = Bucket("lessons", "", NOWHERE, "us-east-1", "key", "secret", links=True)
OFTEN = Limit("often", 100, timedelta(minutes=1))
SERVER = Path(server.__file__).parent
OWN_CLIENTS = re.compile(r"ClientSession\(|^(import|from) (smtplib|obstore|redis|limits)\b", re.MULTILINE)
# The stand-in for Stripe is a process of its own, and knows none of our transactions.
MAY_HAVE_CLIENTS = {"infra", "edge/ratelimit.py", "payments/sandbox/webhooks.py"}

Call = Callable[[Path], Awaitable[Any]]


def mailed(mailer: Mailer) -> Call:
    return lambda folder: mailer.send(MAIL)


def stored(storage: Callable[[Path], Storage], act: Callable[[Storage, Path], Awaitable[Any]]) -> Call:
    return lambda folder: act(storage(folder), folder)


async def read(storage: Storage, folder: Path) -> list[bytes]:
    return [piece async for piece in storage.read("key", 0, 1)]


async def put(storage: Storage, folder: Path) -> None:
    (folder / "source").write_bytes(b"x")
    await storage.put("key", folder / "source")


async def published(bus: MemoryBus | RedisBus) -> None:
    bus.publish("topic", b"news")


async def asked(folder: Path) -> None:
    async with open_http() as client, client.get(NOWHERE):
        pass


async def socket_opened(folder: Path) -> None:
    async with open_http() as client, client.ws_connect(NOWHERE):
        pass


STORAGES = {"files": FileStorage, "s3": lambda folder: S3Storage(BUCKET)}
ACTS: dict[str, Callable[[Storage, Path], Awaitable[Any]]] = {
    "put": put,
    "size": lambda storage, folder: storage.size("key"),
    "read": read,
    "delete": lambda storage, folder: storage.delete("key"),
    "link": lambda storage, folder: storage.link("key", timedelta(minutes=1)),
}
CALLS: dict[str, Call] = {
    "kept mail": mailed(DatabaseMailer()),
    "sent mail": mailed(SmtpMailer("smtp://127.0.0.1:9", "a@b.example")),
    **{f"{act}: {kind}": stored(STORAGES[kind], ACTS[act]) for kind in STORAGES for act in ACTS},
    "HTTP request": asked,
    "WebSocket": socket_opened,
    "memory bus": lambda folder: published(MemoryBus("a")),
    "Redis bus": lambda folder: published(RedisBus(REDIS, "a")),
    "memory lease": lambda folder: MemoryLeases("a").claim("room"),
    "Redis lease": lambda folder: RedisLeases(REDIS, "a").claim("room"),
    "signs of life": lambda folder: RedisLeases(REDIS, "a").living(["b"]),
    "limit": lambda folder: Windows().take(OFTEN, "x"),
    "limit in Redis": lambda folder: Windows(REDIS).take(OFTEN, "x"),
}


@pytest.mark.parametrize("name", CALLS)
async def test_it_is_refused_inside_a_transaction(database: Settings, tmp_path: Path, name: str) -> None:
    @db.transactional
    async def unit() -> None:
        await CALLS[name](tmp_path)

    with pytest.raises(RuntimeError, match="no network inside a transaction"):
        await unit()


def test_only_these_parts_make_clients() -> None:
    """So that nothing else has a way around the refusal."""
    sources = {str(path.relative_to(SERVER)): path.read_text("utf-8") for path in SERVER.rglob("*.py")}
    makers = {name for name, text in sources.items() if OWN_CLIENTS.search(text)}
    assert {name for name in makers if not name.startswith(tuple(MAY_HAVE_CLIENTS))} == set()
