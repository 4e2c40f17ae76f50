"""Binding requests as ICE connectivity checks (RFC 8489; RFC 8445 §7), sans-IO on aioice's messages.

Only what an ICE-lite agent needs: it reads checks and signs answers, and never asks anything itself.
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass
from typing import Any

from aioice import stun

Address = tuple[Any, ...]  # as a socket gives it: (host, port), for IPv6 two more

MAGIC_COOKIE = stun.COOKIE.to_bytes(4, "big")
FINGERPRINT_HEADER = b"\x80\x28\x00\x04"  # type and length; its checksum is the last four bytes


class BadStun(ValueError):
    """The datagram is no connectivity check that a peer of ours would send."""


@dataclass(frozen=True, slots=True)
class BindingRequest:
    """A well-formed check; who sent it is not known before `signed_with` says so."""

    ufrag: str  # ours: what stands before the colon in USERNAME
    message: stun.Message

    @property
    def use_candidate(self) -> bool:
        """The controlling agent nominates this pair (RFC 8445 §7.1.2)."""
        return "USE-CANDIDATE" in self.message.attributes

    @property
    def controlled(self) -> bool:
        """The peer believes that we are the controlling one."""
        return "ICE-CONTROLLED" in self.message.attributes

    def signed_with(self, pwd: str) -> bool:
        return self.message.check_message_integrity(pwd.encode())


def parse_binding_request(datagram: bytes) -> BindingRequest:
    """The connectivity check in `datagram`.

    Raises BadStun on anything else."""
    if datagram[4:8] != MAGIC_COOKIE:
        raise BadStun("no magic cookie (RFC 8489 §5)")
    if datagram[-8:-4] != FINGERPRINT_HEADER:
        raise BadStun("no FINGERPRINT at the end, which a check must have (RFC 8445 §7.1)")
    try:
        message = stun.parse_message(datagram)
    except (ValueError, struct.error) as error:
        raise BadStun(str(error)) from error
    if message.message_class is not stun.Class.REQUEST:
        raise BadStun("not a request")
    if message.message_method is not stun.Method.BINDING:
        raise BadStun("not the Binding method")
    ufrag, colon, _ = message.attributes.get("USERNAME", "").partition(":")
    if not colon:
        raise BadStun("no USERNAME of two fragments (RFC 8445 §7.2.2)")
    return BindingRequest(ufrag, message)


def success_response(request: BindingRequest, address: Address, pwd: str) -> bytes:
    """Tell the peer that its check arrived, and from where (RFC 8445 §7.3.1.2)."""
    response = _response(request, stun.Class.RESPONSE)
    response.attributes["XOR-MAPPED-ADDRESS"] = _mapped(address)
    response.add_message_integrity(pwd.encode())
    return bytes(response)


def role_conflict(request: BindingRequest, pwd: str) -> bytes:
    """Tell the peer to control: a lite agent can't (RFC 8445 §6.1.1, §7.3.1.1)."""
    response = _response(request, stun.Class.ERROR)
    response.attributes["ERROR-CODE"] = (487, "Role Conflict")
    response.add_message_integrity(pwd.encode())
    return bytes(response)


def _response(request: BindingRequest, message_class: stun.Class) -> stun.Message:
    return stun.Message(
        message_method=stun.Method.BINDING,
        message_class=message_class,
        transaction_id=request.message.transaction_id,
    )


def _mapped(address: Address) -> tuple[str, int]:
    """The address as the peer knows it: a dual-stack socket shows IPv4 inside of IPv6."""
    host, port = address[:2]
    ip = ipaddress.ip_address(host.partition("%")[0])
    inner = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return str(inner or ip), port
