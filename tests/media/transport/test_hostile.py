"""Bad input is normal: it is counted and dropped, and the call goes on."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator

import pytest
from aioice import stun

from media.transport.connection import Connection
from media.transport.dtls import INBOX
from media.transport.srtp import MAX_SOURCES
from media.transport.udp import BATCH
from tests.media.transport.peers import (
    Node,
    Owner,
    RawPeer,
    binding_request,
    receiver_report,
    rtp_packet,
)

pytestmark = pytest.mark.media

DTLS_RECORD = b"\x16\xfe\xfd" + bytes(8) + b"\x00\x20" + bytes(32)

# what -> (datagram, the reason it is counted under)
NONSENSE = {
    "zero length": (b"", "malformed"),
    "one byte": (b"\x80", "malformed"),
    "of no protocol": (b"\xff" * 40, "malformed"),
    "TURN channel data": (b"\x40\x00\x00\x04abcd", "malformed"),
    "header of STUN alone": (b"\x00\x01", "stun"),
    "STUN of random bytes": (b"\x00\x01" + b"\x9c" * 60, "stun"),
    "short DTLS record": (DTLS_RECORD[:9], "malformed"),
    "truncated DTLS record": (DTLS_RECORD[:-1], "malformed"),
    "DTLS of random bytes": (b"\x17" + b"\x9c" * 60, "malformed"),
    "RTP that is not encrypted": (rtp_packet(), "srtp_auth"),
    "header of RTP alone": (rtp_packet()[:12], "srtp_auth"),
    "two bytes of RTP": (b"\x80\x60", "srtp_auth"),
    "RTP that lies about its CSRCs": (b"\x8f" + rtp_packet()[1:20], "srtp_auth"),
    "RTP that lies about its extension": (b"\x90" + rtp_packet()[1:14], "srtp_auth"),
    "RTCP that is not encrypted": (receiver_report(), "srtp_auth"),
    "two bytes of RTCP": (b"\x80\xc9", "srtp_auth"),
    "longer than any media": (b"\x80\x60" + bytes(4000), "srtp_auth"),
}


async def connect(peer: RawPeer, owner: Owner) -> None:
    await peer.connect()
    await owner.connected.reach(1)


async def still_works(peer: RawPeer, connection: Connection, owner: Owner) -> None:
    """Media goes both ways, after all that came before."""
    owner.rtp.clear()
    peer.rtp.clear()
    peer.send_rtp(rtp_packet(500, ssrc=0x77))
    assert await owner.rtp.reach(1) == [rtp_packet(500, ssrc=0x77)]
    connection.send_rtp(rtp_packet(600))
    assert await peer.rtp.reach(1) == [rtp_packet(600)]


def nothing_came_back(source: socket.socket) -> bool:
    """Loopback delivers at once: what was sent before this call is in the socket's buffer."""
    try:
        source.recv(1)
    except BlockingIOError:
        return True
    return False


@pytest.fixture
def stranger() -> Iterator[socket.socket]:
    """An address that never passes a check, and does not read by itself."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.bind(("127.0.0.1", 0))
    yield made
    made.close()


@pytest.mark.parametrize("what", NONSENSE)
async def test_nonsense_is_a_counted_drop_and_the_call_goes_on(
    what: str, node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    datagram, reason = NONSENSE[what]
    await connect(peer, owner)
    peer.send(datagram)
    assert await node.drops.reach(1) == [reason]
    await still_works(peer, connection, owner)
    assert owner.closed == []


@pytest.mark.parametrize("what", NONSENSE)
async def test_nonsense_of_a_stranger_is_counted_and_never_answered(
    what: str, node: Node, connection: Connection, stranger: socket.socket
) -> None:
    datagram, reason = NONSENSE[what]
    stranger.sendto(datagram, ("127.0.0.1", node.endpoint.port))
    await node.drops.reach(1)
    assert node.drops == ["stun" if reason == "stun" else "unknown_address"]
    assert nothing_came_back(stranger)


async def test_nonsense_during_the_handshake_does_not_end_it(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    peer.check()
    await peer.answers.reach(1)
    for datagram, _ in NONSENSE.values():
        peer.send(datagram)
    await node.drops.reach(len(NONSENSE))
    await connect(peer, owner)
    await still_works(peer, connection, owner)


async def test_random_datagrams_of_every_kind_do_not_end_the_call(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    for first in range(0, 256, 3):
        peer.send(bytes([first]) + os.urandom(first % 90))
    await still_works(peer, connection, owner)
    assert owner.closed == []


async def test_forged_checks_are_not_answered(
    node: Node, connection: Connection, peer: RawPeer, stranger: socket.socket
) -> None:
    signed = binding_request(connection.ufrag, connection.pwd)
    forged = [
        binding_request(connection.ufrag, "wrong" * 5),
        binding_request("nobody", connection.pwd),
        binding_request(connection.ufrag[:-1], connection.pwd),
        signed[:-1],
        signed[:20],
        signed[:-1] + bytes([signed[-1] ^ 1]),
        signed[:40] + bytes([signed[40] ^ 1]) + signed[41:],
        signed[:4] + b"\0\0\0\0" + signed[8:],
    ]
    for datagram in forged:
        stranger.sendto(datagram, ("127.0.0.1", node.endpoint.port))
    await node.drops.reach(len(forged))
    assert node.dropped == {"stun": len(forged)}
    assert nothing_came_back(stranger)
    assert connection.remote_address is None


async def test_no_dtls_state_before_a_check(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer, stranger: socket.socket
) -> None:
    for _ in range(3):
        stranger.sendto(DTLS_RECORD, ("127.0.0.1", node.endpoint.port))
    await node.drops.reach(3)
    assert node.dropped == {"unknown_address": 3}
    assert nothing_came_back(stranger)
    assert connection._dtls is None
    await connect(peer, owner)


async def test_spoofed_source_address_forwards_nothing(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    spoofed = peer.new_socket()
    peer.send_rtp(rtp_packet(1), spoofed)
    peer.send(peer.dtls._tx_srtp.protect_rtcp(receiver_report()), spoofed)
    assert await node.drops.reach(2) == ["unknown_address"] * 2
    assert (owner.rtp, owner.rtcp) == ([], [])
    assert connection.remote_address == peer.address


async def test_forged_and_replayed_packets_are_not_handed_on(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    datagram = peer.protect(rtp_packet(1))
    peer.send(datagram[:-1] + bytes([datagram[-1] ^ 1]))
    peer.send(datagram)
    peer.send(datagram)
    assert await node.drops.reach(2) == ["srtp_auth"] * 2
    assert await owner.rtp.reach(1) == [rtp_packet(1)]


async def test_peer_of_too_many_sources_is_cut_at_the_bound(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    for ssrc in range(MAX_SOURCES):
        peer.send_rtp(rtp_packet(1, ssrc=ssrc, size=4))
        await owner.rtp.reach(ssrc + 1)
    for ssrc in range(MAX_SOURCES, MAX_SOURCES + 5):
        peer.send_rtp(rtp_packet(1, ssrc=ssrc, size=4))
    await node.drops.reach(5)
    assert (node.dropped, len(owner.rtp)) == ({"srtp_auth": 5}, MAX_SOURCES)
    peer.send_rtp(rtp_packet(2, ssrc=0))
    await owner.rtp.reach(MAX_SOURCES + 1)


async def test_early_handshake_datagrams_are_kept_up_to_a_bound(
    raw_peers: Callable[[Connection], RawPeer], node: Node, connection: Connection
) -> None:
    peer = raw_peers(connection)
    peer.check()
    await peer.answers.reach(1)
    for _ in range(INBOX + 3):
        peer.send(DTLS_RECORD)
    await node.drops.reach(3)
    assert node.dropped == {"queue": 3}


async def test_handler_that_raises_is_counted_and_the_loop_goes_on(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(packet: bytes, now: float) -> None:
        raise KeyError("a bug")

    await connect(peer, owner)
    with monkeypatch.context() as broken:
        broken.setattr(owner, "on_rtp", fail)
        broken.setattr(owner, "on_rtcp", fail)
        peer.send_rtp(rtp_packet(1))
        peer.send(peer.dtls._tx_srtp.protect_rtcp(receiver_report()))
        assert await node.drops.reach(2) == ["malformed"] * 2
    await still_works(peer, connection, owner)


async def test_address_of_a_living_peer_cannot_be_claimed_by_another(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    thief = node.connection(Owner())
    peer.check(ufrag=thief.ufrag, pwd=thief.pwd)
    assert await node.drops.reach(1) == ["stun"]
    assert thief.remote_address is None
    await still_works(peer, connection, owner)


async def test_address_of_a_lost_peer_may_be_used_again(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    node.clock.now += 16
    heir = node.connection(Owner())
    peer.check(ufrag=heir.ufrag, pwd=heir.pwd)
    await peer.answers.reach(2)
    assert heir.remote_address == peer.address
    connection.check(node.clock.now)
    peer.send(DTLS_RECORD)
    peer.check(ufrag=heir.ufrag, pwd=heir.pwd)
    await peer.answers.reach(3)
    assert node.drops == []


async def test_full_socket_loses_packets_without_an_error(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    node.endpoint.send(bytes(70_000), peer.address)
    assert node.drops == ["queue"]
    await still_works(peer, connection, owner)


async def test_flood_does_not_keep_the_loop_from_other_work(
    node: Node, connection: Connection, owner: Owner, peer: RawPeer
) -> None:
    await connect(peer, owner)
    for sequence_number in range(3 * BATCH):
        peer.send_rtp(rtp_packet(sequence_number))
    await owner.rtp.reach(1)
    assert len(owner.rtp) == BATCH
    await owner.rtp.reach(3 * BATCH)


async def test_answer_to_a_check_is_no_longer_than_the_check(
    node: Node, connection: Connection, peer: RawPeer
) -> None:
    peer.check(nominate=False)
    ((answer, _),) = await peer.answers.reach(1)
    assert answer.message_class is stun.Class.RESPONSE
    assert len(bytes(answer)) <= len(binding_request(connection.ufrag, connection.pwd, nominate=False))
