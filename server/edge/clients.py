"""Where a request comes from, seen through proxies that are trusted and no others."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

from server.edge.keys import SETTINGS

UNKNOWN = "unknown"
IPV6_HOST_BITS = 64  # one customer has at least a /64: all of it counts as one address

Networks = tuple[IPv4Network | IPv6Network, ...]


def peer_address(request: web.Request) -> str:
    """The other end of the connection itself."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return str(peer[0]) if isinstance(peer, tuple) and peer else UNKNOWN


def client_address(request: web.Request) -> str:
    """The client's address: the last in `X-Forwarded-For` that no trusted proxy added itself."""
    trusted = _networks(request.app[SETTINGS].trusted_proxies)
    address = peer_address(request)
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not _within(address, trusted) or not _is_address(hop.strip()):
            break
        address = hop.strip()
    return address


def is_loopback(request: web.Request) -> bool:
    """Whether the connection comes from this machine and no proxy passed it on."""
    address = peer_address(request)
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return _is_address(address) and ip_address(address).is_loopback and not forwarded


def comes_from(request: web.Request, networks: tuple[str, ...]) -> bool:
    """Whether the connection itself comes from one of `networks` and no proxy passed it on."""
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and _within(peer_address(request), _networks(networks))


def network_of(address: str) -> str:
    """What limits count an address as: itself, or its /64 (IPv6)."""
    if not _is_address(address):
        return address
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((int(parsed) >> IPV6_HOST_BITS << IPV6_HOST_BITS, IPV6_HOST_BITS)))
    return str(parsed)


@lru_cache(maxsize=8)
def _networks(proxies: tuple[str, ...]) -> Networks:
    return tuple(ip_network(proxy, strict=False) for proxy in proxies)


def _within(address: str, networks: Networks) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
