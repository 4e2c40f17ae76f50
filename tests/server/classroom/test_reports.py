"""Who speaks and how media travel: from the node to those whom it concerns."""

from __future__ import annotations

from typing import Any

from media.protocol import control
from tests.server.classroom.stage import RoomClient, Stage


async def speaks(stage: Stage, client: RoomClient, level: float, *, dominant: bool = False) -> None:
    await stage.node.say(
        control.RoomSpeaking(
            room=str(stage.session_id), speaker=client.id, level=level, dominant=dominant
        )
    )


async def measured(stage: Stage, reader: RoomClient, about: RoomClient, **fields: Any) -> None:
    address = {"room": str(stage.session_id), "participant": reader.id, "about": about.id}
    await stage.node.say(control.PeerQuality(**address, **{"score": 4.5, "loss": 0.0, **fields}))


def said_of(client: RoomClient, messages: list[dict[str, Any]]) -> dict[str, Any]:
    [found] = [one for one in messages if one.get("participant") == client.id]
    return found


async def test_everybody_hears_who_speaks(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await speaks(stage, mentor, 0.5, dominant=True)
    for client in (mentor, learner):
        heard = await client.hear("speaking")
        assert heard == {"type": "speaking", "participant": mentor.id, "level": 0.5, "dominant": True}


async def test_one_who_comes_in_later_is_told_who_speaks_and_who_leads(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await speaks(stage, mentor, 0.6, dominant=True)
    await speaks(stage, learner, 0.4)
    await speaks(stage, learner, 0.4, dominant=True)
    await learner.hear("speaking", participant=learner.id, dominant=True)
    other = await stage.enter(stage.other)
    first, second = await other.hear("speaking"), await other.hear("speaking")
    assert said_of(mentor, [first, second])["dominant"] is False
    assert said_of(learner, [first, second])["dominant"] is True


async def test_one_who_has_stopped_or_left_is_not_told_of(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await speaks(stage, mentor, 0.6)
    await speaks(stage, mentor, 0.0)
    await speaks(stage, learner, 0.6)
    await mentor.hear("speaking", participant=learner.id)
    await learner.leave()
    await mentor.hear("participant-left")
    other = await stage.enter(stage.other)
    await speaks(stage, learner, 0.7)
    await speaks(stage, mentor, 0.2)
    heard = [one for one in await other.sync() if one["type"] == "speaking"]
    assert not [one for one in heard if one["participant"] == learner.id]


async def test_quality_is_told_to_whom_it_concerns_and_again_when_they_come_back(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await measured(
        stage, learner, mentor, score=2.5, loss=0.04, rtt_ms=80, layer="q", reason="your_network"
    )
    expected = {
        "type": "quality",
        "participant": mentor.id,
        "score": 2.5,
        "loss": 0.04,
        "rtt_ms": 80,
        "layer": "q",
        "reason": "your_network",
    }
    assert await learner.hear("quality") == expected
    assert [one for one in await mentor.sync() if one["type"] == "quality"] == []
    resume = learner.resume
    await learner.vanish()
    again = await stage.enter(stage.learner, resume=resume)
    assert await again.hear("quality") == expected


async def test_nobody_speaks_once_the_node_is_gone(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await speaks(stage, mentor, 0.6, dominant=True)
    await measured(stage, learner, mentor)
    await learner.hear("quality")
    await stage.node.restart()
    await learner.hear("speaking", participant=mentor.id, level=0.0)
    other = await stage.enter(stage.other)
    assert not [one for one in await other.sync() if one["type"] in ("speaking", "quality")]
