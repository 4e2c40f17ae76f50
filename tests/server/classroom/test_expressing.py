"""Hands in order, reactions, "lost me", marked moments, and who types."""

from __future__ import annotations

from tests.databases import BOTH
from tests.server.classroom.leading import error_of, events, moderate
from tests.server.classroom.stage import Stage


@BOTH
async def test_hands_have_an_order_and_outlast_the_rooms_process(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    other = await stage.enter(stage.other)
    raised = []
    for client in (other, learner):
        await client.say("hand", raised=True)
        raised.append((await mentor.hear("participant-updated"))["participant"]["hand_at"])
        await stage.pass_time(seconds=1)
        await client.say("hand", raised=True)  # again: it keeps its place
    assert raised == sorted(raised)
    await stage.hub.journal.settled()
    room = stage.hub.rooms[str(stage.session_id)]
    stage.hub.let_go(room, 1012)
    for client in (mentor, learner, other):
        await client.closed()
    again = await stage.enter(stage.other, resume=other.resume)
    assert again.joined["self"]["hand_at"] == raised[0]
    await again.leave()
    assert (await stage.enter(stage.other)).joined["self"]["hand"] is False


async def test_hands_are_lowered_by_those_who_lead(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    other = await stage.enter(stage.other)
    for client in (learner, other):
        await client.say("hand", raised=True)
        await mentor.hear("participant-updated")
    await moderate(mentor, "lower-hand", learner.id)
    assert (await learner.hear("moderated"))["action"] == "lower-hand"
    assert "hand_at" not in (await mentor.hear("participant-updated"))["participant"]
    await moderate(mentor, "lower-hands")
    assert (await other.hear("moderated"))["action"] == "lower-hand"
    await learner.sync()
    assert not learner.heard("moderated")
    assert len(await events(stage, "hand-lowered")) == 2


async def test_reactions_reach_all_up_to_a_pace(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    for _ in range(8):
        await learner.say("reaction", emoji="heart")
    await learner.sync()
    assert [one["type"] for one in await mentor.sync()].count("reaction") == 5
    await stage.pass_time(seconds=5)
    await learner.say("reaction", emoji="clap")
    said = await mentor.hear("reaction")
    assert (said["participant"], said["emoji"]) == (learner.id, "clap")
    assert len(await events(stage, "reaction")) == 6
    await learner.say("reaction", emoji="skull")
    assert await error_of(learner) == "invalid"


async def test_those_who_lead_hear_how_many_are_lost_and_not_who(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    other = await stage.enter(stage.other)
    await learner.say("lost-me")
    assert (await learner.hear("lost-me"))["count"] == 1
    said = await mentor.hear("lost-me")
    assert (said["count"], "participant" in said) == (1, False)
    await learner.say("lost-me")
    assert await error_of(learner) == "too_many"
    await stage.pass_time(seconds=40)
    await other.say("lost-me")
    assert (await mentor.hear("lost-me"))["count"] == 2
    await learner.sync()
    assert not learner.heard("lost-me")
    await stage.pass_time(seconds=81)
    assert (await mentor.hear("lost-me"))["count"] == 1
    await mentor.say("lost-me")
    assert await error_of(mentor) == "forbidden"


@BOTH
async def test_the_mentors_moments_are_for_all_and_a_learners_for_themselves(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await mentor.say("moment", label=" The trick ")
    for client in (mentor, learner):
        assert (await client.hear("moment"))["label"] == "The trick"
    await learner.say("moment")
    assert (await learner.hear("moment"))["participant"] == learner.id
    await mentor.sync()
    assert not mentor.heard("moment")
    assert await events(stage, "moment") == [{"label": "The trick"}, {"label": ""}]
    for label, code in (("x" * 81, "too_long"), ("\0", "invalid")):
        await learner.say("moment", label=label)
        assert await error_of(learner) == code


async def test_typing_is_said_to_whom_it_is_for_and_not_too_often(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    other = await stage.enter(stage.other)
    for _ in range(3):
        await learner.say("typing", to=mentor.id)
    await learner.sync()
    assert [one["type"] for one in await mentor.sync()].count("typing") == 1
    await other.sync()
    assert not other.heard("typing")
    await stage.pass_time(seconds=2)
    await learner.say("typing", where="notes")
    assert (await other.hear("typing"))["where"] == "notes"
