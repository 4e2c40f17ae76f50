"""Several server processes behind one address: one room, people at different processes, and deaths."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import aiohttp
import pytest

from config.settings import Settings
from media.protocol import control
from server.accounts import service as accounts
from server.accounts.logins import open_login
from server.accounts.values import Client
from server.booking import service as booking
from server.classroom.lifespan import open_news
from server.infra import db, schema
from server.infra.processes import open_processes
from server.worker import load_jobs
from tests.databases import BOTH
from tests.redis import RedisServer
from tests.redis import server as redis_server
from tests.server.booking import makers
from tests.server.classroom.leading import moderate
from tests.server.classroom.stage import RoomClient
from tests.server.classroom.town import (
    ANSWER,
    LOOK_S,
    ServerProcess,
    Town,
    running_node,
    settled_town,
)

OUT_S = 5.0  # so soon is somebody out who has no right to be in
BACK_S = 10.0  # so soon is everybody back when a process died
SEGMENT = "a" * 32
OFFER = {"type": "offer", "sdp": "v=0\r\n"}


@pytest.fixture
def private_redis() -> Iterator[RedisServer]:
    with redis_server() as found:
        yield found


@pytest.fixture
async def migrated(empty_database: Settings) -> AsyncIterator[Settings]:
    """A database as `python -m server migrate` makes it, open."""
    await schema.migrate(empty_database)
    await db.open_database(empty_database)
    load_jobs()
    yield empty_database
    await db.close_database()


@pytest.fixture
async def town(migrated: Settings, private_redis: RedisServer) -> AsyncIterator[Town]:
    async with settled_town(migrated, private_redis) as found:
        yield found


async def come_back(server: ServerProcess, session_id: UUID, resume: str) -> RoomClient:
    """As the page does: try again until let in."""
    async with asyncio.timeout(BACK_S):
        while True:
            try:
                return await server.enter(session_id, resume=resume)
            except (aiohttp.ClientError, AssertionError):
                await asyncio.sleep(LOOK_S)


@BOTH
async def test_people_at_two_processes_are_in_one_room(town: Town) -> None:
    """The room is at the mentor's process; the learner's is an outpost of it."""
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    bob = await second.come_in(town.session_id, town.learner)
    assert [one["id"] for one in bob.joined["participants"]] == [ann.id]
    assert (await ann.hear("participant-joined"))["participant"]["id"] == bob.id
    await ann.say("chat", text="from home")
    await bob.say("chat", text="from the outpost")
    for client in (ann, bob):
        lines = [await client.hear("chat"), await client.hear("chat")]
        assert {line["text"] for line in lines} == {"from home", "from the outpost"}
        assert sorted(line["seq"] for line in lines) == [1, 2]
    for client in (ann, bob):
        await client.say("offer", offer=OFFER)
        assert (await client.hear("answer"))["answer"] == ANSWER
        for other in (ann, bob):
            assert (await other.hear("speaking", level=0.5))["participant"] == client.id
        assert (await client.hear("quality"))["participant"] == client.id
    assert not ann.heard("quality") + bob.heard("quality")
    await bob.say("chat", text="x" * 4001)
    assert (await bob.hear("error"))["code"] == "too_long"
    await booking.start_session(town.session_id, town.mentor)
    for client in (ann, bob):
        await client.hear("recording", live=True)
    await booking.end_session(town.session_id, town.mentor)
    for client in (ann, bob):
        await client.hear("ended")
        assert await client.closed() == 4410
    await town.node.hear(control.CloseRoom, room=str(town.session_id))


async def test_worker_of_its_own_reaches_the_rooms(town: Town) -> None:
    """As `python -m server worker` does: it has no rooms, and the bus alone."""
    server = await town.start()
    ann = await server.come_in(town.session_id, town.mentor)
    settings = replace(town.settings, redis_url=town.redis.url)
    async with open_processes(settings) as processes, open_news(processes, None) as news:
        await news.session_started(town.session_id)
        await ann.hear("recording", live=True)
        news.acknowledge_segment(town.node.url, SEGMENT)
        await town.node.hear(control.SegmentAck, segment=SEGMENT)
        await news.session_ended(town.session_id, "completed")
        assert await ann.closed() == 4410


async def test_suspended_person_is_put_out_wherever_they_came_in(town: Town) -> None:
    """Those at home and those at an outpost alike; one of the processes learns of it from a job."""
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    bob = await second.come_in(town.session_id, town.learner)
    owner = await makers.person("olga", "owner")
    for person, client in ((town.learner, bob), (town.mentor, ann)):
        await accounts.change_account(owner, person.public_id, status="banned", roles=None, reason="spam")
        assert await client.closed() == 4403
        await town.node.hear(control.Leave, participant=client.id)
    assert ann.heard("participant-left")[0]["participant"]["id"] == bob.id


async def test_killed_home_of_a_room_is_replaced(town: Town) -> None:
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    bob = await second.come_in(town.session_id, town.learner)
    await ann.say("chat", text="before")
    await bob.hear("chat", text="before")
    await first.kill()
    killed_at = time.monotonic()

    async def bob_again() -> RoomClient:
        assert await bob.closed() == aiohttp.WSCloseCode.SERVICE_RESTART
        return await come_back(second, town.session_id, bob.resume)

    ann_again, bob_back = await asyncio.gather(
        come_back(second, town.session_id, ann.resume), bob_again()
    )
    assert time.monotonic() - killed_at < BACK_S
    assert (ann_again.id, bob_back.id) == (ann.id, bob.id)
    assert [line["text"] for line in ann_again.joined["chat"]] == ["before"]
    await ann_again.say("chat", text="after")
    assert (await bob_back.hear("chat", text="after"))["seq"] == 2


async def test_room_of_a_killed_home_goes_back_to_its_node(town: Town) -> None:
    """Though the other node is idle: whoever has the people's media keeps them."""
    async with running_node(town.settings) as other:
        town.more_nodes.append(other)
        for node in (town.node, other):
            node.fresh = False
        first, second = await town.start(), await town.start()
        ann = await first.come_in(town.session_id, town.mentor)
        bob = await second.come_in(town.session_id, town.learner)
        await ann.hear("participant-joined")
        has, idle = (town.node, other) if town.node.said(control.Join) else (other, town.node)
        before = await has.hear(control.Join, participant=bob.id)
        await has.beat(stress=0.8)  # to the second process, which was linked last
        await first.kill()
        await bob.closed()
        bob_again = await come_back(second, town.session_id, bob.resume)
        after = await has.hear(control.Join, participant=bob.id)
        assert after.home > before.home
        await bob_again.say("offer", offer=OFFER)
        assert (await bob_again.hear("answer"))["answer"] == ANSWER
        assert not bob_again.heard("reset")
        assert not idle.said(control.Join)


async def test_killed_outpost_costs_the_room_nothing(town: Town) -> None:
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    bob = await second.come_in(town.session_id, town.learner)
    await ann.hear("participant-joined")
    await second.kill()
    bob_again = await come_back(first, town.session_id, bob.resume)
    assert bob_again.id == bob.id
    await bob_again.say("chat", text="back")
    await ann.hear("chat", text="back")
    assert not ann.heard("participant-left")


@pytest.mark.alone
async def test_process_that_is_told_to_stop_hands_its_rooms_over_at_once(town: Town) -> None:
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    bob = await second.come_in(town.session_id, town.learner)
    first.process.send_signal(signal.SIGTERM)
    codes = await asyncio.gather(ann.closed(), bob.closed())
    assert codes == [aiohttp.WSCloseCode.GOING_AWAY] * 2
    ann_again = await come_back(second, town.session_id, ann.resume)
    bob_again = await come_back(second, town.session_id, bob.resume)
    assert "server processes are gone" not in town.logs()  # nobody had to notice
    await ann_again.say("chat", text="here")
    await bob_again.hear("chat", text="here")


async def test_redis_that_lost_everything_brings_people_back(town: Town) -> None:
    """The one at home stays; the one at the outpost comes back, since what was said may be lost."""
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    bob = await second.come_in(town.session_id, town.learner)
    town.redis.stop()
    await ann.say("chat", text="meanwhile")
    await ann.hear("chat", text="meanwhile")
    town.redis.start()
    restarted_at = time.monotonic()
    assert await bob.closed() == aiohttp.WSCloseCode.SERVICE_RESTART
    bob_again = await come_back(second, town.session_id, bob.resume)
    assert time.monotonic() - restarted_at < 5.0
    assert bob_again.joined["chat"][-1]["text"] == "meanwhile"
    await bob_again.say("chat", text="back")
    await ann.hear("chat", text="back")


@BOTH
async def test_what_is_taught_with_moves_with_its_room(town: Town) -> None:
    """People at two processes write at once; the home is killed, and everything they were told of is
    there, votes of those at the outpost too."""
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    bob = await second.come_in(town.session_id, town.learner)
    await ann.say("poll", action="ask", question="Ready?", answers=["yes", "no"])
    poll = (await bob.hear("poll"))["poll"]["id"]
    await bob.say("poll-vote", poll=poll, chosen=[0])
    while not (await ann.hear("poll"))["poll"]["votes"]:
        pass
    for number in range(10):
        for client in (ann, bob):
            await client.say("note", op="put", id=str(uuid4()), text=f"{client.id} {number}")
            line = {"kind": "line", "x1": number, "y1": 0, "x2": 9, "y2": 9}
            await client.say("whiteboard", op="add", id=str(uuid4()), item=line)
    notes = [(await ann.hear("note"))["id"] for _ in range(20)]
    drawn = [(await ann.hear("whiteboard"))["id"] for _ in range(20)]
    await ann.say("timer", seconds=600, label="Write")
    ends_at = (await bob.hear("timer"))["ends_at"]
    await first.kill()
    assert await bob.closed() == aiohttp.WSCloseCode.SERVICE_RESTART
    bob_back = await come_back(second, town.session_id, bob.resume)
    lesson = bob_back.lesson
    assert (lesson["polls"][0]["mine"], lesson["timer"]["ends_at"]) == ([0], ends_at)
    assert {one["id"] for one in lesson["notes"]} == set(notes)
    assert [one["id"] for one in bob_back.board] == drawn
    ann_back = await come_back(second, town.session_id, ann.resume)
    assert ann_back.lesson["polls"][0]["counts"] == [1, 0]


async def test_the_floor_for_the_screen_moves_with_its_room(town: Town) -> None:
    """With its queue; and whoever has it and does not come back gives it up."""
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    bob = await second.come_in(town.session_id, town.learner)
    await moderate(ann, "allow-screen", bob.id)
    await bob.hear("moderated", action="allow-screen")
    await bob.say("media", camera=False, microphone=False, screen=True)
    await ann.hear("room")
    await ann.say("share", wanted=True)
    assert (await bob.hear("room"))["state"]["queue"] == []
    assert (await bob.hear("room"))["state"]["queue"] == [ann.id]
    await ann.say("chat", text="what was before is stored")
    await bob.hear("chat")
    await first.kill()
    await bob.closed()
    again = await come_back(second, town.session_id, ann.resume)
    assert again.joined["state"]["sharer"] == bob.id
    assert again.joined["state"]["queue"] == [ann.id]
    state = (await again.hear("room"))["state"]
    assert (state["sharer"], state["queue"]) == (ann.id, [])


@pytest.mark.alone
async def test_who_loses_their_seat_is_out_in_five_seconds_wherever_they_came_in(town: Town) -> None:
    """By a worker of one of the processes, or of neither: the one that cancels is not the home."""
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    bob = await second.come_in(town.session_id, town.learner)
    await ann.hear("participant-joined")
    began = time.monotonic()
    await booking.leave_session(town.session_id, town.learner)
    assert await bob.closed() == 4403
    assert time.monotonic() - began < OUT_S
    await town.node.hear(control.Leave, participant=bob.id)
    await ann.hear("participant-left")


async def test_people_wait_at_another_process_and_are_let_in_and_removed_there(town: Town) -> None:
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    await moderate(ann, "admission-on")
    await ann.hear("room")
    bob = await second.wait_at_door(town.session_id, town.learner)
    (waiting,) = (await ann.hear("knock"))["waiting"]
    await moderate(ann, "admit", waiting["id"])
    bob.joined = await bob.hear("joined")
    await bob.say("chat", text="in")
    await ann.hear("chat", text="in")
    await moderate(ann, "remove", bob.id)
    assert await bob.closed() == 4403
    assert [error["code"] for error in bob.heard("error")] == ["removed"]
    for server in (first, second):
        socket = await town.http.ws_connect(
            f"ws://127.0.0.1:{server.port}/ws/session/{town.session_id}/", params={"resume": bob.resume}
        )
        assert await RoomClient(socket).closed() == 4401
    await moderate(ann, "readmit", bob.id)
    await ann.hear("removed", people=[])
    await second.come_in(town.session_id, town.learner)


async def test_a_removed_persons_check_ends_at_whatever_process_it_is(town: Town) -> None:
    """The room is at the first process, the check at the second."""
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    bob = await first.come_in(town.session_id, town.learner)
    token = (await open_login(town.learner.user_id, Client("127.0.0.1", "127.0.0.1"))).token
    check = RoomClient(
        await town.http.ws_connect(
            f"ws://127.0.0.1:{second.port}/ws/check/{town.session_id}/",
            headers={"Authorization": f"Bearer {token}"},
        )
    )
    await check.hear("check")
    await moderate(ann, "remove", bob.id)
    assert await bob.closed() == 4403
    assert await check.closed() == 4403


async def test_the_line_at_the_door_is_made_again_when_the_rooms_home_dies(town: Town) -> None:
    first, second = await town.start(), await town.start()
    ann = await first.come_in(town.session_id, town.mentor)
    await moderate(ann, "admission-on")
    await ann.hear("room")
    bob = await second.wait_at_door(town.session_id, town.learner)
    (waiting,) = (await ann.hear("knock"))["waiting"]
    await first.kill()
    assert await bob.closed() == aiohttp.WSCloseCode.SERVICE_RESTART
    ann = await come_back(second, town.session_id, ann.resume)
    assert ann.joined["state"]["admission"] is True
    bob = await second.wait_at_door(town.session_id, town.learner)
    assert (await ann.hear("knock"))["waiting"] == [waiting]
    await moderate(ann, "admit", waiting["id"])
    await bob.hear("joined")
