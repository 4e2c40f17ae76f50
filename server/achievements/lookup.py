"""Finding a certificate by what somebody typed, without letting anybody try codes at leisure."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from server.accounts.requests import client_of
from server.achievements import shelf
from server.achievements.values import Certificate
from server.edge.ratelimit import WINDOWS, Limit
from server.people.api import asker

# Codes can't be guessed; this is so that nobody keeps us busy with it.
MISSES = Limit("certificate-misses", 30, timedelta(minutes=10))
PRINTS = Limit("certificate-prints", 30, timedelta(minutes=10))


async def look_up(request: web.Request) -> Certificate | None:
    """The certificate that the address names, for this asker. Raises Throttled after many misses."""
    async with WINDOWS.attempt((MISSES, client_of(request).network)) as attempt:
        found = await shelf.certificate(request.match_info["code"], asker(request))
        attempt.failed = found is None
    return found
