"""The page on which a held seat is paid."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.errors import status_of
from server.edge.headers import policy
from server.edge.keys import SETTINGS
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import render
from server.infra.errors import Conflict, DomainError, Invalid, Unavailable
from server.payments.checkout.crediting import pay_by_credit
from server.payments.checkout.till import Stage, Till, look_at_till, open_till
from server.payments.gateway.script import Script, script_of


async def pay_page(request: web.Request) -> web.StreamResponse:
    """`?payment_intent=` says that the browser was with the provider: a reason to ask, and no more."""
    came_back = "payment_intent" in request.query
    till = await look_at_till(id_in_path(request), require_viewer(request), came_back=came_back)
    if came_back and till.stage is Stage.SEATED:
        return see_other(f"{till.booking.url}?done=paid")
    return await _page(request, till)


async def pay_with_credit(request: web.Request) -> web.StreamResponse:
    booking_id, asking = id_in_path(request), require_viewer(request)
    try:
        await pay_by_credit(booking_id, asking)
    except Conflict as refused:
        till = await look_at_till(booking_id, asking, came_back=False)
        return await _page(request, till, refused)
    return see_other(f"/bookings/{booking_id}?done=paid")


async def _page(
    request: web.Request, till: Till, refused: DomainError | None = None
) -> web.StreamResponse:
    """The card's fields, where the provider is there: its script is let in on this page alone."""
    if till.stage is Stage.SEATED:
        return see_other(till.booking.url)
    script: Script | None = None
    payment = till.payment
    if till.stage is Stage.OPEN:
        try:
            script = script_of(request.app[SETTINGS])
            payment = await open_till(till, require_viewer(request))
        except (Unavailable, Conflict, Invalid) as error:
            script, refused = None, refused or error
    context: dict[str, Any] = {
        "till": till,
        "booking": till.booking,
        "session": till.booking.session,
        "payment": payment,
        "script": script,
        "key": request.app[SETTINGS].stripe.publishable_key,
        "errors": {"form": refused.message} if refused else {},
    }
    response = render(request, "payments/pay.html", context, status_of(refused) if refused else 200)
    if script is not None:
        allowed = {"scripts": script.scripts, "frames": script.frames, "calls": script.calls}
        response.headers["Content-Security-Policy"] = policy(request, **allowed)
    return response
