"""One peer's transport: ICE-lite, then DTLS, then SRTP, on the node's one socket.

A packet is decrypted and handed to `ConnectionEvents` in the call stack of the socket callback. Only
the DTLS handshake has a task, which begins when the peer's description is known and an address of it
has passed a check.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Literal, Protocol

from aiortc.rtcdtlstransport import RTCCertificate

from media.transport.dtls import DtlsError, DtlsSession, Role, fingerprints_of, is_whole_record
from media.transport.ice_lite import Credentials, IceLite
from media.transport.parameters import RemoteTransport
from media.transport.srtp import Srtp
from media.transport.stun import Address, BindingRequest
from media.transport.udp import UdpEndpoint

CONNECT_WITHIN = 30.0  # seconds from the peer's description to keys; browsers give up about then

CloseReason = Literal["dtls_failed", "fingerprint_mismatch", "ice_lost", "closed_by_peer"]

log = logging.getLogger(__name__)


class ConnectionEvents(Protocol):
    """Who owns a connection. `on_rtp` and `on_rtcp` run in the socket callback: they never block."""

    def on_rtp(self, packet: bytes, now: float) -> None:
        """One RTP packet, authenticated and decrypted."""

    def on_rtcp(self, packet: bytes, now: float) -> None:
        """One compound RTCP packet, authenticated and decrypted."""

    def on_connected(self) -> None:
        """Keys are agreed on: packets may be sent."""

    def on_closed(self, reason: CloseReason) -> None:
        """Over, once, and not by our `close`, which is still to be called."""


class Connection:
    """Registers itself with the endpoint; whoever made it calls `check` each second and `close`."""

    def __init__(
        self,
        endpoint: UdpEndpoint,
        certificate: RTCCertificate,
        events: ConnectionEvents,
        clock: Callable[[], float],
    ) -> None:
        self._endpoint = endpoint
        self._certificate = certificate
        self._events = events
        self._clock = clock
        self._ice = IceLite(_new_credentials())
        self._remote: RemoteTransport | None = None
        self._described_at: float | None = None
        self._dtls: DtlsSession | None = None
        self._task: asyncio.Task[None] | None = None
        self._srtp: Srtp | None = None
        self._over = False
        endpoint.register(self)

    # What our descriptions say

    @property
    def ufrag(self) -> str:
        return self._ice.credentials.ufrag

    @property
    def pwd(self) -> str:
        return self._ice.credentials.pwd

    @property
    def fingerprints(self) -> list[tuple[str, str]]:
        return fingerprints_of(self._certificate)

    # How it stands

    @property
    def connected(self) -> bool:
        return self._srtp is not None

    @property
    def remote_address(self) -> Address | None:
        """The path in use; None before the first check."""
        return self._ice.remote

    @property
    def heard_at(self) -> float | None:
        """When anything came from the peer last."""
        return self._ice.heard

    # What its owner does

    def set_remote(self, parameters: RemoteTransport) -> None:
        """Take the peer's description. A second one with other ICE credentials is an ICE restart, for
        which a lite agent has nothing to do; with other fingerprints it is somebody else."""
        if self._over:
            return
        if self._task and self._remote and _hashes(parameters) != _hashes(self._remote):
            self._end("fingerprint_mismatch")
            return
        self._remote = parameters
        if self._described_at is None:
            self._described_at = self._clock()
        self._start_dtls()

    def restart_ice(self) -> None:
        """New local credentials; the present path stays until a check with them arrives."""
        self._ice.restart(_new_credentials())
        if not self._over:
            self._endpoint.register(self)

    def send_rtp(self, packet: bytes) -> None:
        """Send one RTP packet now; nothing happens unless connected."""
        srtp, address = self._srtp, self._ice.remote
        if srtp is not None and address is not None:
            self._send(srtp.protect(packet), address)

    def send_rtcp(self, packet: bytes) -> None:
        """Send one compound RTCP packet now; nothing happens unless connected."""
        srtp, address = self._srtp, self._ice.remote
        if srtp is not None and address is not None:
            self._send(srtp.protect_rtcp(packet), address)

    def check(self, now: float) -> None:
        """Notice a peer that is gone or never came; to be called about once a second."""
        if self._over:
            return
        if self._ice.expired(now):
            self._end("ice_lost")
        elif self._overdue(now):
            self._end("ice_lost" if self._ice.remote is None else "dtls_failed")

    async def close(self) -> None:
        """Tell the peer, and leave no task or entry behind. May be called again."""
        self._retire()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        dtls, self._dtls = self._dtls, None
        if dtls is not None:
            await dtls.close()

    # What the endpoint calls

    @property
    def ufrags(self) -> tuple[str, ...]:
        return self._ice.ufrags

    @property
    def addresses(self) -> tuple[Address, ...]:
        return self._ice.addresses

    @property
    def alive(self) -> bool:
        return not self._over and not self._ice.expired(self._clock())

    def receive_check(self, request: BindingRequest, address: Address) -> None:
        """Answer a connectivity check, if it is our peer's."""
        response = self._ice.receive(request, address, self._clock())
        if response is None:
            self._endpoint.drop("stun")
            return
        self._endpoint.register(self)
        self._endpoint.send(response, address)
        self._start_dtls()

    def receive_dtls(self, datagram: bytes) -> None:
        if not is_whole_record(datagram):
            self._endpoint.drop("malformed")
        elif self._dtls is None or not self._dtls.receive(datagram):
            self._endpoint.drop("queue")

    def receive_rtp(self, datagram: bytes, address: Address) -> None:
        srtp = self._srtp
        packet = None if srtp is None else srtp.unprotect(datagram)
        if packet is None:
            self._endpoint.drop("srtp_auth")
            return
        self._ice.heard = now = self._clock()
        if address != self._ice.remote:
            self._ice.follow(address)
        self._events.on_rtp(packet, now)

    def receive_rtcp(self, datagram: bytes, address: Address) -> None:
        srtp = self._srtp
        packet = None if srtp is None else srtp.unprotect_rtcp(datagram)
        if packet is None:
            self._endpoint.drop("srtp_auth")
            return
        self._ice.heard = now = self._clock()
        if address != self._ice.remote:
            self._ice.follow(address)
        self._events.on_rtcp(packet, now)

    # Inside

    def _start_dtls(self) -> None:
        """No state before a check has passed, no handshake before the description is known; what the
        peer says in between waits."""
        if self._ice.remote is None:
            return
        if self._dtls is None:
            self._dtls = DtlsSession(self._certificate, self._send_dtls)
        if self._remote is not None and self._task is None:
            secure = self._secure(self._dtls, self._remote)
            self._task = asyncio.get_running_loop().create_task(secure)

    async def _secure(self, dtls: DtlsSession, remote: RemoteTransport) -> None:
        """From the handshake to the peer's close_notify."""
        try:
            srtp = await dtls.handshake(_role_towards(remote), remote.fingerprints)
        except DtlsError as error:
            self._end(error.reason)
            return
        if self._over:
            return
        self._srtp = srtp
        try:
            self._events.on_connected()
        except Exception:
            log.exception("on_connected failed")
        await dtls.ended()
        self._end("closed_by_peer")

    def _send(self, datagram: bytes | None, address: Address) -> None:
        if datagram is None:
            self._endpoint.drop("malformed")
        else:
            self._endpoint.send(datagram, address)

    def _send_dtls(self, datagram: bytes) -> None:
        if self._ice.remote is not None:
            self._endpoint.send(datagram, self._ice.remote)

    def _overdue(self, now: float) -> bool:
        described = self._described_at
        return not self.connected and described is not None and now - described > CONNECT_WITHIN

    def _end(self, reason: CloseReason) -> None:
        if not self._over:
            self._retire()
            self._events.on_closed(reason)

    def _retire(self) -> None:
        """Nothing comes in or goes out any more, but for a close_notify."""
        self._over = True
        self._srtp = None
        self._endpoint.unregister(self)


def _new_credentials() -> Credentials:
    """RFC 8445 §5.3 asks for 24 and 128 bits; 64 make fragments of one node differ, too."""
    return Credentials(ufrag=secrets.token_hex(8), pwd=secrets.token_hex(16))


def _role_towards(remote: RemoteTransport) -> Role:
    """We offer `actpass` and answer `passive` (RFC 5763 §5): server, unless the peer waits for us."""
    return "client" if remote.setup == "passive" else "server"


def _hashes(parameters: RemoteTransport) -> set[tuple[str, str]]:
    return {(algorithm.lower(), value.upper()) for algorithm, value in parameters.fingerprints}
