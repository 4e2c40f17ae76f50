"""What the accounts' API and pages take from a request alike."""

from __future__ import annotations

from aiohttp import web

from server.accounts.entering import CHALLENGE_LIFETIME
from server.accounts.values import Challenge, Client, NewLogin
from server.edge.clients import client_address, network_of
from server.edge.cookies import PrivateCookie
from server.edge.sessions import remember_login

CHALLENGE = PrivateCookie("peerlearn-2fa")


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
    return CHALLENGE.read(request)


def remember_challenge(
    request: web.Request, challenge: Challenge, response: web.Response
) -> web.Response:
    """Give the browser the challenge with an answer, for as long as it works."""
    return CHALLENGE.give(request, response, challenge.secret, CHALLENGE_LIFETIME)


def forget_challenge(request: web.Request, response: web.Response) -> web.Response:
    """Take it away with an answer."""
    return CHALLENGE.take(request, response)
