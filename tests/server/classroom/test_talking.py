"""What people say in a room: chat, hands, media states, and nonsense."""

from __future__ import annotations

import json

import pytest

from media.protocol.messages import CHAT_HISTORY, CHAT_LIMIT, FRAME_LIMIT, Close
from server.classroom.budget import BURST, PATIENCE
from server.edge.wire import text_frame
from tests.databases import BOTH
from tests.server.classroom.stage import Stage


async def test_chat_reaches_everybody_and_its_sender(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await learner.say("chat", text="  Hello  ")
    lines = [await client.hear("chat") for client in (mentor, learner)]
    assert lines[0] == lines[1]
    assert (lines[0]["text"], lines[0]["from"], lines[0]["seq"]) == ("Hello", learner.id, 1)


@BOTH
async def test_lines_are_numbered_in_the_order_they_are_said(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    for number in range(20):
        await (mentor, learner)[number % 2].say("chat", text=str(number))
    heard = [await mentor.hear("chat") for _ in range(20)]
    assert [line["seq"] for line in heard] == list(range(1, 21))


async def test_a_private_line_reaches_only_the_two(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    other = await stage.enter(stage.other)
    await learner.say("chat", text="psst", to=mentor.id)
    for client in (mentor, learner):
        assert (await client.hear("chat"))["to"] == mentor.id
    assert "chat" not in [message["type"] for message in await other.sync()]
    again = await stage.enter(stage.other)
    assert again.joined["chat"] == []
    assert [line["text"] for line in (await stage.enter(stage.learner)).joined["chat"]] == ["psst"]


async def test_a_line_to_somebody_who_is_not_there_is_refused(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await learner.say("chat", text="psst", to="nobody")
    assert (await learner.hear("error"))["code"] == "no_participant"


async def test_latecomers_get_the_last_hundred_lines(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    for number in range(CHAT_HISTORY + 5):
        await learner.say("chat", text=str(number))
    await learner.hear("chat", text=str(CHAT_HISTORY + 4))
    mentor = await stage.enter(stage.mentor)
    texts = [line["text"] for line in mentor.joined["chat"]]
    assert texts == [str(number) for number in range(5, CHAT_HISTORY + 5)]


@BOTH
async def test_history_outlives_an_empty_room(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await learner.say("chat", text="kept")
    said = await learner.hear("chat")
    await learner.leave()
    mentor = await stage.enter(stage.mentor)
    assert [{**line, "type": "chat"} for line in mentor.joined["chat"]] == [said]


@pytest.mark.parametrize("length", [CHAT_LIMIT + 1, 100_000])
async def test_a_line_that_is_too_long_is_refused_and_the_socket_stays(stage: Stage, length: int) -> None:
    learner = await stage.enter(stage.learner)
    await learner.say("chat", text="x" * length)
    error = await learner.hear("error")
    assert (error["code"], error["re"]) == ("too_long", "chat")
    await learner.say("chat", text="x" * CHAT_LIMIT)
    await learner.hear("chat")


async def test_a_frame_beyond_all_bounds_closes_the_socket(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await learner.say("chat", text="x" * FRAME_LIMIT)
    assert await learner.closed() == 1009


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "malformed"),
        ("[]", "malformed"),
        ("{}", "malformed"),
        ('{"type": 7}', "malformed"),
        ("[" * 100_000, "malformed"),
        ('{"type": "teleport"}', "unknown_type"),
        ('{"type": "joined"}', "unknown_type"),
        ('{"type": "\\ud800"}', "malformed"),
        ('{"type": "chat"}', "invalid"),
        ('{"type": "chat", "text": "   "}', "invalid"),
        ('{"type": "chat", "text": 7}', "invalid"),
        ('{"type": "chat", "text": "\\u0000"}', "invalid"),
        ('{"type": "chat", "text": "\\ud800"}', "malformed"),
        ('{"type": "hand"}', "invalid"),
        ('{"type": "recording"}', "invalid"),
        ('{"type": "offer", "offer": {"type": "rollback", "sdp": ""}}', "invalid"),
    ],
)
async def test_nonsense_is_answered_and_the_socket_stays(stage: Stage, text: str, code: str) -> None:
    learner = await stage.enter(stage.learner)
    await learner.socket.send_str(text)
    assert (await learner.hear("error"))["code"] == code
    await learner.say("ping", t=1)
    await learner.hear("pong", t=1)


async def test_bytes_are_no_message(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await learner.socket.send_bytes(b"\x00\xff")
    assert (await learner.hear("error"))["code"] == "malformed"


async def test_a_candidate_that_can_not_be_passed_on_costs_nobody_the_socket(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await learner.socket.send_str('{"type": "ice-candidate", "candidate": {"candidate": "\\ud800"}}')
    assert (await learner.hear("error"))["code"] == "malformed"
    await learner.sync()


async def test_a_hand_is_shown_to_all(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await learner.say("hand", raised=True)
    updated = await mentor.hear("participant-updated")
    at = updated["participant"]["hand_at"]
    assert updated["participant"] == {**learner.joined["self"], "hand": True, "hand_at": at}


async def test_media_states_are_shown_to_all_and_kept_for_newcomers(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await learner.say("media", camera=True, microphone=True, screen=False)
    updated = await mentor.hear("participant-updated")
    media = {"camera": True, "microphone": True, "screen": False}
    assert updated["participant"]["media"] == media
    other = await stage.enter(stage.other)
    shown = {one["id"]: one["media"] for one in other.joined["participants"]}
    assert shown[learner.id] == media


async def test_the_same_state_again_is_no_news(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    for _ in range(3):
        await learner.say("hand", raised=True)
    await learner.sync()
    kinds = [message["type"] for message in await mentor.sync()]
    assert kinds.count("participant-updated") == 1


async def test_a_flood_is_warned_about_and_then_cut_off(stage: Stage) -> None:
    flooder, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    ping = json.dumps({"type": "ping"})
    for _ in range(int(BURST) + 3 * PATIENCE):
        await flooder.socket.send_str(ping)
    assert await flooder.closed() == Close.TOO_MANY
    assert [error["code"] for error in flooder.heard("error")] == ["too_many"]
    await learner.sync()


async def test_who_does_not_read_is_dropped_and_the_others_go_on(stage: Stage) -> None:
    slow, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    browser = slow.transport
    browser.pause_reading()
    room = stage.hub.rooms[str(stage.session_id)]
    wire = room.members[slow.id].wire
    assert wire is not None
    padding = frame_of_size(64 * 1024)
    while not wire.closing:
        wire.send(padding)
    await learner.say("chat", text="still here")
    await learner.hear("chat")
    browser.abort()


def frame_of_size(size: int) -> bytes:
    return text_frame(json.dumps({"type": "padding", "text": "x" * size}))
