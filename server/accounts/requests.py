"""What the accounts' API and pages take from a request alike."""

from __future__ import annotations

from aiohttp import web

from server.accounts.values import Client, NewLogin
from server.edge.clients import client_address, network_of
from server.edge.sessions import remember_login


def client_of(request: web.Request) -> Client:
    """Where the request comes from."""
    address = client_address(request)
    return Client(address, network_of(address), request.headers.get("User-Agent", ""))


async def sign_in(request: web.Request, login: NewLogin) -> None:
    """Give the browser the new login; the one it had is not used any more."""
    await remember_login(request, login.cookie)
