"""The only socket of a node: every peer's STUN, DTLS, RTP and RTCP on one UDP port (RFC 7983).

A check finds its peer by the username fragment; everything else by an address that passed a check.
Nothing is ever sent to, or kept for, an address that has not. What arrives is handled within the
callback of the socket: no task, no queue, and no exception that would end it.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Literal, Protocol

from media.rtp.demux import classify
from media.transport.srtp import MAX_PACKET
from media.transport.stun import Address, BadStun, BindingRequest, parse_binding_request

BATCH = 64  # datagrams per wake-up, so that timers and the control link get their turn
SOCKET_BUFFER = 4 << 20  # bytes; about 250 ms of 100 Mbit/s while the loop is busy elsewhere
COMPLAIN_EVERY = 10.0  # seconds between two log lines about failing handlers

DropReason = Literal["srtp_auth", "stun", "malformed", "queue", "unknown_address"]

log = logging.getLogger(__name__)


class Receiver(Protocol):
    """One peer, as the socket sees it; `connection.Connection` is one."""

    @property
    def ufrags(self) -> tuple[str, ...]:
        """Username fragments that checks for this peer carry."""

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where its datagrams come from, each proven by a check."""

    @property
    def alive(self) -> bool:
        """False when another peer may have its addresses."""

    def receive_check(self, request: BindingRequest, address: Address) -> None: ...

    def receive_dtls(self, datagram: bytes) -> None: ...

    def receive_rtp(self, datagram: bytes, address: Address) -> None: ...

    def receive_rtcp(self, datagram: bytes, address: Address) -> None: ...


class UdpEndpoint:
    """Hands each datagram to the peer it belongs to; counts the others through `dropped(reason)`."""

    def __init__(self, sock: socket.socket, dropped: Callable[[str], None]) -> None:
        self._socket = sock
        self._dropped = dropped
        self._loop = asyncio.get_running_loop()
        self._by_ufrag: dict[str, Receiver] = {}
        self._by_address: dict[Address, Receiver] = {}
        self._known: dict[Receiver, tuple[tuple[str, ...], tuple[Address, ...]]] = {}
        self._complain_at = 0.0
        self._loop.add_reader(sock.fileno(), self._drain)

    @classmethod
    async def open(cls, bind: str, port: int, dropped: Callable[[str], None]) -> UdpEndpoint:
        """Listen on `bind`:`port`; port 0 takes a free one, bind "::" serves IPv4 too.

        Raises OSError when the address can't be had."""
        sock = socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET, socket.SOCK_DGRAM)
        try:
            _prepare(sock)
            sock.bind((bind, port))
            return cls(sock, dropped)
        except BaseException:
            sock.close()
            raise

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def register(self, receiver: Receiver) -> None:
        """Know `receiver` by what its `ufrags` and `addresses` are now; call again when they change."""
        self.unregister(receiver)
        ufrags, addresses = receiver.ufrags, receiver.addresses
        self._known[receiver] = ufrags, addresses
        self._by_ufrag.update(dict.fromkeys(ufrags, receiver))
        self._by_address.update(dict.fromkeys(addresses, receiver))

    def unregister(self, receiver: Receiver) -> None:
        """Forget `receiver`; its datagrams are of an unknown address from now on."""
        ufrags, addresses = self._known.pop(receiver, ((), ()))
        for ufrag in ufrags:
            self._by_ufrag.pop(ufrag, None)
        for address in addresses:
            if self._by_address.get(address) is receiver:
                del self._by_address[address]

    def send(self, data: bytes, address: Address) -> None:
        """Send now or not at all: a full buffer or a dead route is loss, which media is made for."""
        try:
            self._socket.sendto(data, address)
        except OSError:
            self._dropped("queue")

    def drop(self, reason: DropReason) -> None:
        """Count a datagram that goes no further."""
        self._dropped(reason)

    def close(self) -> None:
        """Free the port. Peers stay as they are, deaf and dumb."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _drain(self) -> None:
        """Read what is there, one batch at most; what is left wakes us again."""
        receive = self._socket.recvfrom
        for _ in range(BATCH):
            try:
                datagram, address = receive(MAX_PACKET)
            except OSError:
                return  # nothing left; or an error of the network, which the read has cleared
            try:
                self._dispatch(datagram, address)
            except Exception:
                self._dropped("malformed")
                self._complain()

    def _dispatch(self, datagram: bytes, address: Address) -> None:
        kind = classify(datagram)
        if kind == "stun":
            self._dispatch_check(datagram, address)
            return
        receiver = self._by_address.get(address)
        if receiver is None:
            self._dropped("unknown_address")
        elif kind == "rtp":
            receiver.receive_rtp(datagram, address)
        elif kind == "rtcp":
            receiver.receive_rtcp(datagram, address)
        elif kind == "dtls":
            receiver.receive_dtls(datagram)
        else:
            self._dropped("malformed")

    def _dispatch_check(self, datagram: bytes, address: Address) -> None:
        try:
            request = parse_binding_request(datagram)
        except BadStun:
            self._dropped("stun")
            return
        receiver = self._by_ufrag.get(request.ufrag)
        if receiver is None or self._held_by_another(address, receiver):
            self._dropped("stun")
        else:
            receiver.receive_check(request, address)

    def _held_by_another(self, address: Address, receiver: Receiver) -> bool:
        """A peer that forges its source address must not take over someone else's datagrams."""
        holder = self._by_address.get(address)
        return holder is not None and holder is not receiver and holder.alive

    def _complain(self) -> None:
        """Tell of a handler that raised, but let nobody fill the disk with it."""
        now = self._loop.time()
        if now >= self._complain_at:
            self._complain_at = now + COMPLAIN_EVERY
            log.exception("a handler of a received datagram failed")


def _prepare(sock: socket.socket) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER)
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
