"""How this process speaks to push services: our key, and a client that asks nobody in our own network."""

from __future__ import annotations

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from config.settings import Settings
from server.infra.http import open_http
from server.notifications.push.endpoints import PublicResolver, check_endpoint
from server.notifications.push.vapid import Vapid

PATIENCE = ClientTimeout(total=15)


class PushOffice:
    """Opened once at start, where there is a key."""

    def __init__(self, settings: Settings) -> None:
        self.vapid = Vapid(settings.vapid_private_key, settings.vapid_subject)
        self._loopback = settings.development

    def checked(self, endpoint: str) -> str:
        """The address itself. Raises ValueError for one that is no push service's."""
        return check_endpoint(endpoint, loopback=self._loopback)

    def client(self) -> ClientSession:
        """To be closed by whoever asked for it."""
        connector = TCPConnector(resolver=PublicResolver(loopback=self._loopback))
        return open_http(connector=connector, timeout=PATIENCE, cookie_jar=DummyCookieJar())


_office: PushOffice | None = None


def open_push(settings: Settings) -> None:
    """Say by which key from now on; without one nothing is pushed."""
    global _office
    _office = PushOffice(settings) if settings.vapid_private_key else None


def push_office() -> PushOffice | None:
    """None where nothing is pushed."""
    return _office
