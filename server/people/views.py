"""The page that makes an account; it works without scripts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from server.accounts import service as accounts
from server.accounts.forms import Register
from server.accounts.requests import client_of
from server.accounts.values import OPEN_ROLES
from server.accounts.views import error_lines
from server.edge.access import viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.keys import SETTINGS
from server.edge.redirects import safe_next, see_other
from server.edge.templates import read_form, render
from server.infra.errors import Invalid, Throttled
from server.people import service
from server.people.api import registration_of

KEPT = ("email", "username", "name", "role", "timezone", "next")  # shown again after an error


async def register_page(request: web.Request) -> web.StreamResponse:
    """`?role=` chooses for a start; `?next=` is where the login leads afterwards."""
    if viewer(request):
        return see_other("/dashboard/")
    asked = request.query.get("role", "")
    role = asked if asked in OPEN_ROLES else "learner"
    target = safe_next(request.query.get("next"), default="")
    return _form(request, {"next": target} if target else {}, {}, role)


async def register(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    try:
        form = validated(Register, sent)
        await accounts.count_registration(
            client_of(request), development=request.app[SETTINGS].development
        )
        clean = await service.register(registration_of(form))
    except (Invalid, Throttled) as error:
        kept = {name: sent[name] for name in KEPT if isinstance(sent.get(name), str)}
        return _form(request, kept, error_lines(error), kept.get("role", ""), status_of(error))
    return see_other("/auth/check-mail?" + urlencode({"email": clean.email}))


def _form(
    request: web.Request, form: dict[str, Any], errors: dict[str, str], role: str, status: int = 200
) -> web.Response:
    context = {"form": form, "errors": errors, "role": role}
    return render(request, "accounts/register.html", context, status)
