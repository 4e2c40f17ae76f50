"""The payment provider as our own code meets it: the real library against one sandbox for all tests of a
worker. No webhook is sent; tests hand events over themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.payments.gateway.client import Gateway
from server.payments.gateway.current import using
from tests.server.payments.sandbox import PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET


@dataclass(frozen=True, slots=True)
class Provider:
    """`gateway` is the one that our code uses meanwhile."""

    base: str
    gateway: Gateway
    http: aiohttp.ClientSession

    async def call(self, path: str, account: str = "", **params: Any) -> dict[str, Any]:
        """POST to the provider's API, or below `_sandbox/` to what only a tester may ask."""
        headers = {"Authorization": f"Bearer {SECRET_KEY}"}
        if account:
            headers["Stripe-Account"] = account
        async with self.http.post(f"{self.base}/{path}", data=params, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def fault(self, **counts: int) -> None:
        """So many of the next cases go wrong in these ways."""
        await self.call("_sandbox/faults", **counts)

    async def charge(self, amount_minor: int, currency: str = "EUR") -> tuple[str, str]:
        """Somebody pays: the ids of the intent and of the charge."""
        paid = await self.call(
            "v1/payment_intents",
            amount=amount_minor,
            currency=currency.lower(),
            confirm="true",
            payment_method="pm_card_visa",
        )
        return str(paid["id"]), str(paid["latest_charge"])

    async def complete(self, url: str) -> str:
        """Fill in everything on the page of an onboarding link. Gives where it leads back to."""
        done = await self.call(f"_sandbox/connect/{url.rpartition('/')[2]}")
        return str(done["return_url"])


@pytest.fixture(scope="session")
def provider_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("provider")) as base:
        yield base


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A sandbox that keeps what it is told in this folder; gives where it listens."""
    keys = {
        "SANDBOX_SECRET_KEY": SECRET_KEY,
        "SANDBOX_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    command = (sys.executable, "-m", "server.payments.sandbox", "--folder", str(folder))
    pipe, env = subprocess.PIPE, {**os.environ, **keys}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=env) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["ready"]["base"]
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
async def provider(provider_base: str) -> AsyncIterator[Provider]:
    async with aiohttp.ClientSession() as http:
        gateway = Gateway(SECRET_KEY, http, lambda: provider_base)
        found = Provider(provider_base, gateway, http)
        await found.fault(error_after_commit=0, timeout=0, payout_fails=0)
        with using(gateway):
            yield found
