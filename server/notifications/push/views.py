"""The buttons about devices on the page of preferences, and whether an overview offers pushes."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.cookies import PrivateCookie
from server.edge.paths import id_in_path
from server.edge.redirects import safe_next, see_other
from server.edge.templates import read_form
from server.infra.errors import Conflict, Throttled
from server.notifications.push import devices

PAGE = "/communication/preferences"
CARD = "#this-device"
NOT_NOW = PrivateCookie("peerlearn-no-push")  # of a device: its person may want them on another
REMEMBERED = timedelta(days=365)


async def remove(request: web.Request) -> web.StreamResponse:
    """Push no more to one device."""
    await devices.remove(require_viewer(request), id_in_path(request))
    return see_other(f"{PAGE}?done=off{CARD}")


async def ask_for_trial(request: web.Request) -> web.StreamResponse:
    """Push something to the device that asks."""
    try:
        await devices.ask_for_trial(require_viewer(request))
    except (Conflict, Throttled):
        return see_other(f"{PAGE}?done=not-tried{CARD}")
    return see_other(f"{PAGE}?done=tried{CARD}")


async def not_now(request: web.Request) -> web.StreamResponse:
    """Don't offer pushes on this device again."""
    back = safe_next((await read_form(request)).get("next"))
    return NOT_NOW.give(request, see_other(back), "1", REMEMBERED)


async def offered(request: web.Request) -> bool:
    """Whether to say that this device could take pushes: it doesn’t, and nobody said not now."""
    if NOT_NOW.read(request):
        return False
    return await devices.could_take(require_viewer(request))
