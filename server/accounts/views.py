"""Pages under `/auth/`: they work without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from server.accounts import confirmations, entering, logins
from server.accounts.forms import Email, LogIn, NewPassword, Token
from server.accounts.names import clean_email
from server.accounts.requests import client_of, remember_challenge, sign_in
from server.accounts.values import Challenge
from server.edge.access import viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.redirects import safe_next, see_other, with_next
from server.edge.sessions import forget_login
from server.edge.templates import read_form, render
from server.infra.errors import DomainError, Forbidden, Invalid, Throttled, Unauthenticated

LOGIN_REFUSALS = (Unauthenticated, Forbidden, Throttled)


async def login_page(request: web.Request) -> web.StreamResponse:
    """Who is signed in already goes on at once."""
    target = safe_next(request.query.get("next"), default="")
    if viewer(request):
        return see_other(target or "/dashboard/")
    return _login_form(request, {}, {}, target, 200)


async def log_in(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    target = safe_next(sent.get("next"), default="")
    try:
        form = validated(LogIn, sent)
        begun = await entering.begin(form.identifier, form.password, client_of(request), viewer(request))
    except (*LOGIN_REFUSALS, Invalid) as error:
        shown = {"identifier": sent.get("identifier", "")}
        return _login_form(request, shown, error_lines(error), target, status_of(error))
    if isinstance(begun, Challenge):
        return remember_challenge(request, begun, see_other(with_next("/auth/2fa", target)))
    await sign_in(request, begun)
    return see_other(target or "/dashboard/")


def _login_form(
    request: web.Request, form: dict[str, str], errors: dict[str, str], target: str, status: int
) -> web.Response:
    context = {"form": form, "errors": errors, "next": target}
    return render(request, "accounts/login.html", context, status)


def error_lines(error: DomainError) -> dict[str, str]:
    """What a form says: its fields' errors, or the refusal as a whole under `form`."""
    return error.fields or {"form": error.message}


async def log_out(request: web.Request) -> web.StreamResponse:
    """Also for a login that has ended meanwhile."""
    person = viewer(request)
    if person:
        await logins.log_out(person)
    await forget_login(request)
    return see_other("/")


async def verify_page(request: web.Request) -> web.StreamResponse:
    """Confirms nothing by itself: mail scanners open links."""
    token = request.query.get("token", "")
    works = await confirmations.token_works(token, "verify_email")
    return _verify(request, token, "ask" if works else "bad")


async def verify(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    try:
        await confirmations.verify_email(validated(Token, sent).token)
    except Invalid as error:
        return _verify(request, "", "bad", status_of(error))
    return _verify(request, "", "done")


def _verify(request: web.Request, token: str, state: str, status: int = 200) -> web.Response:
    return render(request, "accounts/verify.html", {"token": token, "state": state}, status)


async def check_mail_page(request: web.Request) -> web.StreamResponse:
    """Where registering leads."""
    return _check_mail(request, request.query, sent=False)


async def resend(request: web.Request) -> web.StreamResponse:
    """Send the verification mail once more; tells nothing about the address."""
    sent = await read_form(request)
    try:
        if email := _shown_email(sent.get("email")):
            await confirmations.resend_verification_to(email, client_of(request))
    except Throttled as refused:
        return _check_mail(request, sent, refused=refused)
    return _check_mail(request, sent, sent=bool(email))


def _check_mail(
    request: web.Request,
    given: Mapping[str, Any],
    *,
    sent: bool = False,
    refused: DomainError | None = None,
) -> web.Response:
    context = {
        "email": _shown_email(given.get("email")),
        "next": safe_next(given.get("next"), default=""),
        "sent": sent,
        "errors": error_lines(refused) if refused else {},
    }
    return render(request, "accounts/check_mail.html", context, status_of(refused) if refused else 200)


def _shown_email(text: object) -> str:
    """An address to show; nothing that is none."""
    try:
        return clean_email(text) if isinstance(text, str) else ""
    except ValueError:
        return ""


async def reset_page(request: web.Request) -> web.StreamResponse:
    """Without a token: ask for the address; with one that works: for the new password."""
    token = request.query.get("token", "")
    if not token:
        return _reset(request, "ask")
    works = await confirmations.token_works(token, "reset_password")
    return _reset(request, "new" if works else "bad", token)


async def reset(request: web.Request) -> web.StreamResponse:
    """Either form of the page."""
    sent = await read_form(request)
    return await (_new_password if "token" in sent else _ask_reset)(request, sent)


async def _ask_reset(request: web.Request, sent: dict[str, str]) -> web.Response:
    try:
        await confirmations.request_reset(validated(Email, sent).email, client_of(request))
    except (Invalid, Throttled) as error:
        return _reset(request, "ask", "", sent, error_lines(error), status_of(error))
    return _reset(request, "sent")


async def _new_password(request: web.Request, sent: dict[str, str]) -> web.Response:
    try:
        form = validated(NewPassword, sent)
        await confirmations.reset_password(form.token, form.password)
    except Invalid as error:
        state = "bad" if "token" in error.fields else "new"
        return _reset(request, state, sent.get("token", ""), {}, error.fields, status_of(error))
    await forget_login(request)
    return _reset(request, "done")


def _reset(
    request: web.Request,
    state: str,
    token: str = "",
    form: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    context = {"state": state, "token": token, "form": form or {}, "errors": errors or {}}
    return render(request, "accounts/reset.html", context, status)
