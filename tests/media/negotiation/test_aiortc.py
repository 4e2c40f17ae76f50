"""Plain aiortc clients: joining first, joining second, only answering."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from aiortc import RTCSessionDescription

from media.negotiation.events import (
    Answer,
    Deliver,
    Event,
    Offer,
    Publish,
    Refused,
    RemoteParameters,
    Undeliver,
    Unpublish,
)
from media.negotiation.reader import parse_description
from media.negotiation.schedule import ANSWER_WITHIN
from tests.media.negotiation.peers import AiortcClient, Server, directions, every, only, outgoing

Join = Callable[..., AiortcClient]


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Join]:
    clients: list[AiortcClient] = []

    def make(*sources: str) -> AiortcClient:
        clients.append(AiortcClient(server, *sources))
        return clients[-1]

    yield make
    for each in clients:
        await each.pc.close()


async def test_client_joining_first_is_answered_recvonly_and_published(
    server: Server, client: Join
) -> None:
    alice = client("microphone", "camera")
    events = await alice.offers()
    assert directions(only(events, Answer).sdp) == [
        ("0", "audio", "recvonly"),
        ("1", "video", "recvonly"),
    ]
    microphone, camera = every(events, Publish)
    assert (microphone.mid, microphone.source, microphone.codec) == ("0", "microphone", "opus")
    assert (camera.mid, camera.source, camera.codec) == ("1", "camera", "VP8")
    sender = alice.pc.getTransceivers()[1].sender
    assert (camera.ssrc, camera.rtx_ssrc) == (sender._ssrc, sender._rtx_ssrc)
    assert (camera.payload_type, camera.rtx_payload_type, camera.clock_rate) == (97, 98, 90000)
    assert alice.pc.signalingState == "stable"
    assert alice.directions() == {"0": "sendonly", "1": "sendonly"}


async def test_remote_parameters_are_those_of_the_client(server: Server, client: Join) -> None:
    alice = client("microphone", "camera")
    remote = only(await alice.offers(), RemoteParameters).transport
    section = parse_description(alice.pc.localDescription.sdp).sections[0]
    assert (remote.ufrag, remote.pwd, remote.fingerprints) == (
        section.ufrag,
        section.pwd,
        section.fingerprints,
    )
    assert remote.setup == "active"


async def test_nothing_is_offered_when_nobody_else_is_there(server: Server, client: Join) -> None:
    await client("microphone", "camera").offers()
    assert server.session.next_timeout is None


async def test_client_joining_second_gets_the_others_in_an_offer_of_ours(
    server: Server, client: Join
) -> None:
    server.want(outgoing("alice", "microphone"), outgoing("alice", "camera"))
    bob = client("microphone", "camera")
    events = await bob.offers()
    assert not every(events, Deliver)
    offer = server.offer()
    assert directions(offer.sdp)[2:] == [("s0", "audio", "sendonly"), ("s1", "video", "sendonly")]
    assert {mid: (t.participant, t.source) for mid, t in offer.tracks.items()} == {
        "s0": ("alice", "microphone"),
        "s1": ("alice", "camera"),
    }
    events = await bob.answers(offer)
    assert not every(events, Unpublish)
    assert [(d.key, d.mid) for d in every(events, Deliver)] == [
        (("alice", "microphone"), "s0"),
        (("alice", "camera"), "s1"),
    ]
    assert bob.directions() == {"0": "sendonly", "1": "sendonly", "s0": "recvonly", "s1": "recvonly"}
    assert bob.pc.signalingState == "stable"


async def test_offered_streams_are_those_that_are_delivered(server: Server, client: Join) -> None:
    server.want(outgoing("alice", "camera"))
    bob = client()
    bob.pc.addTransceiver("video", "recvonly")
    await bob.offers()
    offer = server.offer()
    deliver = only(await bob.answers(offer), Deliver)
    section = parse_description(offer.sdp).sections[1]
    assert section.ssrcs == (deliver.ssrc, deliver.rtx_ssrc)
    assert "a=msid:alice camera" in offer.sdp
    assert bob.pc.getTransceivers()[1].receiver.track.id == "camera"


async def test_client_that_only_answers_publishes_in_our_first_offer(
    server: Server, client: Join
) -> None:
    server.want(outgoing("alice", "camera"))
    carol = client("microphone", "camera")
    offer = server.offer()
    assert directions(offer.sdp) == [("s0", "audio", "sendrecv"), ("s1", "video", "sendrecv")]
    assert offer.tracks["s1"].participant == "alice"
    events = await carol.answers(offer)
    assert [(p.mid, p.source) for p in every(events, Publish)] == [("s0", "microphone"), ("s1", "camera")]
    assert only(events, Deliver).mid == "s1"
    assert only(events, RemoteParameters).transport.setup == "active"
    assert carol.directions() == {"s0": "sendrecv", "s1": "sendrecv"}


async def test_client_that_only_answers_goes_on_through_later_offers(
    server: Server, client: Join
) -> None:
    carol = client("microphone", "camera")
    await carol.answers(server.offer())
    server.want(outgoing("alice", "microphone"), outgoing("alice", "camera"), outgoing("bob", "camera"))
    offer = server.offer()
    assert directions(offer.sdp) == [
        ("s0", "audio", "sendrecv"),
        ("s1", "video", "sendrecv"),
        ("s2", "video", "sendonly"),
    ]
    events = await carol.answers(offer)
    assert len(every(events, Deliver)) == 3
    assert not every(events, Publish) + every(events, Unpublish)


async def test_freed_section_is_inactive_then_used_again_with_a_new_ssrc(
    server: Server, client: Join
) -> None:
    bob = client("microphone")
    await bob.offers()
    server.want(outgoing("alice", "camera"))
    first = only(await bob.answers(server.offer()), Deliver)

    server.want()
    events = server.wait()
    assert only(events, Undeliver).key == ("alice", "camera")
    offer = only(events, Offer)
    assert directions(offer.sdp)[1:] == [("s0", "video", "inactive")]
    assert offer.tracks == {}
    assert not every(await bob.answers(offer), Deliver)

    server.want(outgoing("carol", "camera"))
    offer = server.offer()
    assert directions(offer.sdp)[1:] == [("s0", "video", "sendonly")]
    assert "a=msid:carol camera" in offer.sdp
    again = only(await bob.answers(offer), Deliver)
    assert again.mid == "s0"
    assert again.ssrc != first.ssrc
    assert again.rtx_ssrc != first.rtx_ssrc


async def test_one_going_as_another_comes_does_not_swap_tracks_under_the_client(
    server: Server, client: Join
) -> None:
    bob = client("microphone")
    await bob.offers()
    server.want(outgoing("alice", "camera"))
    await bob.answers(server.offer())
    server.want(outgoing("carol", "camera"))
    offer = server.offer()
    assert directions(offer.sdp)[1:] == [("s0", "video", "inactive"), ("s1", "video", "sendonly")]
    await bob.answers(offer)
    server.want(outgoing("carol", "camera"), outgoing("dan", "camera"))
    assert server.offer().tracks["s0"].participant == "dan"


async def test_client_offers_again_while_our_sections_stand(server: Server, client: Join) -> None:
    server.want(outgoing("alice", "microphone"), outgoing("alice", "camera"))
    bob = client("microphone")
    await bob.offers()
    await bob.answers(server.offer())
    bob.pc.addTransceiver("video", "sendonly")
    events = await bob.offers()
    assert directions(only(events, Answer).sdp) == [
        ("0", "audio", "recvonly"),
        ("s0", "audio", "sendonly"),
        ("s1", "video", "sendonly"),
        ("1", "video", "recvonly"),
    ]
    assert not every(events, Undeliver)
    assert server.transports == []
    assert server.session.next_timeout is None


async def test_track_in_the_other_half_of_our_section_is_published(server: Server, client: Join) -> None:
    """aiortc answers a sendonly offer recvonly even where it has a track; its next offer sends there."""
    server.want(outgoing("alice", "camera"))
    bob = client("microphone")
    await bob.offers()
    bob.pc.addTransceiver("video", "sendrecv")
    offer = server.offer()
    assert not every(await bob.answers(offer), Publish)
    assert bob.directions() == {"0": "sendonly", "s0": "recvonly"}
    events = await bob.offers()
    assert directions(only(events, Answer).sdp)[1:] == [("s0", "video", "sendrecv")]
    assert (only(events, Publish).mid, only(events, Publish).source) == ("s0", "camera")
    server.want()
    offer = server.offer()
    assert directions(offer.sdp)[1:] == [("s0", "video", "recvonly")]
    events = await bob.answers(offer)
    assert not every(events, Unpublish)


async def test_client_stops_sending(server: Server, client: Join) -> None:
    alice = client("microphone", "camera")
    await alice.offers()
    alice.pc.getTransceivers()[1].direction = "inactive"
    events = await alice.offers()
    assert only(events, Unpublish).mid == "1"
    assert directions(only(events, Answer).sdp)[1] == ("1", "video", "inactive")
    alice.pc.getTransceivers()[1].direction = "sendonly"
    assert only(await alice.offers(), Publish).source == "camera"


async def test_new_o_line_each_time_is_no_new_connection(server: Server, client: Join) -> None:
    alice = client("microphone")
    await alice.offers()
    sdp = alice.pc.localDescription.sdp.replace("o=- ", "o=- 9")
    events: list[Event] = server.take_offer(sdp)
    assert not every(events, Unpublish) + every(events, RemoteParameters)
    assert server.transports == []


async def test_data_channel_is_rejected_in_its_place(server: Server, client: Join) -> None:
    server.want(outgoing("bob", "camera"))
    alice = client("microphone")
    alice.pc.createDataChannel("chat")
    events = await alice.offers()
    assert directions(only(events, Answer).sdp) == [
        ("0", "audio", "recvonly"),
        ("1", "application", "rejected"),
    ]
    offer = server.offer()
    assert directions(offer.sdp)[1:] == [("1", "application", "rejected"), ("s0", "video", "sendonly")]
    assert only(await alice.answers(offer), Deliver).mid == "s0"


async def test_section_without_a_codec_of_ours_is_rejected(server: Server, client: Join) -> None:
    alice = client("microphone", "camera")
    await alice.pc.setLocalDescription(await alice.pc.createOffer())
    sdp = alice.pc.localDescription.sdp.replace("opus/48000", "speex/16000")
    answer = only(server.take_offer(sdp), Answer).sdp
    assert directions(answer) == [("0", "audio", "rejected"), ("1", "video", "recvonly")]
    assert "a=group:BUNDLE 1\r\n" in answer


async def test_h264_is_taken_only_when_there_is_no_vp8(server: Server, client: Join) -> None:
    alice = client("camera")
    await alice.pc.setLocalDescription(await alice.pc.createOffer())
    sdp = alice.pc.localDescription.sdp
    assert only(server.take_offer(sdp), Publish).codec == "VP8"
    other = Server()
    publish = only(other.take_offer(sdp.replace("VP8/90000", "VP6/90000")), Publish)
    assert publish.codec == "H264"
    assert publish.rtx_payload_type is not None


async def test_new_peer_connection_gets_a_fresh_transport(server: Server, client: Join) -> None:
    server.want(outgoing("alice", "camera"))
    before = client("microphone", "camera")
    await before.offers()
    await before.answers(server.offer())
    events = await client("microphone", "camera").offers()
    assert len(server.transports) == 1
    assert [u.mid for u in every(events, Unpublish)] == ["0", "1"]
    assert only(events, Undeliver).key == ("alice", "camera")
    assert len(every(events, Publish)) == 2
    assert server.offer().tracks.keys() == {"s0"}


async def test_client_that_answered_first_offers_under_the_same_numbers(
    server: Server, client: Join
) -> None:
    """aiortc offers its own payload types and ids, whatever was agreed: ours were the same ones."""
    server.want(outgoing("alice", "camera"))
    carol = client("microphone", "camera")
    await carol.answers(server.offer())
    events = await carol.offers()
    assert [type(event) for event in events] == [Answer]
    assert carol.directions() == {"s0": "sendonly", "s1": "sendrecv"}


async def test_client_without_rollback_gets_its_answer_in_the_end(server: Server, client: Join) -> None:
    bob = client("microphone")
    await bob.offers()
    server.want(outgoing("alice", "camera"))
    server.wait()
    bob.pc.addTransceiver("video", "sendonly")
    await bob.pc.setLocalDescription(await bob.pc.createOffer())
    assert only(server.take_offer(bob.pc.localDescription.sdp), Refused).code == "glare"
    server.now += ANSWER_WITHIN
    answer = only(server.take_offer(bob.pc.localDescription.sdp), Answer)
    await bob.pc.setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))
    assert only(await bob.answers(server.offer()), Deliver).key == ("alice", "camera")
