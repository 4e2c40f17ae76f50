"""REST of what mentors earn (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from aiohttp import web
from typing_extensions import TypedDict

from server.edge.access import require_viewer
from server.edge.api import ok
from server.edge.keys import SETTINGS
from server.edge.openapi import described
from server.payments.payouts.accounts import onboarding_link


class LinkShape(TypedDict):
    """An address at the payment provider; it opens once, within minutes."""

    url: str


@described(data=LinkShape)
async def begin_onboarding(request: web.Request) -> web.StreamResponse:
    """Where a mentor opens or completes the account that they are paid to."""
    url = await onboarding_link(require_viewer(request), request.app[SETTINGS].base_url)
    data: LinkShape = {"url": url}
    return ok(data, "Complete your account there.")
