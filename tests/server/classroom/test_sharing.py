"""The floor for the screen: granted, one at a time, in order, and no node forwards another's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from media.protocol import control
from server.booking import service as booking
from server.classroom.models import Seat
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.leading import error_of, events, moderate
from tests.server.classroom.stage import RoomClient, Stage

LATER = timedelta(hours=5)
SCREEN = {"camera": False, "microphone": False, "screen": True}
NO_SCREEN = {**SCREEN, "screen": False}


@pytest.fixture
async def three(stage: Stage) -> AsyncIterator[tuple[RoomClient, RoomClient, RoomClient]]:
    """The mentor and two learners who may share."""
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    other = await stage.enter(stage.other)
    for client in (learner, other):
        await moderate(mentor, "allow-screen", client.id)
        await client.hear("moderated", action="allow-screen")
    for client in (mentor, learner, other):
        await client.sync()
    yield mentor, learner, other


async def floor(client: RoomClient) -> tuple[str | None, list[str]]:
    state = (await client.hear("room"))["state"]
    return state.get("sharer"), state["queue"]


@BOTH
async def test_a_learner_shares_once_it_is_granted_and_after_a_reload(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    assert learner.joined["self"]["may_share"] is False
    assert mentor.joined["self"]["may_share"] is True
    for kind, fields in (("share", {"wanted": True}), ("media", SCREEN)):
        await learner.say(kind, **fields)
        assert await error_of(learner) == "forbidden"
    assert not stage.node.said(control.AllowScreen)
    await moderate(mentor, "allow-screen", learner.id)
    assert (await mentor.hear("participant-updated"))["participant"]["may_share"] is True
    await learner.leave()
    learner = await stage.enter(stage.learner)
    assert learner.joined["self"]["may_share"] is True
    await learner.say("share", wanted=True)
    assert await floor(mentor) == (learner.id, [])
    await stage.node.hear(control.AllowScreen, participant=learner.id, on=True)
    assert (await Seat.get(session_id=stage.session_id, user_id=stage.learner.user_id)).may_share


async def test_asking_without_a_grant_is_told_to_those_who_lead_but_not_too_often(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    for _ in range(3):
        await learner.say("share", wanted=True)
        assert await error_of(learner) == "forbidden"
    assert [one["type"] for one in await mentor.sync()].count("share-wanted") == 1


async def test_in_a_lesson_for_one_the_learner_may_share_from_the_start(stage: Stage) -> None:
    session_id = await makers.published(stage.mentor, capacity=1, starts_at=stage.clock.now() + LATER)
    await booking.book_session(session_id, stage.learner)
    stage.session_id = session_id
    stage.clock.set((await booking.room_access(session_id, stage.mentor.user_id)).opens_at)
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    assert learner.joined["self"]["may_share"] is True
    await moderate(mentor, "disallow-screen", learner.id)
    await learner.hear("moderated")
    await learner.leave()
    assert (await stage.enter(stage.learner)).joined["self"]["may_share"] is False


async def test_one_shares_at_a_time_and_the_queue_has_an_order(
    stage: Stage, three: tuple[RoomClient, ...]
) -> None:
    mentor, learner, other = three
    await learner.say("media", **SCREEN)
    assert await floor(mentor) == (learner.id, [])
    await other.say("media", **SCREEN)
    assert await error_of(other) == "screen_taken"
    await other.say("share", wanted=True)
    assert await floor(mentor) == (learner.id, [other.id])
    await mentor.say("share", wanted=True)
    assert await floor(mentor) == (learner.id, [other.id, mentor.id])
    await learner.say("media", **NO_SCREEN)
    assert await floor(mentor) == (other.id, [mentor.id])
    await stage.node.hear(control.AllowScreen, participant=learner.id, on=False)
    await stage.node.hear(control.AllowScreen, participant=other.id, on=True)
    await mentor.say("share", wanted=False)
    assert await floor(mentor) == (other.id, [])
    assert len(await events(stage, "screen")) == len(await events(stage, "screen-end")) == 1


async def test_whoever_gets_the_floor_and_shows_nothing_passes_it_on(
    stage: Stage, three: tuple[RoomClient, ...]
) -> None:
    mentor, learner, other = three
    for client in (learner, other):
        await client.say("share", wanted=True)
        await client.hear("room")
    await mentor.sync()
    await stage.pass_time(seconds=61)
    assert await floor(mentor) == (other.id, [])
    await other.say("media", **SCREEN)
    await mentor.hear("participant-updated")
    await stage.pass_time(seconds=61)
    await mentor.sync()
    assert not mentor.heard("room")


@pytest.mark.parametrize("way", ["leaves", "is away for too long", "is removed"])
async def test_the_floor_is_free_when_its_holder_is_gone(
    stage: Stage, three: tuple[RoomClient, ...], way: str
) -> None:
    mentor, learner, other = three
    await learner.say("media", **SCREEN)
    await other.say("share", wanted=True)
    await other.hear("room")
    await other.hear("room")
    await mentor.sync()
    if way == "leaves":
        await learner.leave()
    elif way == "is removed":
        await moderate(mentor, "remove", learner.id)
    else:
        await learner.vanish()
        room = stage.hub.rooms[str(stage.session_id)]
        await other.sync()
        assert room.rules.floor.sharer == learner.id
        while room.members[learner.id].wire is not None:
            await other.sync()
        await stage.pass_time(seconds=16)
    assert await floor(mentor) == (other.id, [])


async def test_a_stopped_screen_is_forwarded_no_more(stage: Stage, three: tuple[RoomClient, ...]) -> None:
    mentor, learner, _ = three
    await learner.say("media", **SCREEN)
    await stage.node.hear(control.AllowScreen, participant=learner.id, on=True)
    await moderate(mentor, "stop-screen", learner.id)
    await stage.node.hear(control.AllowScreen, participant=learner.id, on=False)
    assert (await learner.hear("moderated"))["action"] == "stop-screen"
    await learner.say("media", **SCREEN)  # it was on its way
    assert await error_of(learner) == "forbidden"
    await moderate(mentor, "stop-screen", learner.id)
    assert await error_of(mentor) == "wrong_state"
    await stage.pass_time(seconds=3)
    await learner.say("media", **SCREEN)
    await stage.node.hear(control.AllowScreen, participant=learner.id, on=True)
    await moderate(mentor, "disallow-screen", learner.id)
    await learner.hear("moderated", action="disallow-screen")
    await stage.node.hear(control.AllowScreen, participant=learner.id, on=False)
    await learner.say("share", wanted=True)
    assert await error_of(learner) == "forbidden"


async def test_a_screen_of_which_nothing_was_said_takes_the_floor_if_it_is_free(
    stage: Stage, three: tuple[RoomClient, ...]
) -> None:
    mentor, learner, other = three
    seat = {"room": str(stage.session_id)}
    await stage.node.say(control.ScreenHeld(**seat, participant=learner.id))
    assert await floor(mentor) == (learner.id, [])
    await stage.node.hear(control.AllowScreen, participant=learner.id, on=True)
    assert (await mentor.hear("participant-updated"))["participant"]["media"]["screen"] is True
    await stage.node.say(control.ScreenHeld(**seat, participant=other.id))
    await stage.node.beat()
    await moderate(mentor, "stop-screen", learner.id)
    assert await floor(mentor) == (None, [])
    assert not stage.node.said(control.AllowScreen, participant=other.id, on=True)


async def test_a_node_that_takes_the_room_is_told_whose_screen_it_forwards(
    stage: Stage, three: tuple[RoomClient, ...]
) -> None:
    mentor, learner, _ = three
    await learner.say("media", **SCREEN)
    await mentor.hear("room")
    await stage.node.restart()
    assert (await stage.node.hear(control.Join, participant=learner.id)).screen is True
    assert (await stage.node.hear(control.Join, participant=mentor.id)).screen is False
