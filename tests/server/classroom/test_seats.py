"""Seats outlive sockets: coming back, being replaced, leaving."""

from __future__ import annotations

import asyncio

from aiohttp import WSCloseCode

from media.protocol import control
from media.protocol.messages import Close
from tests.server.classroom.stage import Stage


async def test_the_resume_token_gives_back_the_same_seat(stage: Stage) -> None:
    first = await stage.enter(stage.learner)
    await first.vanish()
    again = await stage.enter(stage.learner, resume=first.resume)
    assert again.id == first.id
    assert again.resume == first.resume


async def test_a_second_way_in_replaces_the_first_socket(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    first = await stage.enter(stage.learner)
    second = await stage.enter(stage.learner)
    assert await first.closed() == Close.REPLACED
    assert second.id == first.id
    kinds = [message["type"] for message in await mentor.sync()]
    assert kinds == ["participant-joined"]


async def test_a_replaced_socket_does_not_take_the_seat_with_it(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    first = await stage.enter(stage.learner)
    second = await stage.enter(stage.learner)
    await first.closed()
    await stage.pass_time(seconds=60)
    await mentor.say("chat", text="still here?")
    assert (await second.hear("chat"))["text"] == "still here?"


async def test_a_fresh_entry_voids_the_older_resume_token(stage: Stage) -> None:
    first = await stage.enter(stage.learner)
    await stage.enter(stage.learner)
    client = await stage.knock(params={"resume": first.resume})
    assert await client.closed() == Close.NOT_SIGNED_IN


async def test_an_old_resume_token_beside_a_login_is_forgiven(stage: Stage) -> None:
    first = await stage.enter(stage.learner)
    await stage.enter(stage.learner)
    client = await stage.knock(params={"resume": first.resume}, headers=await stage.bearer(stage.learner))
    assert (await client.next())["self"]["id"] == first.id


async def test_somebody_elses_resume_token_does_not_make_one_them(stage: Stage) -> None:
    first = await stage.enter(stage.learner)
    client = await stage.knock(params={"resume": first.resume}, headers=await stage.bearer(stage.other))
    assert (await client.next())["self"]["name"] == "Otto"


async def test_a_lost_socket_is_announced_only_after_the_grace(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await learner.vanish()
    await stage.pass_time(seconds=14.9)
    assert "participant-left" not in [message["type"] for message in await mentor.sync()]
    await stage.pass_time(seconds=0.1)
    assert (await mentor.hear("participant-left"))["participant"] == {"id": learner.id}
    await stage.node.hear(control.Leave, participant=learner.id)


async def test_who_comes_back_within_the_grace_never_left(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await learner.vanish()
    await stage.pass_time(seconds=10)
    await stage.enter(stage.learner, resume=learner.resume)
    await stage.pass_time(seconds=60)
    kinds = [message["type"] for message in await mentor.sync() if message["type"] != "pulse"]
    assert kinds == ["participant-joined"]


async def test_a_goodbye_is_announced_at_once(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await learner.leave()
    assert (await mentor.hear("participant-left"))["participant"] == {"id": learner.id}


async def test_the_seat_is_the_same_after_everybody_left(stage: Stage) -> None:
    first = await stage.enter(stage.learner)
    await first.leave()
    again = await stage.enter(stage.learner)
    assert again.id == first.id
    assert again.joined["participants"] == []


async def test_an_empty_room_is_not_kept_in_memory(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    client = await stage.enter(stage.learner)
    await client.leave()
    await mentor.hear("participant-left")
    await mentor.vanish()
    await stage.pass_time(seconds=15)
    assert stage.hub.rooms == {}


async def test_when_the_server_stops_browsers_are_told_to_come_back(stage: Stage) -> None:
    client = await stage.enter(stage.learner)
    _, code = await asyncio.gather(stage.http.server.close(), client.closed())
    assert code == WSCloseCode.GOING_AWAY
