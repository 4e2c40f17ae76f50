"""The page on which a mentor completes their account, where Stripe would ask who they are."""

from __future__ import annotations

from aiohttp import web

from server.payments.sandbox import connect
from server.payments.sandbox.bank import BANK
from server.payments.sandbox.errors import Refused
from server.payments.sandbox.pages import form_of, local, page


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_get("/connect/{id}", _page)
    router.add_post("/connect/{id}", _answer)


@local
async def _page(request: web.Request) -> web.StreamResponse:
    """A link that is used or old leads to where there is a new one."""
    bank = request.app[BANK]
    try:
        link = bank.find("account_link", request.match_info["id"])
    except Refused:
        return page("no_link.html", 404)
    if connect.is_over(bank, link):
        raise web.HTTPSeeOther(link["refresh_url"])
    account = bank.find("account", link["account"])
    return page("connect.html", account=account, ready=account["payouts_enabled"])


@local
async def _answer(request: web.Request) -> web.StreamResponse:
    """Completed, or put off; a link works once."""
    bank = request.app[BANK]
    number, form = request.match_info["id"], await form_of(request)
    with bank.store.transaction():
        link = bank.find("account_link", number)
        if connect.is_over(bank, link):
            raise web.HTTPSeeOther(link["refresh_url"])
        if form.get("choice") == "complete":
            connect.onboard(bank, number)
    raise web.HTTPSeeOther(link["return_url"])
