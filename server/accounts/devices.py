"""What a login says of where it is used: the program, from its User-Agent, and the kind of network."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from ua_parser import parse

UNKNOWN = "An unknown device"


@lru_cache(maxsize=1024)
def device_of(user_agent: str) -> str:
    """`Firefox on Linux`; the same for all versions."""
    found = parse(user_agent)
    program = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    return f"{program} on {system}" if program and system else program or system or UNKNOWN


def place_of(address: str) -> str:
    """What an address tells by itself: nobody is asked about it."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if parsed.is_loopback:
        return "the computer that PeerLearn runs on"
    return "the local network" if parsed.is_private else ""
