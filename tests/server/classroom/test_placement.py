"""Which node a room is given, when it moves, when it waits, and when it goes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import WSCloseCode

from media.protocol import control
from media.protocol.messages import Description
from server.classroom.joins import PATIENCE_S, REMEMBERED_S, Joins
from server.classroom.models import RoomState
from server.classroom.placement import DISK_NEEDED, FULL, Candidate, choose
from server.infra.nodes import MEDIA_NODES, MediaNode
from tests.server.classroom.fake_node import WAIT_S, FakeNode
from tests.server.classroom.stage import RoomClient, Stage

ANSWER = Description(type="answer", sdp="v=0\r\n")


def node(name: str, stress: float = 0.0, rooms: int = 0, **more: object) -> Candidate[str]:
    return Candidate(name, stress, rooms, **{"disk_free": 10**12, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ([], None),
        ([node("a", FULL)], None),
        ([node("a", draining=True)], None),
        ([node("a", 0.5), node("b", 0.2, rooms=9)], "b"),
        ([node("a", 0.21, rooms=3), node("b", 0.24, rooms=1)], "b"),
        ([node("a", failing=True), node("b", 0.8)], "b"),
        ([node("a", failing=True), node("b", FULL)], "a"),
        ([node("a", disk_free=DISK_NEEDED - 1), node("b", 0.8)], "b"),
        ([node("a", disk_free=DISK_NEEDED - 1)], "a"),
        ([node("a", disk_free=None), node("b", 0.1)], "a"),
    ],
)
def test_recorded_lesson_gets_the_fittest_node(
    candidates: list[Candidate[str]], chosen: str | None
) -> None:
    assert choose(candidates, recorded=True) == chosen


def test_lesson_without_recording_needs_no_disk() -> None:
    assert choose([node("a", disk_free=0), node("b", 0.5)], recorded=False) == "a"


def test_node_that_nobody_can_join_is_passed_over_for_a_while() -> None:
    joins = Joins()
    for number in range(3):
        joins.offered(("room", str(number)), 0.0)
    assert not joins.failing(PATIENCE_S)
    assert joins.failing(PATIENCE_S + 1)
    assert joins.failing(PATIENCE_S + 1 + REMEMBERED_S)
    assert not joins.failing(PATIENCE_S + 2 + REMEMBERED_S)


def test_one_who_joins_shows_that_the_node_works() -> None:
    joins = Joins()
    for number in range(4):
        joins.offered(("room", str(number)), 0.0)
    assert joins.failing(PATIENCE_S + 1)
    joins.connected(("room", "5"))
    joins.offered(("room", "5"), 20.0)
    assert not joins.failing(100.0)


def test_those_who_left_say_nothing_about_the_node() -> None:
    joins = Joins()
    for number in range(4):
        joins.offered(("room", str(number)), 0.0)
        joins.gone(("room", str(number)))
    assert not joins.failing(PATIENCE_S + 1)


def test_rooms_that_are_over_say_nothing_about_the_node() -> None:
    joins = Joins()
    joins.connected(("room", "ann"))
    for number in range(4):
        joins.offered(("room", str(number)), 0.0)
    joins.closed("room")
    assert not joins.failing(PATIENCE_S + 1)
    joins.offered(("room", "ann"), 20.0)  # in a lesson to come; not connected any more
    assert not joins.failing(25.0)


def test_node_that_died_is_passed_over_for_a_while() -> None:
    joins = Joins()
    joins.died(0.0)
    assert joins.failing(1.0)
    assert not joins.failing(REMEMBERED_S + 1)


# --- in a lesson


@asynccontextmanager
async def second_node(stage: Stage) -> AsyncIterator[FakeNode]:
    """Beside the stage's own, which is listed first."""
    other = FakeNode(stage.hub.nodes._secret, "other")
    await other.start()
    stage.app[MEDIA_NODES].replace([MediaNode(stage.node.url), MediaNode(other.url)])
    try:
        await other.hear(control.Drain)
        yield other
    finally:
        await other.stop()


def place(stage: Stage, client: RoomClient) -> dict[str, str]:
    return {"room": str(stage.session_id), "participant": client.id}


async def taken(stage: Stage, stress: dict[str, float]) -> None:
    """Wait until the nodes' heartbeats have arrived."""
    async with asyncio.timeout(WAIT_S):
        while True:
            beats = {link.url: link.heartbeat for link in stage.hub.nodes.links}
            if {url: beat.stress for url, beat in beats.items() if beat} == stress:
                return
            await asyncio.sleep(0.01)  # nothing tells of a heartbeat


async def test_room_waits_while_all_nodes_are_full_and_is_told_so(stage: Stage) -> None:
    await stage.node.beat(stress=1.0)
    await taken(stage, {stage.node.url: 1.0})
    learner = await stage.enter(stage.learner)
    assert "full" in (await learner.hear("error", code="media_full"))["message"]
    await learner.say("offer", offer={"type": "offer", "sdp": "v=0\r\n"})
    assert "full" in (await learner.hear("error", re="offer"))["message"]
    assert not stage.node.said(control.Join)
    await stage.node.beat(stress=0.5)
    await stage.node.hear(control.Join, **place(stage, learner))
    await learner.hear("reset")


async def test_room_that_comes_up_elsewhere_goes_back_to_its_node(stage: Stage) -> None:
    """As when its home died: another process loads it from the database."""
    learner = await stage.enter(stage.learner)
    first = await stage.node.hear(control.Join, **place(stage, learner))
    await stage.hub.journal.settled()
    async with second_node(stage) as other:
        await stage.node.beat(stress=0.9)
        await other.beat()
        await taken(stage, {stage.node.url: 0.9, other.url: 0.0})
        room = stage.hub.rooms[str(stage.session_id)]
        stage.hub.let_go(room, WSCloseCode.SERVICE_RESTART)
        assert await learner.closed() == WSCloseCode.SERVICE_RESTART
        stage.node.fresh = False
        again = await stage.enter(stage.learner, resume=learner.resume)
        second = await stage.node.hear(control.Join, **place(stage, again))
        assert second.home == first.home + 1
        await stage.node.hear(control.Release, home=first.home)
        assert "reset" not in [message["type"] for message in await again.sync()]
        assert not stage.node.said(control.Seats)  # others may still be on their way


async def test_room_whose_node_is_another_by_now_makes_its_people_start_over(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await stage.hub.journal.settled()
    stage.hub.let_go(stage.hub.rooms[str(stage.session_id)], WSCloseCode.SERVICE_RESTART)
    stage.node.fresh = True
    await stage.node.restart()
    await stage.node.linked()
    again = await stage.enter(stage.learner, resume=learner.resume)
    assert (await again.hear("reset"))["reason"] == "node_moved"


async def test_newcomer_is_not_told_to_start_over(stage: Stage) -> None:
    stage.node.fresh = True
    learner = await stage.enter(stage.learner)
    await stage.node.hear(control.Join, **place(stage, learner))
    await stage.node.say(control.PeerAnswer(**place(stage, learner), answer=ANSWER))
    await learner.hear("answer")
    assert "reset" not in [message["type"] for message in await learner.sync()]


async def test_one_who_was_away_when_the_room_moved_starts_over_when_back(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await learner.vanish()
    stage.node.fresh = False
    await stage.node.restart()
    await stage.node.hear(control.Join)
    again = await stage.enter(stage.learner, resume=learner.resume)
    assert (await again.hear("reset"))["reason"] == "node_moved"


async def test_empty_room_is_free_to_go_elsewhere(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await stage.hub.journal.settled()
    assert (await RoomState.get(session_id=stage.session_id)).node_url == stage.node.url
    await learner.leave()
    await stage.node.hear(control.Leave)
    await stage.hub.journal.settled()
    assert (await RoomState.get(session_id=stage.session_id)).node_url == ""


# --- nodes that come back


async def test_node_that_was_given_up_is_told_to_close_what_has_moved(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    async with second_node(stage) as other:
        await stage.node.stop()
        await other.hear(control.Join, **place(stage, learner))
        await learner.hear("reset")
        stage.node.rooms = (str(stage.session_id),)
        stage.node.heard.clear()
        await stage.node.start()
        closed = await stage.node.hear(control.CloseRoom, room=str(stage.session_id))
        assert closed.home == stage.hub.rooms[str(stage.session_id)].home
        assert not stage.node.said(control.Join)


async def test_node_that_says_it_stops_loses_its_rooms_at_once(stage: Stage) -> None:
    """Though it still could be dialled."""
    learner = await stage.enter(stage.learner)
    async with second_node(stage) as other:
        assert stage.node._socket is not None
        await stage.node._socket.close(code=WSCloseCode.GOING_AWAY)
        await other.hear(control.Join, **place(stage, learner))
        await learner.hear("reset")


async def test_what_a_given_up_node_still_says_reaches_nobody(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    async with second_node(stage) as other:
        await other.say(control.PeerError(**place(stage, learner), code="stale", message=""))
        await other.say(control.PeerAnswer(**place(stage, learner), answer=ANSWER))
        await other.drop()
        await other.hear(control.Drain)  # linked again: what was said before has been heard
        assert {message["type"] for message in await learner.sync()} == set()


async def test_goodbye_that_got_lost_is_made_good(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await stage.node.hear(control.Join, **place(stage, learner))
    await stage.node.stop()
    await learner.leave()
    await mentor.hear("participant-left")
    stage.node.heard.clear()
    await stage.node.start()
    told = await stage.node.hear(control.Seats, room=str(stage.session_id))
    assert told.participants == [mentor.id]


async def test_last_goodbye_that_got_lost_closes_the_room(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await stage.node.hear(control.Join, **place(stage, learner))
    await stage.node.stop()
    await learner.leave()
    await stage.node.start()
    await stage.node.hear(control.CloseRoom, room=str(stage.session_id))


async def test_home_that_was_replaced_unknowingly_lets_go(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    home = (await stage.node.hear(control.Join)).home
    await stage.node.say(control.Outdated(room=str(stage.session_id), home=home))
    await learner.sync()
    await stage.node.say(control.Outdated(room=str(stage.session_id), home=home + 1))
    assert await learner.closed() == WSCloseCode.SERVICE_RESTART
    assert str(stage.session_id) not in stage.hub.rooms
