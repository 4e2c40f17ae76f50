"""What the accounts' API and pages take from a request alike."""

from __future__ import annotations

from aiohttp import web

from server.accounts.entering import CHALLENGE_LIFETIME
from server.accounts.values import Challenge, Client, NewLogin
from server.edge.clients import client_address, network_of
from server.edge.keys import SETTINGS
from server.edge.sessions import remember_login


def client_of(request: web.Request) -> Client:
    """Where the request comes from."""
    address = client_address(request)
    return Client(address, network_of(address), request.headers.get("User-Agent", ""))


async def sign_in(request: web.Request, login: NewLogin) -> None:
    """Give the browser the new login; the one it had is not used any more."""
    await remember_login(request, login.cookie)


# --- a login that waits for its second factor


def challenge_of(request: web.Request) -> str:
    """The secret that the browser was given with its challenge; empty when it has none."""
    return request.cookies.get(_challenge_cookie(request), "")


def remember_challenge(
    request: web.Request, challenge: Challenge, response: web.Response
) -> web.Response:
    """Give the browser the challenge with an answer, for as long as it works."""
    response.set_cookie(
        _challenge_cookie(request),
        challenge.secret,
        max_age=int(CHALLENGE_LIFETIME.total_seconds()),
        secure=_is_secure(request),
        httponly=True,
        samesite="Lax",
    )
    return response


def forget_challenge(request: web.Request, response: web.Response) -> web.Response:
    """Take it away with an answer."""
    secure = _is_secure(request)
    response.del_cookie(_challenge_cookie(request), secure=secure, httponly=True, samesite="Lax")
    return response


def _challenge_cookie(request: web.Request) -> str:
    return "__Host-peerlearn-2fa" if _is_secure(request) else "peerlearn-2fa"


def _is_secure(request: web.Request) -> bool:
    return request.app[SETTINGS].base_url.startswith("https://")
