"""Cookies for what a browser keeps for us besides its login: not for scripts, nor for other sites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from config.settings import Settings
from server.edge.keys import SETTINGS


def is_secure(settings: Settings) -> bool:
    return settings.base_url.startswith("https://")


def full_name(settings: Settings, name: str) -> str:
    """Over HTTPS no other host of the domain can set it (RFC 6265bis §4.1.3.2)."""
    return f"__Host-{name}" if is_secure(settings) else name


@dataclass(frozen=True, slots=True)
class PrivateCookie:
    """HttpOnly and SameSite=Lax; `__Host-` and Secure over HTTPS."""

    name: str

    def read(self, request: web.Request) -> str:
        """What the browser sent; empty when it has none."""
        return request.cookies.get(full_name(request.app[SETTINGS], self.name), "")

    def give(
        self, request: web.Request, response: web.Response, value: str, lifetime: timedelta
    ) -> web.Response:
        """Send it with an answer."""
        settings = request.app[SETTINGS]
        response.set_cookie(
            full_name(settings, self.name),
            value,
            max_age=int(lifetime.total_seconds()),
            secure=is_secure(settings),
            httponly=True,
            samesite="Lax",
        )
        return response

    def take(self, request: web.Request, response: web.Response) -> web.Response:
        """Have the browser forget it with an answer."""
        settings = request.app[SETTINGS]
        response.del_cookie(
            full_name(settings, self.name), secure=is_secure(settings), httponly=True, samesite="Lax"
        )
        return response
