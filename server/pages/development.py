"""Windows for developers: the mails that were kept, and where everything listens.

Only with `ENV=development` (otherwise the routes do not exist) and only for this machine."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from config.settings import Settings
from server.edge.access import View
from server.edge.api import timestamp
from server.edge.clients import is_loopback
from server.edge.keys import SETTINGS
from server.edge.templates import render
from server.infra.errors import NotFound
from server.infra.mailer import kept_mails
from server.infra.nodes import MEDIA_NODES
from server.pages.programme import DEMO_LOGINS
from server.payments.gateway.answers import GatewayDown
from server.payments.gateway.current import sandbox_base


def local_only(view: View) -> View:
    """The view, for connections from this machine alone; others find nothing."""

    async def enter(request: web.Request) -> web.StreamResponse:
        if not is_loopback(request):
            raise NotFound
        return await view(request)

    return enter


@local_only
async def mail_page(request: web.Request) -> web.StreamResponse:
    return render(request, "dev/mail.html", {"mails": await kept_mails()})


@local_only
async def components_page(request: web.Request) -> web.StreamResponse:
    """Every piece of the pages with its states."""
    return render(request, "dev/components.html", {})


@local_only
async def mail_json(request: web.Request) -> web.StreamResponse:
    """`[{to, subject, text, html, at}]`, newest first."""
    return web.json_response([{**asdict(mail), "at": timestamp(mail.at)} for mail in await kept_mails()])


@local_only
async def info_json(request: web.Request) -> web.StreamResponse:
    """Addresses and demo logins for tools and checks."""
    settings, nodes = request.app[SETTINGS], request.app[MEDIA_NODES].nodes
    shown = DEMO_LOGINS if settings.loopback else ()
    return web.json_response(
        {
            "stripe_api_base": _stripe_base(settings),
            "stripe_secret_key": settings.stripe.secret_key if settings.stripe.sandbox else "",
            "media_nodes": [node.control_url for node in nodes],
            "media_udp_ports": [node.udp_port for node in nodes if node.udp_port],
            "demo": [
                {"role": login.role, "email": login.email, "password": login.password} for login in shown
            ],
        }
    )


def _stripe_base(settings: Settings) -> str:
    """Where the stand-in listens; empty while it does not, and where there is none."""
    try:
        return sandbox_base(settings.data_dir) if settings.stripe.sandbox else settings.stripe.api_base
    except GatewayDown:
        return ""
