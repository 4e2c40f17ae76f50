"""The sandbox as a process of the tests' own, and the real `stripe` library that speaks with it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import stripe
from aiohttp import web

SECRET_KEY, PUBLISHABLE_KEY, WEBHOOK_SECRET = "sk_test_1", "pk_test_1", "whsec_1"
WITHIN_S = 60


@dataclass(eq=False)
class Sandbox:
    """`events` are those that came by webhook, checked by the library; `refuse` many are not taken."""

    base: str
    client: stripe.StripeClient
    http: aiohttp.ClientSession
    process: Process
    events: list[dict[str, Any]] = field(default_factory=list)
    refuse: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, path: str, **params: Any) -> dict[str, Any]:
        """What only a tester may ask."""
        headers = {"Authorization": f"Bearer {SECRET_KEY}"}
        if account := params.pop("account", ""):
            headers["Stripe-Account"] = account
        url = f"{self.base}/_sandbox/{path}"
        async with self.http.post(url, data=params, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def told(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """The events of a kind, when there are so many."""
        async with asyncio.timeout(WITHIN_S):
            while len(found := [each for each in self.events if each["type"] == kind]) < count:
                self.news.clear()
                await self.news.wait()
        return found

    async def take(self, request: web.Request) -> web.Response:
        """Our end of the webhooks."""
        payload = await request.read()
        header = request.headers["Stripe-Signature"]
        stripe.Webhook.construct_event(payload, header, WEBHOOK_SECRET)
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=500)
        self.events.append(json.loads(payload))
        self.news.set()
        return web.Response()


@asynccontextmanager
async def sandbox(folder: Path) -> AsyncIterator[Sandbox]:
    application = web.Application()
    runner = web.AppRunner(application)
    holder: list[Sandbox] = []

    async def hook_view(request: web.Request) -> web.Response:
        return await holder[0].take(request)

    application.router.add_post("/hook", hook_view)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    async with aiohttp.ClientSession() as http:
        holder.append(await start(folder, hook, http))
        try:
            yield holder[0]
        finally:
            await stop(holder[0])
            await runner.cleanup()


async def start(folder: Path, hook: str, http: aiohttp.ClientSession) -> Sandbox:
    """Also again, on what it kept in the folder."""
    keys = {
        "SANDBOX_SECRET_KEY": SECRET_KEY,
        "SANDBOX_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    command = (sys.executable, "-m", "server.payments.sandbox", "--folder", str(folder))
    process = await asyncio.create_subprocess_exec(
        *command, "--webhook-url", hook, stdin=PIPE, stdout=PIPE, env={**os.environ, **keys}
    )
    assert process.stdout is not None
    base = json.loads(await process.stdout.readline())["ready"]["base"]
    client = stripe.StripeClient(
        SECRET_KEY,
        base_addresses={"api": base},
        http_client=stripe.AIOHTTPClient(timeout=5, session=http),
        max_network_retries=0,
    )
    return Sandbox(base, client, http, process)


async def stop(found: Sandbox) -> None:
    """As its parent's end would."""
    assert found.process.stdin is not None
    found.process.stdin.close()
    await found.process.wait()
