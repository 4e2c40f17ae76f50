"""`/profile/edit/security`: password, second factor and active logins; it works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import segno
from aiohttp import web

from server.accounts import logins, second_factor
from server.accounts.forms import ChangePassword, Code
from server.accounts.password_change import change_password
from server.accounts.requests import client_of
from server.accounts.values import AuthenticatorSetup
from server.accounts.views import error_lines
from server.edge.access import Viewer, require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import safe_next, see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, DomainError, Invalid, Throttled

PAGE = "/profile/edit/security"
SETUP_PAGE = f"{PAGE}/2fa"
DONE = {
    "password": "Your new password is set. All your other logins have ended.",
    "off": "The second factor is off. Logging in asks for your password alone.",
    "ended": "That login has ended.",
    "others": "All your other logins have ended.",
}
MODULE_PX = 4  # of the QR code


async def security_page(request: web.Request) -> web.StreamResponse:
    """`?next=`: where somebody was who has to set up a second factor first."""
    return await _page(request)


async def change_my_password(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    try:
        form = validated(ChangePassword, sent)
        await change_password(require_viewer(request), form.current, form.password, client_of(request))
    except (Invalid, Conflict, Throttled) as error:
        return await _page(request, error)
    return see_other(f"{PAGE}?done=password")


async def _page(request: web.Request, error: DomainError | None = None) -> web.Response:
    asking = require_viewer(request)
    context = {
        "desk": desk_of(asking),
        "factor": await second_factor.state(asking.user_id),
        "logins": await logins.active_logins(asking),
        "must": asking.is_staff,
        "next": safe_next(request.query.get("next"), default=""),
        "errors": error_lines(error) if error else {},
        "flash": DONE.get(request.query.get("done", "")),
    }
    return render(request, "accounts/security.html", context, status_of(error) if error else 200)


def desk_of(viewer: Viewer) -> str:
    """Whose navigation stands beside the page."""
    if viewer.is_staff:
        return "admin"
    return "mentor" if "mentor" in viewer.roles else "learner"


# --- logins


async def end_login(request: web.Request) -> web.StreamResponse:
    """The button beside a login."""
    await logins.revoke_login(require_viewer(request), id_in_path(request))
    return see_other(f"{PAGE}?done=ended")


async def end_others(request: web.Request) -> web.StreamResponse:
    await logins.end_other_logins(require_viewer(request))
    return see_other(f"{PAGE}?done=others")


# --- the second factor


async def begin_factor(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    await second_factor.begin_setup(require_viewer(request))
    target = safe_next(sent.get("next"), default="")
    return see_other(f"{SETUP_PAGE}?next={quote(target, safe='')}" if target else SETUP_PAGE)


async def factor_page(request: web.Request) -> web.StreamResponse:
    """The QR code, for as long as the setup is under way."""
    setup = await second_factor.setup_under_way(require_viewer(request))
    if setup is None:
        return see_other(PAGE)
    return _setup_form(request, setup, safe_next(request.query.get("next"), default=""))


async def enable_factor(request: web.Request) -> web.StreamResponse:
    """Shows the recovery codes: once, and nowhere else."""
    sent = await read_form(request)
    asking, target = require_viewer(request), safe_next(sent.get("next"), default="")
    try:
        code = validated(Code, sent).code
        codes = await second_factor.enable(asking, code, client_of(request))
    except (Invalid, Throttled) as error:
        setup = await second_factor.setup_under_way(asking)
        return _setup_form(request, setup, target, error) if setup else see_other(PAGE)
    return _codes(request, codes, target or PAGE, first=True)


def _setup_form(
    request: web.Request, setup: AuthenticatorSetup, target: str, error: DomainError | None = None
) -> web.Response:
    context: Mapping[str, object] = {
        "desk": desk_of(require_viewer(request)),
        "qr": qr_code(setup.otpauth_url),
        "secret": setup.secret,
        "next": target,
        "errors": error_lines(error) if error else {},
    }
    return render(request, "accounts/authenticator.html", context, status_of(error) if error else 200)


def qr_code(text: str) -> str:
    """Markup of a picture, dark on white in every colour scheme: cameras need it so."""
    made = segno.make(text, micro=False)
    svg = made.svg_inline(scale=MODULE_PX, light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    return str(svg).replace("<svg ", '<svg aria-hidden="true" ', 1)


async def disable_factor(request: web.Request) -> web.StreamResponse:
    await second_factor.disable(require_viewer(request))
    return see_other(f"{PAGE}?done=off")


async def renew_codes(request: web.Request) -> web.StreamResponse:
    """Ten others, shown once."""
    codes = await second_factor.new_recovery_codes(require_viewer(request))
    return _codes(request, codes, PAGE, first=False)


def _codes(request: web.Request, codes: list[str], onward: str, *, first: bool) -> web.Response:
    asking = require_viewer(request)
    lines = "\n".join(codes)
    context = {
        "desk": desk_of(asking),
        "first": first,
        "codes": codes,
        "lines": lines,
        "file": quote(f"PeerLearn recovery codes of {asking.username}\n\n{lines}\n"),
        "onward": onward,
    }
    return render(request, "accounts/recovery_codes.html", context)
