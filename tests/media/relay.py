"""A UDP relay between one client and a node, whose outer address can change as behind a NAT."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

HOST = "127.0.0.1"
CANDIDATE_PORT = re.compile(r"(a=candidate:\S+ 1 udp \d+ \S+ )\d+", re.ASCII)


class _Leg(asyncio.DatagramProtocol):
    """One side's socket."""

    def __init__(self, received: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._received(data, addr)


class Relay:
    """`port` is what the client sends to; `wrap` writes it into a description of the node."""

    def __init__(self, node_port: int) -> None:
        self._node = HOST, node_port
        self._client: tuple[str, int] | None = None
        self._inner: asyncio.DatagramTransport
        self._outer: asyncio.DatagramTransport

    @classmethod
    async def open(cls, node_port: int) -> Relay:
        relay = cls(node_port)
        relay._inner = await relay._leg(relay._from_client)
        relay._outer = await relay._leg(relay._from_node)
        return relay

    async def _leg(self, received: Callable[[bytes, tuple[str, int]], None]) -> asyncio.DatagramTransport:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Leg(received), (HOST, 0))
        return transport

    @property
    def port(self) -> int:
        port: int = self._inner.get_extra_info("sockname")[1]
        return port

    def wrap(self, sdp: str) -> str:
        """The node's description with our port in its candidates."""
        return CANDIDATE_PORT.sub(rf"\g<1>{self.port}", sdp)

    async def move(self) -> None:
        """The client's network changes: what the node sends to the old address is lost."""
        old, self._outer = self._outer, await self._leg(self._from_node)
        old.close()

    def _from_client(self, data: bytes, address: tuple[str, int]) -> None:
        self._client = address
        self._outer.sendto(data, self._node)

    def _from_node(self, data: bytes, address: tuple[str, int]) -> None:
        if self._client is not None:
            self._inner.sendto(data, self._client)

    def close(self) -> None:
        self._inner.close()
        self._outer.close()
