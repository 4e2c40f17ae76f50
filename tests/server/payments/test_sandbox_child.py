"""The stand-in for Stripe is kept running beside the server: what it knows, owes and where it listens
outlive its death, and one at a time serves a folder."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe
from aiohttp import web

from config.settings import Settings
from server import lan
from server.children import SandboxChild, webhook_url
from server.payments.gateway.answers import GatewayDown, Intent
from server.payments.gateway.current import gateway, open_gateway, sandbox_base, sandbox_folder

WITHIN_S = 60
ROUTE = "/api/v1/webhooks/stripe"


@dataclass(eq=False)
class Hook:
    """Takes webhooks as the server does; while it is `deaf` it refuses them."""

    secret: str
    deaf: bool = False
    events: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    refused: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        payload, header = await request.read(), request.headers["Stripe-Signature"]
        event: Any = stripe.Webhook.construct_event(payload, header, self.secret)
        if self.deaf:
            self.refused.set()
            return web.Response(status=503)
        self.events.put_nowait(event.to_dict())
        return web.Response()

    async def told(self, intent: Intent) -> str:
        """The kind of the next event, which is about this intent."""
        event = await asyncio.wait_for(self.events.get(), WITHIN_S)
        assert event["data"]["object"]["id"] == intent.id
        return str(event["type"])


@asynccontextmanager
async def taking(hook: Hook, secure: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port at which webhooks are taken."""
    application = web.Application()
    application.router.add_post(ROUTE, hook.take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=secure).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(settings: Settings, certificate: Path | None = None) -> AsyncIterator[SandboxChild]:
    child = SandboxChild(settings, certificate)
    task = asyncio.create_task(child.run())
    try:
        async with asyncio.timeout(WITHIN_S):
            await child.ready.wait()
        yield child
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def new_intent() -> Intent:
    return await gateway().create_intent(5000, "EUR", key=os.urandom(8).hex(), metadata={}, group="g")


async def again(intent: Intent) -> Intent:
    """The intent, when somebody answers."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            with suppress(GatewayDown):
                return await gateway().intent(intent.id)
            await asyncio.sleep(0.05)


def holder(settings: Settings) -> int:
    """The process that listens."""
    lock = sandbox_folder(settings.data_dir) / "sandbox.lock"
    inode = lock.stat().st_ino
    for line in Path("/proc/locks").read_text().splitlines():
        parts = line.split()
        if "->" not in parts and parts[5].rpartition(":")[2] == str(inode):
            return int(parts[4])
    raise AssertionError("nobody holds the folder")


async def test_killed_stand_in_is_back_with_what_it_knew_and_owed(settings: Settings) -> None:
    hook = Hook(settings.stripe.webhook_secret, deaf=True)
    async with taking(hook) as port:
        ours = replace(settings, port=port)
        async with running(ours), open_gateway(ours):
            base, intent = sandbox_base(ours.data_dir), await new_intent()
            await asyncio.wait_for(hook.refused.wait(), WITHIN_S)
            os.kill(holder(ours), 9)
            hook.deaf = False
            assert await hook.told(intent) == "payment_intent.created"
            assert (await again(intent)).amount_minor == 5000
            assert sandbox_base(ours.data_dir) == base


async def test_second_server_waits_for_its_turn(settings: Settings) -> None:
    async with running(settings), open_gateway(settings):
        intent, base, first = await new_intent(), sandbox_base(settings.data_dir), holder(settings)
        async with running(settings):
            assert sandbox_base(settings.data_dir) == base
            assert holder(settings) == first
            os.kill(first, 9)
            assert (await again(intent)).id == intent.id
            assert holder(settings) != first


async def test_server_with_a_certificate_of_its_own_hears_too(settings: Settings) -> None:
    hook, file = Hook(settings.stripe.webhook_secret), lan.certificate_file(settings.data_dir)
    secure = lan.tls(settings.data_dir, "192.0.2.7", datetime.now(UTC))
    async with taking(hook, secure) as port:
        ours = replace(settings, port=port)
        async with running(ours, file), open_gateway(ours):
            assert await hook.told(await new_intent()) == "payment_intent.created"


async def test_stand_in_ends_with_the_server(settings: Settings) -> None:
    async with running(settings), open_gateway(settings):
        intent = await new_intent()
    with pytest.raises(AssertionError, match="nobody"):
        holder(settings)
    async with open_gateway(settings):
        with pytest.raises(GatewayDown):
            await gateway().intent(intent.id)


@pytest.mark.parametrize(
    ("host", "secure", "expected"),
    [
        ("127.0.0.1", False, "http://127.0.0.1:8000"),
        ("0.0.0.0", True, "https://127.0.0.1:8000"),
        ("::1", False, "http://[::1]:8000"),
        ("192.0.2.7", False, "http://192.0.2.7:8000"),
    ],
)
def test_webhooks_go_where_the_server_listens(
    settings: Settings, host: str, secure: bool, expected: str
) -> None:
    assert webhook_url(replace(settings, host=host), secure=secure) == expected + ROUTE
