"""The pages that ask for one proof more: the code of a half-finished login, and "is it still you?"."""

from __future__ import annotations

from aiohttp import web

from server.accounts import entering, second_factor
from server.accounts.forms import Code, Confirm
from server.accounts.requests import (
    challenge_of,
    client_of,
    forget_challenge,
    sign_in,
)
from server.accounts.views import error_lines
from server.edge.access import require_viewer, viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.redirects import safe_next, see_other, with_next
from server.edge.templates import read_form, render
from server.infra.errors import DomainError, Forbidden, Invalid, Throttled, Unauthenticated


async def code_page(request: web.Request) -> web.StreamResponse:
    """Only for who has given their password a short while ago."""
    target = safe_next(request.query.get("next"), default="")
    if not await entering.is_challenge(challenge_of(request)):
        return _code_form(request, target, {}, 200, over=True)
    return _code_form(request, target, {}, 200)


async def give_code(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    target = safe_next(sent.get("next"), default="")
    try:
        code = validated(Code, sent).code
        login = await entering.finish(challenge_of(request), code, client_of(request), viewer(request))
    except (Unauthenticated, Invalid, Throttled) as error:
        over = error.code == "challenge_over"
        return _code_form(request, target, _at_field("code", error), status_of(error), over=over)
    await sign_in(request, login)
    return forget_challenge(request, see_other(target or "/dashboard/"))


def _code_form(
    request: web.Request, target: str, errors: dict[str, str], status: int, *, over: bool = False
) -> web.Response:
    """`over`: there is no challenge (any more) that a code could be given for."""
    begin = with_next("/auth/login", target)
    context = {"next": target, "errors": errors, "over": over, "begin": begin}
    return render(request, "accounts/code.html", context, status)


def _at_field(name: str, error: DomainError) -> dict[str, str]:
    """A wrong proof is said beside its field, everything else above the form."""
    return {name: error.message} if isinstance(error, Unauthenticated) else error_lines(error)


async def confirm_page(request: web.Request) -> web.StreamResponse:
    target = safe_next(request.query.get("next"), default="")
    return await _confirm_form(request, target)


async def confirm(request: web.Request) -> web.StreamResponse:
    """Lead back to what asked for it."""
    sent = await read_form(request)
    target = safe_next(sent.get("next"), default="")
    try:
        form = validated(Confirm, sent)
        await entering.confirm(require_viewer(request), form.password, form.code, client_of(request))
    except (Invalid, Throttled, Forbidden) as error:
        return await _confirm_form(request, target, error)
    return see_other(target or "/profile/edit/security")


async def _confirm_form(
    request: web.Request, target: str, error: DomainError | None = None
) -> web.Response:
    context = {
        "next": target,
        "twice": await second_factor.is_enabled(require_viewer(request).user_id),
        "errors": error_lines(error) if error else {},
    }
    return render(request, "accounts/confirm.html", context, status_of(error) if error else 200)
