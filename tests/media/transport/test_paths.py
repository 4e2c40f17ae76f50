"""Which address a connection sends to, ICE restarts, loss and what is left behind."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from media.transport.connection import CONNECT_WITHIN, Connection
from media.transport.dtls import fingerprints_of
from media.transport.ice_lite import LOST_AFTER
from media.transport.parameters import RemoteTransport
from media.transport.udp import UdpEndpoint
from tests.media.transport.peers import (
    CLIENT_CERTIFICATE,
    HOST,
    SERVER_CERTIFICATE,
    AiortcPeer,
    Node,
    Owner,
    RawPeer,
    rtp_packet,
)

pytestmark = pytest.mark.media


async def connect(peer: RawPeer, owner: Owner) -> None:
    await peer.connect()
    await owner.connected.reach(1)


async def test_changed_network_moves_the_path(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    moved = peer.new_socket()
    peer.check(moved)
    (_, asked_from) = (await peer.answers.reach(2))[-1]
    assert asked_from is moved
    assert connection.remote_address == moved.getsockname()
    peer.send_rtp(rtp_packet(1), moved)
    await owner.rtp.reach(1)
    peer.stop_reading(peer.socket)
    connection.send_rtp(rtp_packet(2))
    await peer.rtp.reach(1)
    assert node.drops == []


async def test_packets_on_their_way_from_the_old_address_still_count(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    peer.check(peer.new_socket())
    await peer.answers.reach(2)
    peer.send_rtp(rtp_packet(1))
    await owner.rtp.reach(1)
    assert connection.remote_address != peer.address


async def test_check_without_nomination_does_not_move_the_path(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    peer.check(peer.new_socket(), nominate=False)
    await peer.answers.reach(2)
    assert connection.remote_address == peer.address


async def test_media_moves_the_path_that_a_plain_check_opened(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    """aiortc's consent checks nominate nothing; behind a NAT that moved it sends on from there."""
    await connect(peer, owner)
    moved = peer.new_socket()
    peer.check(moved, nominate=False)
    await peer.answers.reach(2)
    peer.send_rtp(rtp_packet(1), moved)
    await owner.rtp.reach(1)
    assert connection.remote_address == moved.getsockname()
    peer.send_rtp(rtp_packet(2))
    await owner.rtp.reach(2)
    assert connection.remote_address == moved.getsockname()


async def test_ice_restart_keeps_the_path_until_a_new_check(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    old = connection.ufrag, connection.pwd
    connection.restart_ice()
    assert (connection.ufrag, connection.pwd) != old
    connection.set_remote(RemoteTransport("new", "n" * 22, peer.description().fingerprints, "actpass"))
    peer.check(ufrag=old[0], pwd=old[1])
    await peer.answers.reach(2)
    peer.send_rtp(rtp_packet(1))
    await owner.rtp.reach(1)

    moved = peer.new_socket()
    peer.check(moved)
    await peer.answers.reach(3)
    assert connection.remote_address == moved.getsockname()
    peer.send_rtp(rtp_packet(2), moved)
    await owner.rtp.reach(2)
    peer.check(ufrag=old[0], pwd=old[1])
    assert await node.drops.reach(1) == ["stun"]
    assert len(owner.connected) == 1


async def test_peer_that_falls_silent_is_lost_after_a_while(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    node.clock.now += LOST_AFTER
    connection.check(node.clock.now)
    assert owner.closed == []
    node.clock.now += 0.1
    connection.check(node.clock.now)
    connection.check(node.clock.now)
    assert owner.closed == ["ice_lost"]
    assert not connection.connected


@pytest.mark.parametrize("sign", ["check", "rtp"])
async def test_sign_of_life_keeps_a_peer(
    sign: str, node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    node.clock.now += LOST_AFTER - 1
    if sign == "check":
        peer.check()
        await peer.answers.reach(2)
    else:
        peer.send_rtp(rtp_packet())
        await owner.rtp.reach(1)
    node.clock.now += LOST_AFTER - 1
    connection.check(node.clock.now)
    assert owner.closed == []


async def test_forged_packets_are_no_sign_of_life(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    node.clock.now += LOST_AFTER + 1
    peer.send(rtp_packet())
    peer.check(pwd="wrong" * 5)
    await node.drops.reach(2)
    connection.check(node.clock.now)
    assert owner.closed == ["ice_lost"]


async def test_peer_that_never_comes_is_given_up(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    connection.check(node.clock.now + CONNECT_WITHIN)
    assert owner.closed == []
    connection.check(node.clock.now + CONNECT_WITHIN + 1)
    assert owner.closed == ["ice_lost"]


async def test_peer_that_never_begins_dtls_is_given_up(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    node.clock.now += CONNECT_WITHIN
    peer.check()
    await peer.answers.reach(1)
    connection.check(node.clock.now + 1)
    assert owner.closed == ["dtls_failed"]


async def test_connection_nobody_has_answered_yet_is_not_given_up(
    node: Node, connection: Connection, owner: Owner
) -> None:
    connection.check(node.clock.now + 1000)
    assert owner.closed == []


async def test_lost_connection_takes_nothing_more(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    connection.check(node.clock.now + LOST_AFTER + 1)
    peer.send_rtp(rtp_packet())
    peer.check()
    assert sorted(await node.drops.reach(2)) == ["stun", "unknown_address"]
    connection.set_remote(peer.description())
    connection.restart_ice()
    peer.check()
    await node.drops.reach(3)
    assert owner.rtp == []


async def test_peers_of_one_port_do_not_hear_each_other(
    raw_peers: Callable[[Connection], RawPeer], node: Node
) -> None:
    owners = [Owner(), Owner()]
    connections = [node.connection(owner) for owner in owners]
    peers = [raw_peers(connection) for connection in connections]
    for connection, peer, owner in zip(connections, peers, owners, strict=True):
        connection.set_remote(peer.description())
        await connect(peer, owner)
    for number, (connection, peer) in enumerate(zip(connections, peers, strict=True)):
        peer.send_rtp(rtp_packet(10 + number))
        connection.send_rtp(rtp_packet(20 + number))
    for number, (peer, owner) in enumerate(zip(peers, owners, strict=True)):
        assert await owner.rtp.reach(1) == [rtp_packet(10 + number)]
        assert await peer.rtp.reach(1) == [rtp_packet(20 + number)]


def descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("stage", ["new", "checked", "handshaking", "connected", "lost"])
async def test_close_leaves_no_task_and_no_descriptor_behind(stage: str) -> None:
    tasks, files = asyncio.all_tasks(), descriptors()
    node, owner = await Node().open(), Owner()
    connection = node.connection(owner)
    peer = RawPeer(node, connection)
    if stage in ("handshaking", "lost", "connected"):
        connection.set_remote(peer.description())
    if stage in ("checked", "handshaking"):
        peer.check()
        await peer.answers.reach(1)
    if stage in ("connected", "lost"):
        await connect(peer, owner)
    if stage == "lost":
        connection.check(node.clock.now + LOST_AFTER + 1)
    await node.close()
    node.endpoint.close()
    assert asyncio.all_tasks() - tasks <= peer.tasks
    await peer.close()
    assert descriptors() == files
    assert not node.endpoint._known
    assert not node.endpoint._by_ufrag
    assert not node.endpoint._by_address


async def test_closed_connection_is_not_kept_in_memory(
    node: Node, raw_peers: Callable[[Connection], RawPeer]
) -> None:
    owner = Owner()
    connection = Connection(node.endpoint, SERVER_CERTIFICATE, owner, node.clock)
    peer = raw_peers(connection)
    connection.set_remote(peer.description())
    await connect(peer, owner)
    await connection.close()
    await peer.close()
    gone = weakref.ref(connection)
    del connection
    gc.collect()
    assert gone() is None


async def test_sending_after_close_does_nothing(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    await connection.close()
    connection.send_rtp(rtp_packet())
    connection.set_remote(peer.description())
    connection.check(node.clock.now + 1000)
    assert (node.drops, owner.closed) == ([], [])


async def test_port_in_use_is_told() -> None:
    first = await UdpEndpoint.open(HOST, 0, print)
    with pytest.raises(OSError, match="in use"):
        await UdpEndpoint.open(HOST, first.port, print)
    first.close()


async def test_description_carries_one_fingerprint_and_fresh_credentials(
    node: Node, connection: Connection
) -> None:
    other = node.connection(Owner())
    assert len(connection.ufrag) >= 4
    assert len(connection.pwd) >= 22
    assert (connection.ufrag, connection.pwd) != (other.ufrag, other.pwd)
    ((algorithm, value),) = connection.fingerprints
    assert algorithm == "sha-256"
    assert value.count(":") == 31
    assert fingerprints_of(CLIENT_CERTIFICATE) != connection.fingerprints


async def test_dual_stack_socket_serves_both_families() -> None:
    node = Node()
    node.endpoint = await UdpEndpoint.open("::", 0, node.drops.add)
    owner = Owner()
    connection = node.connection(owner)
    peer = RawPeer(node, connection)
    connection.set_remote(peer.description())
    await connect(peer, owner)
    ((answer, _),) = peer.answers
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == peer.address
    await peer.close()
    await node.close()


async def test_aiortc_peer_goes_on_after_a_restart_of_our_side(
    node: Node, connection: Connection, owner: Owner, aiortc_peer: AiortcPeer
) -> None:
    connection.set_remote(aiortc_peer.description())
    await aiortc_peer.connect(node, connection)
    await owner.connected.reach(1)
    connection.restart_ice()
    await aiortc_peer.dtls._send_rtp(rtp_packet(1))
    connection.send_rtp(rtp_packet(2))
    await owner.rtp.reach(1)
    await aiortc_peer.rtp.reach(1)
