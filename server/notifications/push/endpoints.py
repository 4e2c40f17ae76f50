"""Addresses of push services, which browsers hand to us: our server must not become a way to ask what
only its own network may. So they are https, and lead to public addresses when they are asked, too."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

MOST_CHARACTERS = 1000
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class NotPublic(OSError):
    """The address leads into a network of ours."""


def check_endpoint(endpoint: str, *, loopback: bool) -> str:
    """The address itself. `loopback`: a push service on this machine will do, for trying things out.

    Raises ValueError with words about what is wrong."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError as error:
        raise ValueError("This is not an address.") from error
    host = parts.hostname or ""
    if loopback and host in LOOPBACK and parts.scheme in {"http", "https"}:
        return endpoint
    if parts.scheme != "https" or not host or parts.username is not None:
        raise ValueError("Push services have https:// addresses.")
    if len(endpoint) > MOST_CHARACTERS or not endpoint.isascii() or not endpoint.isprintable():
        raise ValueError("No push service has such an address.")
    if not _may_be_public(host) or port == 0:
        raise ValueError("This address leads to no push service.")
    return endpoint


def _may_be_public(host: str) -> bool:
    """A number must be public; a name has a dot, and is looked up when something is sent."""
    try:
        return is_public(host)
    except ValueError:
        return "." in host.strip(".") and not host.rstrip(".").rpartition(".")[2].isdigit()


def is_public(address: str) -> bool:
    """Raises ValueError for what is no address."""
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)


class PublicResolver(AbstractResolver):
    """Looks names up, and knows no address that is not public: a name may change where it leads after it
    was checked. Numbers never come here; `check_endpoint` looks at those."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        usable = [one for one in found if self._may_ask(host, one["host"])]
        if not usable:
            raise NotPublic(f"{host} leads to no public address")
        return usable

    def _may_ask(self, host: str, address: str) -> bool:
        return is_public(address) or (self._loopback and host in LOOPBACK)

    async def close(self) -> None:
        await self._inner.close()
