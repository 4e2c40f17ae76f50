"""How long answers take must not tell whether an account exists: pairs of a known and an unknown one.

`scripts/soak telltales` takes 200 with the real costs of hashing; here are a few with lower ones."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from aiohttp.test_utils import TestClient
from argon2 import PasswordHasher

from config.settings import Settings
from server.accounts import passwords
from server.accounts.email_change import ask_for_change
from server.accounts.models import User
from server.accounts.service import get_viewer
from server.infra.clock import ManualClock
from tests.conftest import CHEAP, settings_for
from tests.factories import PASSWORD, Api, person

pytestmark = pytest.mark.alone
PAIRS = int(os.environ.get("PEERLEARN_TELLTALE_PAIRS", "9"))
LIKENESS_MS = 20.0
REAL = PasswordHasher() if PAIRS > 100 else PasswordHasher(time_cost=2, memory_cost=8192, parallelism=1)
LONGER_THAN_ANY_LIMIT = timedelta(days=1, seconds=1)

OTHER = {
    "username_key": "other",
    "email": "other@example.com",
    "email_key": "other@example.com",
    "password_hash": "",
    "name": "Other",
    "created_at": datetime(2025, 1, 1, tzinfo=UTC),
}

Ask = Callable[[Api, str, int], Awaitable[int]]


async def log_in(api: Api, name: str, number: int) -> int:
    body = {"identifier": name, "password": "not the password"}
    return (await api.post("/auth/login", body)).status


async def log_in_by_address(api: Api, name: str, number: int) -> int:
    return await log_in(api, f"{name}@example.com", number)


async def register(api: Api, name: str, number: int) -> int:
    """The known address is somebody's; the unknown one is new each time."""
    address = f"{name}@example.com" if name == "anna" else f"{name}{number}@example.com"
    body = {"email": address, "username": f"{name}x{number}", "password": PASSWORD, "role": "learner"}
    return (await api.post("/auth/register", body)).status


async def ask_reset(api: Api, name: str, number: int) -> int:
    return (await api.post("/auth/password-reset", {"email": f"{name}@example.com"})).status


async def resend(api: Api, name: str, number: int) -> int:
    return (await api.post("/auth/verify-email/resend", {"email": f"{name}@example.com"})).status


async def register_by_steps(api: Api, name: str, number: int) -> int:
    """The page's way to the same."""
    address = f"{name}@example.com" if name == "anna" else f"{name}{number}@example.org"
    account = {"name": "X", "username": f"{name}y{number}", "email": address, "password": PASSWORD}
    steps = (
        {"step": "roles", "role": "learner"},
        {"step": "account", **account},
        {"step": "skills"},
        {"step": "finish", "terms": "yes"},
    )
    for sent in steps:
        async with api.client.post("/auth/register", data=sent, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
    return answer.status


async def change_address(api: Api, name: str, number: int) -> int:
    """Asked for by somebody else, who has an account."""
    other, _ = await User.get_or_create(username="other", defaults=OTHER)
    address = f"{name}@example.com" if name == "anna" else f"{name}{number}@example.org"
    await ask_for_change(await get_viewer(other.id), address)
    return 200


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With a database that writes as surely as the real one: that takes its time, too."""
    return settings_for(tmp_path, f"sqlite://{tmp_path}/peerlearn.sqlite3")


@pytest.fixture
def real_costs() -> Iterator[None]:
    passwords.use_hasher(REAL)
    yield
    passwords.use_hasher(CHEAP)


@pytest.mark.parametrize(
    "ask",
    [
        log_in,
        log_in_by_address,
        register,
        register_by_steps,
        change_address,
        ask_reset,
        resend,
    ],
)
async def test_time_tells_nothing_of_an_account(
    http: TestClient, moved_clock: ManualClock, real_costs: None, ask: Ask
) -> None:
    await person("anna", verified=False)
    await User.all().update(password_hash=await passwords.hash_password(PASSWORD))
    taken: dict[str, list[float]] = {"anna": [], "nobody": []}
    statuses = set()
    await ask(Api(http), "warm", 0)
    for number in range(PAIRS):
        for name in taken if number % 2 else reversed(taken):
            started = time.perf_counter()
            statuses.add(await ask(Api(http), name, number))
            taken[name].append((time.perf_counter() - started) * 1000)
        moved_clock.advance(LONGER_THAN_ANY_LIMIT)
    known, unknown = median(taken["anna"]), median(taken["nobody"])
    told = (
        f"{ask.__name__}: known {known:.1f} ms, unknown {unknown:.1f} ms, apart {known - unknown:+.2f} ms"
    )
    sys.stdout.write(f"{told} ({PAIRS} pairs)\n")
    assert len(statuses) == 1
    assert abs(known - unknown) < LIKENESS_MS, told
