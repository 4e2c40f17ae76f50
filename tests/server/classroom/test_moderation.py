"""What those who lead a room may do to others, what they may not, and what stays of it."""

from __future__ import annotations

from typing import Any

import pytest

from media.protocol import control
from media.protocol.messages import Close
from server.classroom import service as classroom
from server.classroom.conduct.models import Removal
from server.classroom.models import Seat
from server.infra.errors import Forbidden
from tests.databases import BOTH
from tests.server.classroom.leading import error_of, events, moderate, refusal
from tests.server.classroom.stage import Stage


@BOTH
async def test_who_is_removed_is_out_and_stays_out_by_every_way_in(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    ticket = (await classroom.issue_ticket(stage.session_id, stage.learner)).ticket
    await moderate(mentor, "remove", learner.id)
    assert await learner.closed() == Close.NOT_ALLOWED
    assert [error["code"] for error in learner.heard("error")] == ["removed"]
    await stage.node.hear(control.Leave, participant=learner.id)
    assert (await mentor.hear("participant-left"))["participant"]["id"] == learner.id
    assert (await mentor.hear("removed"))["people"] == [{"id": learner.id, "name": "Lea"}]
    for query, code in (({"ticket": ticket}, 4401), ({"resume": learner.resume}, 4401)):
        client = await stage.knock(params=query)
        assert await client.closed() == code
    assert await refusal(stage, stage.learner) == (Close.NOT_ALLOWED, "removed")
    with pytest.raises(Forbidden, match="removed"):
        await classroom.issue_ticket(stage.session_id, stage.learner)
    assert (await Removal.get(session_id=stage.session_id)).by_id == stage.mentor.user_id
    await moderate(mentor, "readmit", learner.id)
    assert (await mentor.hear("removed"))["people"] == []
    await stage.enter(stage.learner)
    assert [one["action"] for one in await events(stage, "moderation")] == ["remove", "readmit"]


async def test_who_was_removed_is_known_when_the_room_comes_up_again(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await moderate(mentor, "remove", learner.id)
    await learner.closed()
    await mentor.leave()
    again = await stage.enter(stage.mentor)
    (gone,) = (await again.hear("removed"))["people"]
    await moderate(again, "readmit", gone["id"])
    await again.hear("removed", people=[])
    await stage.enter(stage.learner)


async def test_pages_are_asked_to_turn_things_off_and_all_see_it(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await learner.say("media", camera=True, microphone=True, screen=False)
    await mentor.hear("participant-updated")
    for action, source in (("mute", "microphone"), ("stop-video", "camera")):
        await moderate(mentor, action, learner.id)
        assert await learner.hear("moderated") == {"type": "moderated", "action": action, "by": mentor.id}
        assert (await mentor.hear("participant-updated"))["participant"]["media"][source] is False


async def test_the_node_lets_nothing_through_until_the_page_says_it_is_on_again(stage: Stage) -> None:
    """Also where the page neither heeds nor answers."""
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    shown = {"camera": False, "microphone": True, "screen": False}
    await learner.say("media", **shown)
    await mentor.hear("participant-updated")
    for turned_off_by_its_page in (True, False):
        await moderate(mentor, "mute", learner.id)
        await stage.node.hear(control.Silence, participant=learner.id, source="microphone", on=True)
        assert not _microphone(await mentor.hear("participant-updated"))
        await learner.say("media", **{**shown, "camera": True})  # it was on its way
        assert not _microphone(await mentor.hear("participant-updated"))
        await learner.say("media", **{**shown, "microphone": not turned_off_by_its_page})
        await learner.sync()
        assert not stage.node.said(control.Silence, on=False)
        await stage.node.restart()
        assert (await stage.node.hear(control.Join, participant=learner.id)).silenced == ["microphone"]
        if not turned_off_by_its_page:
            await stage.pass_time(seconds=3)
        await learner.say("media", **shown)
        await stage.node.hear(control.Silence, participant=learner.id, source="microphone", on=False)
        while not _microphone(await mentor.hear("participant-updated")):
            pass


def _microphone(message: dict[str, Any]) -> bool:
    return bool(message["participant"]["media"]["microphone"])


async def test_mute_all_spares_those_who_lead(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    helper = await stage.enter(stage.other)
    await moderate(mentor, "cohost", helper.id)
    await helper.hear("moderated", action="cohost")
    await moderate(helper, "mute-all")
    assert (await learner.hear("moderated"))["action"] == "mute"
    for client in (mentor, helper):
        await client.sync()
        assert not client.heard("moderated")


@BOTH
async def test_a_cohost_leads_and_stays_one_after_a_reload(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    helper = await stage.enter(stage.other)
    await moderate(mentor, "cohost", helper.id)
    assert (await helper.hear("moderated"))["action"] == "cohost"
    assert (await learner.hear("participant-updated"))["participant"]["role"] == "cohost"
    await helper.leave()
    helper = await stage.enter(stage.other)
    assert helper.joined["self"]["role"] == "cohost"
    await moderate(helper, "lock")
    await helper.hear("room")
    await moderate(helper, "cohost", learner.id)
    assert await error_of(helper) == "forbidden"
    await moderate(helper, "mute", mentor.id)
    assert await error_of(helper) == "forbidden"
    await moderate(helper, "remove", mentor.id)
    assert await error_of(helper) == "forbidden"
    await moderate(mentor, "cohost", helper.id)
    assert await error_of(mentor) == "wrong_state"
    await moderate(mentor, "uncohost", helper.id)
    assert (await helper.hear("moderated"))["action"] == "uncohost"
    await moderate(helper, "unlock")
    assert await error_of(helper) == "forbidden"


async def test_who_is_removed_leads_no_more(stage: Stage) -> None:
    mentor, helper = await stage.enter(stage.mentor), await stage.enter(stage.other)
    await moderate(mentor, "cohost", helper.id)
    await helper.hear("moderated")
    await moderate(mentor, "remove", helper.id)
    await helper.closed()
    seat = await Seat.get(session_id=stage.session_id, user_id=stage.other.user_id)
    assert (seat.role, seat.resume_hash) == ("learner", None)


async def test_a_learner_leads_nothing(stage: Stage) -> None:
    learner, other = await stage.enter(stage.learner), await stage.enter(stage.other)
    for action in ("remove", "mute", "cohost", "lock", "admit-all", "allow-screen", "lower-hands"):
        await moderate(learner, action, other.id)
        assert await error_of(learner) == "forbidden"
    await learner.sync()
    assert not other.heard("moderated")
    assert await events(stage, "moderation") == []


async def test_nobody_can_be_led_who_is_not_there(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    for action in ("mute", "remove", "admit", "deny", "readmit", "cohost"):
        await moderate(mentor, action, "nobody")
        assert await error_of(mentor) == "no_participant"
        await moderate(mentor, action)
        assert await error_of(mentor) == "no_participant"


async def test_somebody_on_their_way_in_is_put_out_too(stage: Stage) -> None:
    """Removed in the seconds of grace: the seat is given up, and the token opens nothing."""
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await learner.vanish()
    await moderate(mentor, "remove", learner.id)
    await mentor.hear("participant-left")
    client = await stage.knock(params={"resume": learner.resume})
    assert await client.closed() == Close.NOT_SIGNED_IN
