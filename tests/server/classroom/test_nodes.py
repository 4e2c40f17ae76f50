"""Between browsers and the media node: passing on, restarts, losses."""

from __future__ import annotations

from media.protocol import control
from media.protocol.codec import Message
from media.protocol.messages import Description, TrackLabel
from server.infra.nodes import MEDIA_NODES, MediaNode
from tests.server.classroom.fake_node import FakeNode
from tests.server.classroom.stage import RoomClient, Stage

OFFER = {"type": "offer", "sdp": "v=0\r\n"}
ANSWER = {"type": "answer", "sdp": "v=0\r\n"}


def place(stage: Stage, client: RoomClient) -> dict[str, str]:
    return {"room": str(stage.session_id), "participant": client.id}


async def test_an_offer_reaches_the_node_unchanged(stage: Stage) -> None:
    client = await stage.enter(stage.learner)
    tracks = {"0": {"source": "microphone"}, "1": {"source": "camera"}}
    await client.say("offer", offer=OFFER, tracks=tracks, connection="abc")
    heard = await stage.node.hear(control.PeerOffer, **place(stage, client))
    assert heard.offer == Description.model_validate(OFFER)
    assert heard.tracks == {mid: TrackLabel.model_validate(one) for mid, one in tracks.items()}
    assert heard.connection == "abc"


async def test_join_comes_before_the_offer(stage: Stage) -> None:
    client = await stage.enter(stage.learner)
    await client.say("offer", offer=OFFER)
    await stage.node.linked()
    await stage.node.hear(control.Join, **place(stage, client))
    await stage.node.hear(control.PeerOffer, **place(stage, client))


async def test_answers_candidates_and_wishes_reach_the_node(stage: Stage) -> None:
    client = await stage.enter(stage.learner)
    candidate = {"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host", "sdpMid": "0"}
    await client.say("answer", answer=ANSWER)
    await client.say("ice-candidate", candidate=candidate)
    await client.say("ice-candidate", candidate=None)
    await client.say("subscribe", participant="p", source="screen", quality="low", width=320)
    assert (await stage.node.hear(control.PeerAnswer)).answer.sdp == ANSWER["sdp"]
    assert (await stage.node.hear(control.PeerCandidate)).candidate == candidate
    assert (await stage.node.hear(control.PeerCandidate)).candidate is None
    wish = await stage.node.hear(control.PeerSubscribe, **place(stage, client))
    assert (wish.publisher, wish.source, wish.quality, wish.width) == ("p", "screen", "low", 320)


async def test_what_the_node_says_reaches_only_the_one_it_is_for(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    address = place(stage, learner)
    offer, answer = Description.model_validate(OFFER), Description.model_validate(ANSWER)
    label = TrackLabel(source="camera", participant=mentor.id)
    said: list[Message] = [
        control.PeerAnswer(**address, answer=answer),
        control.PeerOffer(**address, offer=offer, tracks={"0": label}),
        control.PeerCandidate(**address, candidate={"candidate": ""}),
        control.PeerCandidate(**address),
        control.PeerError(**address, code="glare", message="Both offered.", re="offer"),
    ]
    for message in said:
        await stage.node.say(message)
    await learner.hear("error", code="glare", re="offer")
    assert (await learner.hear("answer"))["answer"] == ANSWER
    heard = await learner.hear("offer")
    assert heard["offer"] == OFFER
    assert heard["tracks"] == {"0": {"source": "camera", "participant": mentor.id}}
    assert (await learner.hear("ice-candidate"))["candidate"] == {"candidate": ""}
    assert (await learner.hear("ice-candidate")).get("candidate") is None
    assert {message["type"] for message in await mentor.sync()} == {"participant-joined"}


async def test_news_of_unknown_rooms_and_people_is_ignored(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    here = str(stage.session_id)
    await stage.node.say(control.PeerConnected(room="nowhere", participant=learner.id))
    await stage.node.say(control.PeerConnected(room=here, participant="nobody"))
    answer = Description.model_validate(ANSWER)
    await stage.node.say(control.PeerAnswer(**place(stage, learner), answer=answer))
    await learner.hear("answer")


async def test_a_restarted_node_makes_everybody_start_over(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await stage.node.restart()
    for client in (mentor, learner):
        assert (await client.hear("reset"))["reason"] == "node_restarted"
        await stage.node.hear(control.Join, **place(stage, client))
    await learner.say("offer", offer=OFFER)
    await stage.node.hear(control.PeerOffer, **place(stage, learner))


async def test_a_link_that_drops_for_a_moment_resets_nobody(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await stage.node.hear(control.Join, **place(stage, learner))
    await stage.node.drop()
    await stage.node.hear(control.Join, **place(stage, learner))
    assert "reset" not in [message["type"] for message in await learner.sync()]


async def test_an_offer_without_a_node_is_answered_and_made_good_later(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    stage.app[MEDIA_NODES].replace([])
    await learner.say("offer", offer=OFFER)
    assert "can't be reached" in (await learner.hear("error", code="media_unavailable"))["message"]
    assert (await learner.hear("error", re="offer"))["code"] == "media_unavailable"
    stage.app[MEDIA_NODES].replace([MediaNode(stage.node.url)])
    assert (await learner.hear("reset"))["reason"] == "node_back"
    await stage.node.hear(control.Join, **place(stage, learner))


async def test_rooms_of_a_node_that_is_gone_move_to_another(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    other = FakeNode(stage.hub.nodes._secret)
    await other.start()
    try:
        directory = stage.app[MEDIA_NODES]
        directory.replace([MediaNode(stage.node.url), MediaNode(other.url)])
        await other.linked()
        directory.replace([MediaNode(other.url)])
        await learner.hear("reset")
        await other.hear(control.Join, **place(stage, learner))
    finally:
        await other.stop()


async def test_a_node_that_can_not_be_redialled_is_given_up(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    other = FakeNode(stage.hub.nodes._secret)
    await other.start()
    try:
        nodes = [MediaNode(stage.node.url), MediaNode(other.url)]
        stage.app[MEDIA_NODES].replace(nodes)
        await other.linked()
        await stage.node.stop()
        await other.hear(control.Join, **place(stage, learner))
        await learner.hear("reset")
    finally:
        await other.stop()


async def test_a_node_with_another_secret_is_not_talked_to(stage: Stage) -> None:
    stranger = FakeNode("another secret")
    await stranger.start()
    try:
        nodes = [MediaNode(stranger.url), MediaNode(stage.node.url)]
        stage.app[MEDIA_NODES].replace(nodes)
        learner = await stage.enter(stage.learner)
        await stage.node.hear(control.Join, **place(stage, learner))
        assert stranger.heard == []
    finally:
        await stranger.stop()
