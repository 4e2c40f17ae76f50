"""A general limit on what changes things, above the limits that some actions have of their own.

People at work stay far below it; a program that has gone wild is slowed before it fills the database.
"""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web
from aiohttp.typedefs import Handler

from server.edge.access import viewer
from server.edge.clients import client_address, network_of
from server.edge.csrf import SAFE_METHODS
from server.edge.keys import OWN_LIMITS, SETTINGS
from server.edge.ratelimit import WINDOWS, Limit

MINUTE = timedelta(minutes=1)
PER_PERSON = Limit("writes-person", 300, MINUTE)
PER_ADDRESS = Limit("writes-address", 600, MINUTE)  # of all who are not signed in there
IN_DEVELOPMENT = 100  # times as many: benchmarks and tests are one person at one address


@web.middleware
async def writes_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse unsafe requests of who sends far too many."""
    if request.method not in SAFE_METHODS and not _has_own_limits(request):
        person = viewer(request)
        limit = PER_PERSON if person else PER_ADDRESS
        if request.app[SETTINGS].development:
            limit = Limit(limit.name, limit.count * IN_DEVELOPMENT, limit.period)
        await WINDOWS.take(limit, str(person.user_id) if person else network_of(client_address(request)))
    return await handler(request)


def _has_own_limits(request: web.Request) -> bool:
    resource = request.match_info.route.resource
    return resource is not None and (request.method, resource.canonical) in request.app[OWN_LIMITS]
