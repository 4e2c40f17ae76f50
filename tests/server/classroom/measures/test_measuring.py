"""A room measured: minutes that nodes tell, talk and taking part, kept and told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from media.protocol import control
from server.classroom.hub import Hub
from server.classroom.measures import service
from server.classroom.measures.models import Engagement, QualityMinute
from server.classroom.measures.words import Spell
from tests.databases import BOTH
from tests.server.booking.makers import person
from tests.server.classroom.stage import RoomClient, Stage


def minute(stage: Stage, who: RoomClient, id: str, **fields: Any) -> control.QualityMinute:
    """A whole minute that ended just now by a node whose clock is a quarter of a minute ahead."""
    now_ms = int(stage.clock.now().timestamp() * 1000) + 15_000
    known = {
        "room": str(stage.session_id),
        "participant": who.id,
        "begin_ms": now_ms - 60_000,
        "now_ms": now_ms,
        "span_ms": 60_000,
        "up": control.Way(packets=3000, lost=30, octets=600_000, layers={"h": 60_000}),
        "down": control.Way(packets=3000, octets=600_000, layers={"f": 45_000, "none": 15_000}),
        "rtt_ms": 40,
        "rtt_p95_ms": 90,
    }
    return control.QualityMinute(**{**known, "id": id, **fields})


async def told(stage: Stage, said: control.QualityMinute) -> None:
    await stage.node.say(said)
    await stage.node.hear(control.QualityAck, id=said.id)


@BOTH
async def test_a_minute_is_kept_once_however_often_it_is_said(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    for _ in range(2):
        await told(stage, minute(stage, learner, "one", faults={"up": 20_000}))
    await stage.pass_time(seconds=61)
    await told(stage, minute(stage, learner, "two"))
    assert await QualityMinute.filter(session_id=stage.session_id).count() == 2
    found = (await service.quality(stage.session_id)).of(stage.learner.user_id)
    assert found is not None
    assert (found.minutes, found.up.lost, found.rtt_ms) == (2, 0.0099, 40)
    assert found.down.layers == {"f": 0.75, "none": 0.25}
    assert [words for words, _ in found.verdict] == [f"Weak network on {found.name}’s side for 1 min"]


async def test_a_minute_of_a_room_that_is_over_is_kept_and_a_strangers_is_forgotten(
    stage: Stage,
) -> None:
    learner = await stage.enter(stage.learner)
    last, strange = minute(stage, learner, "last"), minute(stage, learner, "strange")
    await stage.go_live()
    await stage.end()
    await told(stage, last)
    await told(stage, strange.model_copy(update={"participant": str(UUID(int=7))}))
    await told(stage, strange.model_copy(update={"room": "no-room", "id": "x"}))
    assert await QualityMinute.all().count() == 1


async def test_a_time_without_node_is_the_nodes_fault(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    for one in (mentor, learner):
        seat = {"room": str(stage.session_id), "participant": one.id}
        await stage.node.say(control.PeerConnected(**seat))
        await told(stage, minute(stage, one, f"{one.id[:8]}-before"))
    assert not await service.node_at_fault(stage.session_id)
    await stage.node.restart()
    await learner.hear("reset")
    await stage.pass_time(seconds=130)
    await stage.node.linked()
    for one in (mentor, learner):
        seat = {"room": str(stage.session_id), "participant": one.id}
        await stage.node.say(control.PeerConnected(**seat))
    await stage.node.say(minute(stage, learner, "after"))
    await stage.node.hear(control.QualityAck, id="after")
    await stage.hub.journal.settled()
    quality = await service.quality(stage.session_id)
    found = quality.of(stage.learner.user_id)
    assert found is not None
    (words, spell), *_ = found.verdict
    assert words == "The media node was at fault"
    assert isinstance(spell, Spell)
    assert spell.minutes >= 2
    assert quality.at_fault == "node"
    assert await service.node_at_fault(stage.session_id)


async def speaks(stage: Stage, who: RoomClient, level: float) -> None:
    room = str(stage.session_id)
    said = control.RoomSpeaking(room=room, speaker=who.id, level=level, dominant=level > 0)
    await stage.node.say(said)
    await who.hear("speaking", participant=who.id, level=level)


@BOTH
async def test_talk_and_taking_part_are_told_and_kept(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await speaks(stage, learner, 0.5)
    await stage.pass_time(seconds=7)
    await speaks(stage, learner, 0)
    await learner.say("chat", text="I see")
    await learner.say("chat", text="between us", to=mentor.id)
    await learner.say("hand", raised=True)
    await learner.say("hand", raised=True)
    await learner.say("reaction", emoji="clap")
    await learner.say("lost-me")
    await learner.hear("lost-me")
    await stage.pass_time(seconds=3)
    pulse = await mentor.hear("pulse", lost=1)
    people = {one["participant"]: one for one in pulse["people"]}
    assert people[learner.id] == {
        "participant": learner.id,
        "talk_ms": 7_000,
        "present_ms": 10_000,
        "hands": 1,
        "lines": 1,
        "votes": 0,
        "reactions": 1,
    }
    own = await learner.hear("pulse")
    assert [one["participant"] for one in own["people"]] == [learner.id]
    await stage.pass_time(seconds=20)
    await stage.hub.journal.settled()
    row = await Engagement.get(seat__user_id=stage.learner.user_id)
    assert (row.talk_ms, row.hands, row.lines, row.reactions, row.lost) == (7_000, 1, 1, 1, 1)


async def test_the_share_of_the_talk_is_known_after_the_lesson(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await stage.go_live()
    await speaks(stage, mentor, 0.5)
    await stage.pass_time(seconds=9)
    await speaks(stage, mentor, 0)
    await speaks(stage, learner, 0.5)
    await stage.pass_time(seconds=3)
    await stage.end()
    await stage.hub.journal.settled()
    first, second = await service.engagement(stage.session_id)
    assert (first.role, first.share, second.share) == ("mentor", 0.75, 0.25)
    assert second.talk_ms == 3_000


async def test_figures_go_on_where_a_room_comes_up_again(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await learner.say("chat", text="before")
    await learner.hear("chat")
    await stage.pass_time(seconds=30)
    await learner.leave()
    again = await stage.enter(stage.learner)
    await again.say("chat", text="after")
    await again.hear("chat", text="after")
    await stage.pass_time(seconds=10)
    own = (await again.hear("pulse"))["people"][0]
    assert own["lines"] == 2
    assert own["present_ms"] >= 40_000


async def test_another_process_reads_what_was_kept(stage: Stage, database: Any) -> None:
    learner = await stage.enter(stage.learner)
    await learner.say("chat", text="before")
    await learner.hear("chat")
    await stage.pass_time(seconds=30)
    await stage.hub.journal.settled()
    elsewhere = Hub(database, stage.clock.now)
    await elsewhere.engagements.load(stage.session_id)
    (part,) = elsewhere.engagements._parts[str(stage.session_id)].all
    assert part.lines == 1
    assert part.present >= timedelta(seconds=30)


@pytest.mark.parametrize(("who", "status"), [("mentor", 200), ("learner", 200), ("stranger", 404)])
async def test_the_report_is_for_those_of_the_lesson(stage: Stage, who: str, status: int) -> None:
    learner, mentor = await stage.enter(stage.learner), await stage.enter(stage.mentor)
    for one in (learner, mentor):
        await told(stage, minute(stage, one, f"{one.id[:8]}-a"))
    asking = await person("nobody") if who == "stranger" else getattr(stage, who)
    headers = await stage.bearer(asking)
    address = f"/api/v1/sessions/{stage.session_id}/quality"
    async with stage.http.get(address, headers=headers) as answer:
        assert answer.status == status
        data = (await answer.json())["data"]
    if status == 200:
        assert data["mine"]["participant"] == (mentor if who == "mentor" else learner).id
        assert len(data["participants"]) == (2 if who == "mentor" else 1)
    page = f"/communication/calls/{stage.session_id}?of={mentor.id}"
    async with stage.http.get(page, headers=headers) as answer:
        assert answer.status == (200 if who == "mentor" else 404)


async def test_calls_are_listed_with_whom_and_how_long(stage: Stage) -> None:
    learner, mentor = await stage.enter(stage.learner), await stage.enter(stage.mentor)
    await told(stage, minute(stage, learner, "a"))
    await stage.pass_time(minutes=3)
    for one in (learner, mentor):
        await one.leave()
    await stage.hub.journal.settled()
    headers = await stage.bearer(stage.learner)
    for met, count in (("", 1), (f"?with={stage.mentor.username}", 1), ("?with=nobody-at-all", 0)):
        async with stage.http.get(f"/api/v1/calls{met}", headers=headers) as answer:
            data = (await answer.json())["data"]
        assert data["total"] == len(data["items"]) == count
    async with stage.http.get("/api/v1/calls", headers=headers) as answer:
        (call,) = (await answer.json())["data"]["items"]
    assert call["people"][0]["username"] == stage.mentor.username
    assert (call["good"], call["verdict"][0]["text"], call["recordings_url"]) == (True, "Good", None)
    assert 180 <= call["seconds"] < 200
