"""The page behind "No more mails like this one". Scanners follow links: opening it changes nothing."""

from __future__ import annotations

from aiohttp import web

from server.edge.templates import read_form, render
from server.notifications import unsubscribing
from server.notifications.kinds import GATHERED
from server.notifications.links import sort_of

GATHERED_TITLE = "news gathered into one mail"


async def unsubscribe_page(request: web.Request) -> web.Response:
    return _page(request, "ask")


async def unsubscribe(request: web.Request) -> web.Response:
    """The button of the page, or of a mail program, which posts `List-Unsubscribe=One-Click`."""
    sent = await read_form(request)
    again = sent.get("do") == "again"
    await unsubscribing.set_wanted(sort_of(request.match_info["token"]), wanted=again)
    return _page(request, "again" if again else "done")


def _page(request: web.Request, state: str) -> web.Response:
    token = request.match_info["token"]
    topic = sort_of(token).topic
    title = GATHERED_TITLE if topic is GATHERED else topic.title
    return render(
        request, "notifications/unsubscribe.html", {"title": title, "token": token, "state": state}
    )
