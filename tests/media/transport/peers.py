"""The far end of a connection, for tests: aiortc's own transports, and a peer of raw datagrams."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import weakref
from collections import Counter
from collections.abc import Callable
from typing import Any

from aioice import stun
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceCandidate,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
)

from media.transport.connection import Connection
from media.transport.parameters import RemoteTransport
from media.transport.udp import UdpEndpoint

PATIENCE = 10.0  # seconds until a test gives up on something that should take milliseconds
HOST = "127.0.0.1"
SERVER_CERTIFICATE = RTCCertificate.generateCertificate()
CLIENT_CERTIFICATE = RTCCertificate.generateCertificate()


def rtp_packet(sequence_number: int = 1, ssrc: int = 0x1234, size: int = 100) -> bytes:
    """A packet of payload type 96 whose payload is `size` bytes."""
    return struct.pack("!BBHII", 0x80, 96, sequence_number & 0xFFFF, 3000, ssrc) + bytes(size)


def receiver_report(ssrc: int = 0x1234) -> bytes:
    return struct.pack("!BBHI", 0x80, 201, 1, ssrc)


class Arrivals(list[Any]):
    """A list that a test can wait for to grow."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = asyncio.Event()

    def add(self, item: Any) -> None:
        self.append(item)
        self._changed.set()

    async def reach(self, count: int) -> Arrivals:
        async with asyncio.timeout(PATIENCE):
            while len(self) < count:
                self._changed.clear()
                await self._changed.wait()
        return self


class Clock:
    """Time that moves by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Owner:
    """Keeps what a connection tells its owner."""

    def __init__(self) -> None:
        self.rtp = Arrivals()
        self.rtcp = Arrivals()
        self.connected = Arrivals()
        self.closed = Arrivals()

    def on_rtp(self, packet: bytes, now: float) -> None:
        self.rtp.add(packet)

    def on_rtcp(self, packet: bytes, now: float) -> None:
        self.rtcp.add(packet)

    def on_connected(self) -> None:
        self.connected.add(True)

    def on_closed(self, reason: str) -> None:
        self.closed.add(reason)


class Node:
    """An endpoint on 127.0.0.1 and the connections that were made on it."""

    def __init__(self) -> None:
        self.drops = Arrivals()
        self.clock = Clock()
        self.endpoint: UdpEndpoint
        self._connections: list[Connection] = []

    async def open(self) -> Node:
        self.endpoint = await UdpEndpoint.open(HOST, 0, self.drops.add)
        return self

    @property
    def dropped(self) -> Counter[str]:
        return Counter(self.drops)

    def connection(self, owner: Owner) -> Connection:
        made = Connection(self.endpoint, SERVER_CERTIFICATE, owner, self.clock)
        self._connections.append(made)
        return made

    async def close(self) -> None:
        for connection in self._connections:
            await connection.close()
        self.endpoint.close()


async def _keep(arrivals: Arrivals, data: bytes) -> None:
    arrivals.add(data)


def _listen(dtls: RTCDtlsTransport, rtp: Arrivals, rtcp: Arrivals) -> None:
    """Take decrypted packets as they are, before aiortc looks for a receiver."""
    dtls._handle_rtp_data = lambda data, arrival_time_ms: _keep(rtp, data)  # type: ignore[method-assign]
    dtls._handle_rtcp_data = lambda data: _keep(rtcp, data)  # type: ignore[method-assign]


def expected_of(connection: Connection, role: str = "auto") -> RTCDtlsParameters:
    return RTCDtlsParameters([RTCDtlsFingerprint(*each) for each in connection.fingerprints], role)


def fingerprints_of(certificate: RTCCertificate) -> tuple[tuple[str, str], ...]:
    return tuple((each.algorithm, each.value) for each in certificate.getFingerprints())


class AiortcPeer:
    """aiortc's ICE and DTLS transports, controlling, as behind a real RTCPeerConnection."""

    def __init__(self) -> None:
        self.gatherer = RTCIceGatherer(iceServers=[])
        self.ice = RTCIceTransport(self.gatherer)
        self.dtls = RTCDtlsTransport(self.ice, [CLIENT_CERTIFICATE])
        self.rtp, self.rtcp = Arrivals(), Arrivals()
        _listen(self.dtls, self.rtp, self.rtcp)

    def description(self, setup: str = "active") -> RemoteTransport:
        mine = self.gatherer.getLocalParameters()
        assert mine.usernameFragment and mine.password
        hashes = fingerprints_of(CLIENT_CERTIFICATE)
        return RemoteTransport(mine.usernameFragment, mine.password, hashes, setup)

    async def connect(
        self, node: Node, connection: Connection, role: str = "client", controlling: bool = True
    ) -> None:
        await self.gatherer.gather()
        self.ice._connection.ice_controlling = controlling
        await self.ice.addRemoteCandidate(
            RTCIceCandidate(1, "1", HOST, node.endpoint.port, 2130706431, "udp", "host")
        )
        await self.ice.addRemoteCandidate(None)
        await self.ice.start(RTCIceParameters(connection.ufrag, connection.pwd, iceLite=True))
        self.dtls._set_role(role)
        await self.dtls.start(expected_of(connection))

    async def close(self) -> None:
        await self.dtls.stop()
        await self.ice.stop()


class RawPeer:
    """A peer that says exactly what a test wants it to say, from sockets it can change."""

    role = "controlling"  # what RTCDtlsTransport asks of its ICE transport, as are _recv and _send

    def __init__(self, node: Node, connection: Connection) -> None:
        self._server = (HOST, node.endpoint.port)
        self._connection = weakref.proxy(connection)
        self._sockets: list[socket.socket] = []
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self.answers, self.rtp, self.rtcp = Arrivals(), Arrivals(), Arrivals()
        self.dtls = RTCDtlsTransport(self, [CLIENT_CERTIFICATE])  # type: ignore[arg-type]
        _listen(self.dtls, self.rtp, self.rtcp)
        self.socket = self.new_socket()

    def description(self, setup: str = "active") -> RemoteTransport:
        return RemoteTransport("far", "p" * 22, fingerprints_of(CLIENT_CERTIFICATE), setup)

    @property
    def address(self) -> tuple[str, int]:
        address: tuple[str, int] = self.socket.getsockname()
        return address

    def new_socket(self) -> socket.socket:
        """A further local address, which is listened on but not yet sent from."""
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        made.bind((HOST, 0))
        self._loop.add_reader(made.fileno(), self._read, made)
        self._sockets.append(made)
        return made

    def stop_reading(self, source: socket.socket) -> None:
        """Leave a network: what arrives there is lost."""
        self._loop.remove_reader(source.fileno())

    def send(self, data: bytes, source: socket.socket | None = None) -> None:
        (source or self.socket).sendto(data, self._server)

    def check(self, source: socket.socket | None = None, **request: Any) -> None:
        """Send a connectivity check; `request` as for `binding_request`."""
        request.setdefault("ufrag", self._connection.ufrag)
        request.setdefault("pwd", self._connection.pwd)
        self.send(binding_request(**request), source)

    async def connect(self, role: str = "client") -> None:
        self.check()
        await self.answers.reach(1)
        self.dtls._set_role(role)
        async with asyncio.timeout(PATIENCE):
            await self.dtls.start(expected_of(self._connection))

    def protect(self, packet: bytes) -> bytes:
        protected: bytes = self.dtls._tx_srtp.protect(packet)
        return protected

    def send_rtp(self, packet: bytes, source: socket.socket | None = None) -> None:
        self.send(self.protect(packet), source)

    @property
    def tasks(self) -> set[Any]:
        """aiortc's own, which `close` ends."""
        return {self.dtls._task} - {None}

    async def close(self) -> None:
        pumps = self.tasks
        await self.dtls.stop()
        await asyncio.gather(*pumps, return_exceptions=True)
        for each in self._sockets:
            self._loop.remove_reader(each.fileno())
            each.close()
        self._sockets.clear()

    async def _recv(self) -> bytes:
        return await self._inbox.get()

    async def _send(self, data: bytes) -> None:
        self.send(data)

    def _read(self, source: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                data = source.recv(2048)
                if data[0] < 4:
                    self.answers.add((stun.parse_message(data), source))
                else:
                    self._inbox.put_nowait(data)


def binding_request(
    ufrag: str,
    pwd: str,
    nominate: bool = True,
    controlled: bool = False,
    change: Callable[[stun.Message], object] | None = None,
) -> bytes:
    """A connectivity check as a full agent sends it; `change` edits it before it is signed."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:far"
    message.attributes["PRIORITY"] = 1
    message.attributes["ICE-CONTROLLED" if controlled else "ICE-CONTROLLING"] = 7
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    if change is not None:
        change(message)
    message.add_message_integrity(pwd.encode())
    return bytes(message)
