"""Where the provider tells us what happened: read, kept, and answered at once."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from server.edge.api import ok
from server.edge.clients import client_address, network_of
from server.edge.keys import SETTINGS
from server.edge.ratelimit import WINDOWS, Limit
from server.infra.clock import now
from server.infra.errors import NotFound
from server.payments.gateway.answers import Told
from server.payments.gateway.events import HEADER, read_event
from server.payments.webhook.taking import take

REFUSED = Limit("webhook-refused", 60, timedelta(minutes=1))  # what is signed is never too much


async def told(request: web.Request) -> web.StreamResponse:
    """An event of the payment provider, signed over the raw body. What is known is taken again."""
    await take(await _read(request))
    return ok(message="Taken.")


async def _read(request: web.Request) -> Told:
    """Raises NotFound where nothing is paid, Malformed, Throttled."""
    stripe = request.app[SETTINGS].stripe
    if not stripe.on:
        raise NotFound
    body, header = await request.read(), request.headers.get(HEADER, "")
    async with WINDOWS.attempt((REFUSED, network_of(client_address(request)))) as attempt:
        attempt.failed = True
        event = read_event(body, header, stripe.webhook_secret, now())
        attempt.failed = False
    return event
