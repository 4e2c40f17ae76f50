"""A node on loopback, and clean-up of all that a test opens; on both event loops we run under."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from media.transport.connection import Connection
from tests.media.transport.peers import HOST, AiortcPeer, Node, Owner, RawPeer


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.SelectorEventLoop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def loopback_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice leaves 127.0.0.1 out of its candidates."""
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda use_ipv4, use_ipv6: [HOST])


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    node = await Node().open()
    yield node
    await node.close()


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def connection(node: Node, owner: Owner) -> Connection:
    return node.connection(owner)


@pytest.fixture
async def aiortc_peer(loopback_candidates: None) -> AsyncIterator[AiortcPeer]:
    peer = AiortcPeer()
    yield peer
    await peer.close()


@pytest.fixture
async def raw_peers(node: Node) -> AsyncIterator[Callable[[Connection], RawPeer]]:
    made: list[RawPeer] = []

    def make(connection: Connection) -> RawPeer:
        made.append(RawPeer(node, connection))
        return made[-1]

    yield make
    for peer in made:
        await peer.close()


@pytest.fixture
async def peer(raw_peers: Callable[[Connection], RawPeer], connection: Connection) -> RawPeer:
    """A raw peer that the connection expects, not connected yet."""
    made = raw_peers(connection)
    connection.set_remote(made.description())
    return made
