"""The login cookie, as a storage of aiohttp-session: a random id, and nothing else.

What belongs to the id is a row in the database, so that a login can be listed, revoked and expires
whatever the cookie says. The library's own storages keep the data in the cookie: one that was copied
still works after logging out.
"""

from __future__ import annotations

import re

from aiohttp import web
from aiohttp_session import AbstractStorage, Session, get_session, new_session

from config.settings import Settings
from server.edge.cookies import full_name, is_secure

LOGIN = "login"
SHAPE = re.compile(r"[A-Za-z0-9_-]{20,128}")
MAX_AGE_S = 30 * 24 * 3600  # as long as a login lives at most


class LoginCookie(AbstractStorage):
    """Carries the secret of a login: HttpOnly, SameSite=Lax, and `__Host-` and Secure over HTTPS."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            cookie_name=full_name(settings, "peerlearn"),
            max_age=MAX_AGE_S,
            secure=is_secure(settings),
            httponly=True,
            samesite="Lax",
        )

    async def load_session(self, request: web.Request) -> Session:
        cookie = self.load_cookie(request) or ""
        if not SHAPE.fullmatch(cookie):
            return Session(None, data=None, new=True)
        return Session(cookie, data={"session": {LOGIN: cookie}}, new=False)

    async def save_session(
        self, request: web.Request, response: web.StreamResponse, session: Session
    ) -> None:
        self.save_cookie(response, session.get(LOGIN, ""), max_age=None if session.empty else MAX_AGE_S)


async def login_cookie(request: web.Request) -> str:
    """The secret that the browser sent; empty when there is none of the right shape."""
    return str((await get_session(request)).get(LOGIN, ""))


async def remember_login(request: web.Request, secret: str) -> None:
    """Send the browser a new login's secret with the answer."""
    (await new_session(request))[LOGIN] = secret


async def forget_login(request: web.Request) -> None:
    """Take the cookie away with the answer."""
    (await get_session(request)).invalidate()
