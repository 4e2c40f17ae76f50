"""The page that an invitation's link opens: who is signed in accepts, others make an account with it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.accounts import invitations, second_factor
from server.accounts.forms import JoinStaff, Token
from server.accounts.logins import open_login
from server.accounts.requests import client_of, sign_in
from server.accounts.security_views import PAGE as SECURITY_PAGE
from server.accounts.values import Registration
from server.accounts.views import error_lines
from server.edge.access import Viewer, viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.redirects import see_other, with_next
from server.edge.templates import read_form, render
from server.infra.errors import DomainError, Forbidden, Invalid

PAGE = "/auth/invitation"
DESK = "/dashboard/admin/overview"
KEPT = ("name", "username", "timezone")  # shown again after an error


async def invitation_page(request: web.Request) -> web.StreamResponse:
    """Accepts nothing by itself: mail scanners open links."""
    return await _page(request, request.query.get("token", ""))


async def accept_invitation(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    asking = viewer(request)
    try:
        token = validated(Token, sent).token
        user_id = await (_accept(asking, token) if asking else _register(sent, token))
    except (Invalid, Forbidden) as error:
        token = str(sent.get("token", ""))
        return await _page(request, token, sent, error)
    twice = asking is not None and asking.second_factor
    await sign_in(request, await open_login(user_id, client_of(request), second_factor=twice))
    if await second_factor.is_enabled(user_id):
        return see_other(DESK)
    return see_other(with_next(SECURITY_PAGE, DESK))


async def _accept(asking: Viewer, token: str) -> int:
    await invitations.accept(asking, token)
    return asking.user_id


async def _register(sent: dict[str, Any], token: str) -> int:
    form = validated(JoinStaff, sent)
    wanted = Registration(
        email="",
        username=form.username,
        password=form.password,
        role="learner",
        timezone=form.timezone or "UTC",
        name=form.name,
    )
    return await invitations.register_invited(token, wanted)


async def _page(
    request: web.Request,
    token: str,
    sent: dict[str, Any] | None = None,
    error: DomainError | None = None,
) -> web.Response:
    context = {
        "token": token,
        "here": f"{PAGE}?token={token}",
        "offer": await invitations.offer_of(token, viewer(request)),
        "form": {name: sent[name] for name in KEPT if isinstance(sent.get(name), str)} if sent else {},
        "errors": error_lines(error) if error else {},
    }
    return render(request, "accounts/invitation.html", context, status_of(error) if error else 200)
