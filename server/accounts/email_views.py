"""The pages that give an account another e-mail address and take that back; they work without scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from server.accounts.confirmations import Purpose, token_works
from server.accounts.email_change import ask_for_change, confirm_change, undo_change
from server.accounts.forms import Email, Token
from server.accounts.security_views import PAGE, desk_of
from server.accounts.views import error_lines
from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.sessions import forget_login
from server.edge.templates import read_form, render
from server.infra.errors import DomainError, Invalid, Throttled

EMAIL_PAGE = f"{PAGE}/email"


async def email_page(request: web.Request) -> web.StreamResponse:
    return _form(request)


async def change_email(request: web.Request) -> web.StreamResponse:
    """The answer is the same whether the address is somebody's or not."""
    sent = await read_form(request)
    try:
        email = await ask_for_change(require_viewer(request), validated(Email, sent).email)
    except (Invalid, Throttled) as refused:
        return _form(request, str(sent.get("email", "")), refused)
    return _form(request, asked=email)


def _form(
    request: web.Request, typed: str = "", refused: DomainError | None = None, asked: str = ""
) -> web.Response:
    context = {
        "desk": desk_of(require_viewer(request)),
        "form": {"email": typed},
        "asked": asked,
        "errors": error_lines(refused) if refused else {},
    }
    status = status_of(refused) if refused else 200
    return render(request, "accounts/change_email.html", context, status)


# --- the links in the mails: opening one changes nothing


async def confirm_page(request: web.Request) -> web.StreamResponse:
    return await _ask(request, "change_email")


async def confirm(request: web.Request) -> web.StreamResponse:
    return await _do(request, "change_email", confirm_change)


async def undo_page(request: web.Request) -> web.StreamResponse:
    return await _ask(request, "undo_email")


async def undo(request: web.Request) -> web.StreamResponse:
    answer = await _do(request, "undo_email", undo_change)
    if answer.status == 200:
        await forget_login(request)
    return answer


async def _ask(request: web.Request, purpose: Purpose) -> web.Response:
    token = request.query.get("token", "")
    return _link(request, purpose, "ask" if await token_works(token, purpose) else "bad", token)


async def _do(
    request: web.Request, purpose: Purpose, change: Callable[[str], Awaitable[str]]
) -> web.Response:
    sent = await read_form(request)
    try:
        email = await change(validated(Token, sent).token)
    except Invalid as refused:
        return _link(request, purpose, "bad", status=status_of(refused))
    return _link(request, purpose, "done", email=email)


def _link(
    request: web.Request,
    purpose: Purpose,
    state: str,
    token: str = "",
    *,
    email: str = "",
    status: int = 200,
) -> web.Response:
    context = {"undo": purpose == "undo_email", "state": state, "token": token, "email": email}
    return render(request, "accounts/email_link.html", context, status)
