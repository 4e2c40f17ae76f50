"""A connection against aiortc's own ICE and DTLS transports over loopback."""

from __future__ import annotations

import asyncio

import pytest

from media.transport.connection import Connection
from media.transport.parameters import RemoteTransport
from tests.media.transport.peers import (
    PATIENCE,
    SERVER_CERTIFICATE,
    AiortcPeer,
    Node,
    Owner,
    fingerprints_of,
    receiver_report,
    rtp_packet,
)

pytestmark = pytest.mark.media

MAX_RTP = 1500 - 28 - 16  # bytes: Ethernet's, less IP and UDP headers and the tag


async def connected(node: Node, connection: Connection, owner: Owner, peer: AiortcPeer) -> None:
    connection.set_remote(peer.description())
    async with asyncio.timeout(PATIENCE):
        await peer.connect(node, connection)
    await owner.connected.reach(1)


async def test_rtp_and_rtcp_go_both_ways(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    await connected(node, connection, owner, aiortc_peer)
    assert connection.connected
    await aiortc_peer.dtls._send_rtp(rtp_packet(7))
    await aiortc_peer.dtls._send_rtp(receiver_report())
    assert await owner.rtp.reach(1) == [rtp_packet(7)]
    assert await owner.rtcp.reach(1) == [receiver_report()]
    connection.send_rtp(rtp_packet(9))
    connection.send_rtcp(receiver_report(5))
    assert await aiortc_peer.rtp.reach(1) == [rtp_packet(9)]
    assert await aiortc_peer.rtcp.reach(1) == [receiver_report(5)]
    assert node.drops == []


async def test_peer_that_waits_for_us_is_met_as_dtls_client(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    connection.set_remote(aiortc_peer.description("passive"))
    await aiortc_peer.connect(node, connection, role="server")
    await owner.connected.reach(1)
    connection.send_rtp(rtp_packet(1))
    await aiortc_peer.rtp.reach(1)


async def test_peer_that_believes_itself_controlled_is_told_to_control(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    connection.set_remote(aiortc_peer.description())
    await aiortc_peer.connect(node, connection, controlling=False)
    await owner.connected.reach(1)
    assert aiortc_peer.ice.role == "controlling"


async def test_handshake_that_comes_before_the_description_waits_for_it(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    begun = asyncio.Event()
    aiortc_peer.dtls.on("statechange", begun.set)
    connecting = asyncio.ensure_future(aiortc_peer.connect(node, connection))
    async with asyncio.timeout(PATIENCE):
        await begun.wait()
    assert connection.remote_address is not None
    connection.set_remote(aiortc_peer.description())
    await connecting
    await owner.connected.reach(1)


async def test_wrong_fingerprint_gets_no_media(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    theirs = aiortc_peer.description()
    someone_else = fingerprints_of(SERVER_CERTIFICATE)
    connection.set_remote(RemoteTransport(theirs.ufrag, theirs.pwd, someone_else, "active"))
    await aiortc_peer.connect(node, connection)
    assert await owner.closed.reach(1) == ["fingerprint_mismatch"]
    await aiortc_peer.dtls._send_rtp(rtp_packet())
    await node.drops.reach(1)
    connection.send_rtp(rtp_packet())
    assert (owner.rtp, owner.connected, aiortc_peer.rtp) == ([], [], [])
    assert not connection.connected


async def test_description_without_fingerprint_gets_no_media(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    theirs = aiortc_peer.description()
    connection.set_remote(RemoteTransport(theirs.ufrag, theirs.pwd, (), "active"))
    connecting = asyncio.ensure_future(aiortc_peer.connect(node, connection))
    assert await owner.closed.reach(1) == ["fingerprint_mismatch"]
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)


async def test_other_fingerprint_later_is_somebody_else(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    await connected(node, connection, owner, aiortc_peer)
    theirs = aiortc_peer.description()
    other = fingerprints_of(SERVER_CERTIFICATE)
    connection.set_remote(RemoteTransport(theirs.ufrag, theirs.pwd, other, "active"))
    assert owner.closed == ["fingerprint_mismatch"]
    assert not connection.connected


async def test_same_fingerprint_in_other_letters_is_the_same_peer(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    await connected(node, connection, owner, aiortc_peer)
    theirs = aiortc_peer.description()
    small = tuple((algorithm.upper(), value.lower()) for algorithm, value in theirs.fingerprints)
    connection.set_remote(RemoteTransport("new", "n" * 22, small, "actpass"))
    assert connection.connected
    assert owner.closed == []


async def test_peer_that_closes_is_noticed(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    await connected(node, connection, owner, aiortc_peer)
    await aiortc_peer.dtls.stop()
    assert await owner.closed.reach(1) == ["closed_by_peer"]
    assert not connection.connected


async def test_closing_tells_the_peer_and_not_the_owner(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    await connected(node, connection, owner, aiortc_peer)
    closed = asyncio.Event()
    aiortc_peer.dtls.on("statechange", closed.set)
    await connection.close()
    await connection.close()
    async with asyncio.timeout(PATIENCE):
        await closed.wait()
    assert aiortc_peer.dtls.state == "closed"
    assert owner.closed == []


async def test_packet_as_long_as_the_network_allows_goes_through(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    await connected(node, connection, owner, aiortc_peer)
    long = rtp_packet(1, size=MAX_RTP - 12)
    connection.send_rtp(long)
    assert await aiortc_peer.rtp.reach(1) == [long]


async def test_packet_that_cannot_be_protected_is_dropped(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    await connected(node, connection, owner, aiortc_peer)
    connection.send_rtp(b"")
    connection.send_rtp(rtp_packet(1, size=5000))
    connection.send_rtcp(b"\x80")
    assert node.dropped == {"malformed": 3}


async def test_nothing_is_sent_before_keys_are_agreed_on(
    node: Node, connection: Connection, owner: Owner
) -> None:
    connection.send_rtp(rtp_packet())
    connection.send_rtcp(receiver_report())
    assert not connection.connected
    assert connection.remote_address is None
    assert node.drops == []
