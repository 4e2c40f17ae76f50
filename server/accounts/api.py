"""JSON: `/api/v1/auth/...`. Registering is in `server/people`, because it fills a profile too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from server.accounts import confirmations, entering, logins, second_factor, service
from server.accounts.forms import Code, Email, LogIn, MaybeEmail, NewPassword, Token
from server.accounts.requests import client_of, sign_in
from server.accounts.values import Account, AuthenticatorSetup, LoginView, RecoveryCodes
from server.edge import csrf
from server.edge.access import require_viewer, viewer
from server.edge.api import ok, page_of, read_json
from server.edge.openapi import described
from server.edge.sessions import forget_login
from server.infra.errors import NotFound, Unauthenticated


@described(body=LogIn)
async def log_in(request: web.Request) -> web.Response:
    """`POST /auth/login {identifier, password, code?}` → `{user, token}`, and sets the cookie.

    An earlier login goes on: programs hold tokens of several accounts beside one cookie jar."""
    form = await read_json(request, LogIn)
    login = await entering.log_in(form.identifier, form.password, client_of(request), form.code)
    await sign_in(request, login)
    account = await service.account(login.user_id)
    return ok({"user": shown(account), "token": login.token}, "Welcome back.")


async def log_out(request: web.Request) -> web.Response:
    """`POST /auth/logout`."""
    await logins.log_out(require_viewer(request))
    await forget_login(request)
    return ok(message="Signed out.")


@described(body=Token)
async def verify_email(request: web.Request) -> web.Response:
    """`POST /auth/verify-email {token}`."""
    form = await read_json(request, Token)
    await confirmations.verify_email(form.token)
    return ok(message="Your e-mail address is confirmed.")


@described(body=MaybeEmail)
async def resend(request: web.Request) -> web.Response:
    """`POST /auth/verify-email/resend`, signed in or with `{email}`; the latter tells nothing."""
    form = await read_json(request, MaybeEmail)
    person = viewer(request)
    if person:
        await confirmations.resend_verification(person)
    elif form.email:
        await confirmations.resend_verification_to(form.email, client_of(request))
    else:
        raise Unauthenticated
    return ok(message="If the address is waiting to be confirmed, a mail is on its way.")


@described(body=Email)
async def ask_reset(request: web.Request) -> web.Response:
    """`POST /auth/password-reset {email}`: the same answer for every address."""
    form = await read_json(request, Email)
    await confirmations.request_reset(form.email, client_of(request))
    return ok(message="If this address is known, a mail is on its way.")


@described(body=NewPassword)
async def reset(request: web.Request) -> web.Response:
    """`POST /auth/password-reset/confirm {token, password}`."""
    form = await read_json(request, NewPassword)
    await confirmations.reset_password(form.token, form.password)
    return ok(message="Your password is changed. All earlier logins have ended.")


async def csrf_token(request: web.Request) -> web.Response:
    """`GET /auth/csrf` → `{token}`, what unsafe requests with a cookie send as X-CSRF-Token."""
    token = csrf.token(request)
    return ok({"token": token, "csrf_token": token})


@described(item=LoginView)
async def active_logins(request: web.Request) -> web.Response:
    """`GET /auth/logins`."""
    found = await logins.active_logins(require_viewer(request))
    return ok(page_of(found, 1, max(len(found), 1), len(found)))


async def revoke_login(request: web.Request) -> web.Response:
    """`DELETE /auth/logins/{id}`."""
    try:
        public_id = UUID(request.match_info["id"])
    except ValueError as error:
        raise NotFound from error
    await logins.revoke_login(require_viewer(request), public_id)
    return ok(message="This login has ended.")


@described(data=AuthenticatorSetup)
async def set_up_factor(request: web.Request) -> web.Response:
    """`POST /auth/2fa/setup` → `{secret, otpauth_url}`; asked for only once `enable` was called."""
    return ok(await second_factor.begin_setup(require_viewer(request)))


@described(body=Code, data=RecoveryCodes)
async def enable_factor(request: web.Request) -> web.Response:
    """`POST /auth/2fa/enable {code}` → `{recovery_codes}`, which nobody can see again."""
    form = await read_json(request, Code)
    codes = await second_factor.enable(require_viewer(request), form.code, client_of(request))
    return ok(RecoveryCodes(codes), "Codes are asked for from now on. All other logins have ended.")


async def disable_factor(request: web.Request) -> web.Response:
    """`POST /auth/2fa/disable`."""
    await second_factor.disable(require_viewer(request))
    return ok(message="Codes are not asked for any more.")


def shown(account: Account) -> dict[str, Any]:
    """An account as its owner sees it."""
    return {
        "id": account.id,
        "username": account.username,
        "email": account.email,
        "name": account.name,
        "roles": list(account.roles),
        "verified": account.verified,
        "timezone": account.timezone,
        "created_at": account.created_at,
    }
