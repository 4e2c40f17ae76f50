"""What a lesson is taught with, over the room socket: kept, said when stored, and to whom."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import WSCloseCode

from server.booking import service as booking
from server.booking.models import Booking
from server.classroom.conduct.models import RoomEvent
from server.classroom.models import RoomState
from server.classroom.teaching import pace
from server.classroom.teaching.models import BoardItem, NoteBlock, Poll, PollVote, WrapUp
from server.edge.api import timestamp
from server.infra import clock
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.stage import RoomClient, Stage

LINE = {"kind": "line", "x1": 10, "y1": 20, "x2": 300, "y2": 40}
STROKE = {"kind": "pen", "points": [1, 2, 30, 40, 50, 60], "colour": "blue", "width": "thick"}


@pytest.fixture
async def room(stage: Stage) -> tuple[RoomClient, RoomClient, RoomClient]:
    """The mentor and two learners, having heard of each other."""
    mentor = await stage.enter(stage.mentor)
    learner = await stage.enter(stage.learner)
    other = await stage.enter(stage.other)
    for client in (mentor, learner, other):
        await client.sync()
    return mentor, learner, other


Room = tuple[RoomClient, RoomClient, RoomClient]


async def ask(mentor: RoomClient, **fields: Any) -> str:
    """A poll's id; everybody is still to hear of it."""
    asked = {"question": "Which chord comes next?", "answers": ["C", "F", "G7"], **fields}
    await mentor.say("poll", action="ask", **asked)
    return str((await mentor.hear("poll"))["poll"]["id"])


async def refusal(client: RoomClient, kind: str, **fields: Any) -> str:
    await client.say(kind, **fields)
    return str((await client.hear("error", re=kind))["code"])


async def put(client: RoomClient, text: str, **fields: Any) -> dict[str, Any]:
    """The paragraph as it was said to whoever wrote it."""
    id = fields.pop("id", None) or str(uuid4())
    await client.say("note", op="put", id=id, text=text, **fields)
    return await client.hear("note", id=id)


async def draw(client: RoomClient, item: dict[str, Any] = LINE) -> str:
    id = str(uuid4())
    await client.say("whiteboard", op="add", id=id, item=item)
    await client.hear("whiteboard", id=id)
    return id


async def come_again(stage: Stage) -> RoomClient:
    """The room is at no process any more; the next one who enters finds what the database has."""
    await stage.hub.journal.settled()
    stage.hub.let_go(stage.hub.rooms[str(stage.session_id)], WSCloseCode.SERVICE_RESTART)
    return await stage.enter(stage.learner)


# --- the whole of it


@BOTH
async def test_everything_is_there_when_the_room_comes_up_again(stage: Stage, room: Room) -> None:
    mentor, learner, other = room
    poll = await ask(mentor)
    await learner.say("poll-vote", poll=poll, chosen=[1])
    await mentor.hear("poll")
    await mentor.say("poll", action="show", poll=poll)
    await mentor.hear("poll")
    await mentor.say("timer", seconds=300, label="Try it at the piano")
    await mentor.hear("timer")
    note = await put(learner, "Tritones resolve inwards")
    stroke = await draw(other, STROKE)
    await mentor.say("objective", index=0, reached=True)
    await mentor.hear("objective")
    await mentor.say("wrapup", takeaways="Hear the seventh.", homework="Play page 12.")
    await mentor.hear("wrapup")
    back = await come_again(stage)
    [shown] = back.lesson["polls"]
    assert (shown["mine"], shown["counts"], shown["votes"]) == ([1], [0, 1, 0], 1)
    assert back.lesson["timer"] == {
        "ends_at": timestamp(clock.now() + timedelta(minutes=5)),
        "label": "Try it at the piano",
    }
    assert [(one["id"], one["text"], one["by"]) for one in back.lesson["notes"]] == [
        (note["id"], "Tritones resolve inwards", "Lea")
    ]
    assert [one["reached"] for one in back.lesson["objectives"]] == [True]
    assert back.lesson["wrapup"] == {"takeaways": "Hear the seventh.", "homework": "Play page 12."}
    [drawn] = back.board
    assert (drawn["id"], drawn["by"]) == (stroke, other.id)
    assert drawn["item"]["points"] == STROKE["points"]


async def test_only_mentors_ask_count_and_wrap_up(stage: Stage, room: Room) -> None:
    mentor, learner, _ = room
    poll = await ask(mentor)
    asked = {"question": "?", "answers": ["a", "b"]}
    for kind, fields in (
        ("poll", {"action": "ask", **asked}),
        ("poll", {"action": "show", "poll": poll}),
        ("poll", {"action": "remove", "poll": poll}),
        ("timer", {"seconds": 60}),
        ("objective", {"index": 0, "reached": True}),
        ("wrapup", {"takeaways": "x", "homework": ""}),
        ("whiteboard", {"op": "clear"}),
        ("whiteboard", {"op": "restore"}),
    ):
        assert await refusal(learner, kind, **fields) == "forbidden"
    assert await refusal(mentor, "poll-vote", poll=poll, chosen=[0]) == "forbidden"
    assert await Poll.all().count() == 1
    assert not await WrapUp.exists()


async def test_cohost_sees_and_does_what_the_mentor_does(room: Room) -> None:
    mentor, learner, other = room
    poll = await ask(mentor)
    await other.say("poll-vote", poll=poll, chosen=[0])
    await other.hear("poll")
    await mentor.say("moderate", action="cohost", participant=learner.id)
    assert (await learner.hear("lesson"))["polls"][0]["counts"] == [1, 0, 0]
    await learner.say("timer", seconds=60)
    await learner.hear("timer")
    await mentor.say("moderate", action="uncohost", participant=learner.id)
    assert "counts" not in (await learner.hear("lesson"))["polls"][0]
    assert await refusal(learner, "timer", seconds=60) == "forbidden"


# --- polls


async def test_results_stay_with_the_mentor_until_they_are_shown(room: Room) -> None:
    mentor, learner, other = room
    poll = await ask(mentor, many=True)
    assert "counts" not in (await learner.hear("poll"))["poll"]
    await learner.say("poll-vote", poll=poll, chosen=[2, 0])
    mine = (await learner.hear("poll"))["poll"]
    assert (mine["mine"], "counts" in mine) == ([0, 2], False)
    live = (await mentor.hear("poll"))["poll"]
    assert (live["counts"], live["votes"], live["mine"]) == ([1, 0, 1], 1, [])
    await other.hear("poll")  # that it was asked
    assert not [one for one in await other.sync() if one["type"] == "poll"]
    await mentor.say("poll", action="close", poll=poll)
    closed = (await other.hear("poll"))["poll"]
    assert "closed_at" in closed
    assert "counts" not in closed
    await mentor.say("poll", action="show", poll=poll)
    shown = (await other.hear("poll"))["poll"]
    assert (shown["counts"], shown["mine"]) == ([1, 0, 1], [])
    assert await refusal(other, "poll-vote", poll=poll, chosen=[0]) == "poll_closed"


async def test_shown_poll_counts_on_before_everybodys_eyes(room: Room) -> None:
    mentor, learner, other = room
    poll = await ask(mentor)
    await mentor.say("poll", action="show", poll=poll)
    await other.hear("poll")
    await other.hear("poll")
    await learner.say("poll-vote", poll=poll, chosen=[1])
    assert (await other.hear("poll"))["poll"]["counts"] == [0, 1, 0]


async def test_removed_poll_is_gone_with_its_votes(room: Room) -> None:
    mentor, learner, _ = room
    poll = await ask(mentor)
    await learner.say("poll-vote", poll=poll, chosen=[1])
    await mentor.hear("poll")
    await mentor.say("poll", action="remove", poll=poll)
    assert (await mentor.hear("poll"))["poll"]["removed"]
    assert await refusal(learner, "poll-vote", poll=poll, chosen=[1]) == "no_poll"
    assert not await PollVote.exists()


@BOTH
async def test_votes_at_once_are_counted_once_each(room: Room) -> None:
    mentor, learner, other = room
    poll = await ask(mentor)
    for number in range(20):
        await asyncio.gather(
            learner.say("poll-vote", poll=poll, chosen=[number % 3]),
            other.say("poll-vote", poll=poll, chosen=[2 - number % 3]),
        )
    await learner.sync()
    await other.sync()
    await mentor.say("poll", action="close", poll=poll)
    while "closed_at" not in (said := (await mentor.hear("poll"))["poll"]):
        pass
    assert (said["votes"], said["counts"]) == (2, [0, 2, 0])
    assert [vote.chosen for vote in await PollVote.all()] == [[1], [1]]


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "ask", "question": "", "answers": ["a", "b"]},
        {"action": "ask", "question": "?", "answers": ["a"]},
        {"action": "ask", "question": "?", "answers": ["a", "A "]},
        {"action": "ask", "question": "?", "answers": [str(number) for number in range(9)]},
        {"action": "ask", "question": "nul \0", "answers": ["a", "b"]},
        {"action": "ask"},
        {"action": "close"},
        {"action": "close", "poll": "no id"},
    ],
)
async def test_poll_that_makes_no_sense_is_refused(room: Room, fields: dict[str, Any]) -> None:
    assert await refusal(room[0], "poll", **fields) in {"invalid", "too_long"}


# --- timer


async def test_timer_counts_by_the_servers_clock_and_stops(stage: Stage, room: Room) -> None:
    mentor, learner, _ = room
    await mentor.say("timer", seconds=90, label="  Sing  it ")
    said = await learner.hear("timer")
    assert said["now"] == timestamp(clock.now())
    assert said["ends_at"] == timestamp(clock.now() + timedelta(seconds=90))
    await mentor.say("timer", seconds=0)
    assert "ends_at" not in await learner.hear("timer")
    assert (await RoomState.get(session_id=stage.session_id)).timer_ends_at is None
    for seconds in (-1, 10_801, 1.5, "60"):
        assert await refusal(mentor, "timer", seconds=seconds) == "invalid"


# --- notes


async def test_stale_note_is_refused_and_the_newest_said_again(room: Room) -> None:
    _, learner, other = room
    note = await put(learner, "a")
    await put(other, "a, and b", id=note["id"], version=1)
    await learner.hear("note", version=2)
    await learner.say("note", op="put", id=note["id"], text="a, and c", version=1)
    assert (await learner.hear("note", id=note["id"]))["text"] == "a, and b"
    assert (await learner.hear("error"))["code"] == "stale_note"
    assert (await NoteBlock.get()).text == "a, and b"


@BOTH
async def test_two_who_write_at_once_lose_no_word(room: Room) -> None:
    """Each adds words to the same paragraph; who is too late tries again on what the other made."""
    _, learner, other = room
    note = await put(learner, "start")
    await other.hear("note", id=note["id"])

    async def add(client: RoomClient, words: list[str]) -> None:
        text, version = "start", 1
        for word in words:
            while True:
                await client.say("note", op="put", id=note["id"], text=f"{text} {word}", version=version)
                said = await client.hear("note", id=note["id"])
                while said["version"] <= version:
                    said = await client.hear("note", id=note["id"])
                text, version = said["text"], said["version"]
                if word in text.split():
                    break

    await asyncio.gather(
        add(learner, [f"a{number}" for number in range(8)]),
        add(other, [f"b{number}" for number in range(8)]),
    )
    await learner.sync()
    kept = (await NoteBlock.get()).text.split()
    assert sorted(kept) == sorted(
        ["start", *(f"a{number}" for number in range(8)), *(f"b{number}" for number in range(8))]
    )


async def test_removed_note_stays_in_the_database(stage: Stage, room: Room) -> None:
    _, learner, other = room
    note = await put(learner, "never lost")
    await other.say("note", op="remove", id=note["id"], version=1)
    assert (await learner.hear("note", id=note["id"], version=2))["removed"]
    assert (await NoteBlock.get()).text == "never lost"
    back = await come_again(stage)
    assert back.lesson["notes"] == []


async def test_text_that_no_database_takes_is_refused(room: Room) -> None:
    learner = room[1]
    for text, code in (("a\0b", "invalid"), ("x" * 5001, "too_long"), ("\x1b[2J", "invalid")):
        assert await refusal(learner, "note", op="put", id=str(uuid4()), text=text) == code


# --- whiteboard


async def test_drawing_is_seen_removed_and_restored(room: Room) -> None:
    _, learner, other = room
    drawn = await draw(learner, STROKE)
    said = await other.hear("whiteboard", id=drawn)
    assert (said["op"], said["by"], said["item"]["colour"]) == ("add", learner.id, "blue")
    assert await refusal(other, "whiteboard", op="remove", id=drawn) == "forbidden"
    await learner.say("whiteboard", op="remove", id=drawn)
    assert "item" not in await other.hear("whiteboard", op="remove")
    await learner.say("whiteboard", op="restore", id=drawn)
    assert (await other.hear("whiteboard", op="restore"))["item"]["points"] == STROKE["points"]
    assert (await BoardItem.get()).removed_at is None


async def test_mentor_clears_the_board_and_takes_it_back(stage: Stage, room: Room) -> None:
    mentor, learner, other = room
    ids = [await draw(learner), await draw(other)]
    await mentor.say("whiteboard", op="clear")
    await learner.hear("whiteboard", op="clear")
    assert not await BoardItem.filter(removed_at__isnull=True).exists()
    await mentor.say("whiteboard", op="restore")
    assert [one["id"] for one in (await learner.hear("board"))["items"]] == ids
    back = await come_again(stage)
    assert [one["id"] for one in back.board] == ids


@pytest.mark.parametrize(
    "item",
    [
        {**LINE, "x1": -1},
        {**LINE, "y2": 901},
        {**LINE, "x1": 1e400},
        {**LINE, "x1": "1"},
        {**LINE, "x1": True},
        {**LINE, "colour": "#ff0000"},
        {**LINE, "kind": "image"},
        {"kind": "pen", "points": [1]},
        {"kind": "pen", "points": [1, 2, 3]},
        {"kind": "pen", "points": [1, 1000]},
        {"kind": "pen", "points": [1] * 802},
        {"kind": "text", "x": 1, "y": 1, "text": ""},
        {"kind": "text", "x": 1, "y": 1, "text": "x" * 301},
        None,
    ],
)
async def test_what_does_not_fit_the_board_is_refused(room: Room, item: Any) -> None:
    code = await refusal(room[1], "whiteboard", op="add", id=str(uuid4()), item=item)
    assert code in {"invalid", "too_long", "malformed"}
    assert not await BoardItem.exists()


async def test_hand_that_is_too_quick_is_told_so(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BURST", 3)
    learner = room[2]
    for _ in range(5):
        await learner.say("whiteboard", op="add", id=str(uuid4()), item=LINE)
    assert (await learner.hear("error"))["code"] == "slow_down"
    await learner.sync()
    assert await BoardItem.all().count() < 5


# --- when storing fails


async def test_row_of_another_lesson_is_never_touched(stage: Stage, room: Room) -> None:
    _, learner, _ = room
    elsewhere = await makers.published(await makers.mentor("tomas"))
    foreign = await NoteBlock.create(
        public_id=uuid4(),
        session_id=elsewhere,
        place="V",
        text="theirs",
        seat_id=stage.hub.rooms[str(stage.session_id)].members[learner.id].seat_id,
        at=clock.now(),
    )
    mine = await put(learner, "mine")
    await learner.say("note", op="put", id=str(foreign.public_id), text="taken over")
    assert (await learner.hear("error"))["code"] == "not_stored"
    assert [one["id"] for one in (await learner.hear("lesson"))["notes"]] == [mine["id"]]
    await foreign.refresh_from_db()
    assert foreign.text == "theirs"


async def test_process_that_is_no_more_the_home_stores_and_says_nothing(stage: Stage, room: Room) -> None:
    mentor, learner, _ = room
    await put(learner, "before")
    await mentor.hear("note")
    await RoomState.filter(session_id=stage.session_id).update(home=99)
    await learner.say("note", op="put", id=str(uuid4()), text="after")
    await learner.sync()
    await stage.hub.journal.settled()
    assert not [one for one in await mentor.sync() if one["type"] == "note"]
    assert await NoteBlock.all().count() == 1


# --- captions


async def test_captions_are_said_with_their_speaker_and_kept(stage: Stage, room: Room) -> None:
    mentor, learner, _ = room
    await mentor.say("caption", text="So the seventh", final=False, language="en-GB")
    said = await learner.hear("caption")
    assert (said["participant"], said["text"], said["final"]) == (mentor.id, "So the seventh", False)
    await mentor.say("caption", text="So the seventh falls.", final=True, language="en-GB")
    await learner.hear("caption", final=True)
    await stage.hub.journal.settled()
    kept = await RoomEvent.get(kind="caption")
    assert kept.detail == {"text": "So the seventh falls.", "language": "en-GB"}


# --- afterwards


async def test_artefacts_are_read_by_members_alone(stage: Stage, room: Room) -> None:
    mentor, learner, _ = room
    poll = await ask(mentor)
    await learner.say("poll-vote", poll=poll, chosen=[1])
    await mentor.hear("poll")
    await put(learner, "One")
    await put(learner, "Two")
    await draw(learner, {"kind": "text", "x": 5, "y": 5, "text": "<b>II–V–I</b>"})
    url = f"/api/v1/sessions/{stage.session_id}/artefacts"
    headers = await stage.bearer(stage.learner)
    seen = (await (await stage.http.get(url, headers=headers)).json())["data"]
    assert [one["votes"] for one in seen["polls"][0]["answers"]] == [None, None, None]
    assert seen["notes"] == "One\n\nTwo"
    seen = (await (await stage.http.get(url, headers=await stage.bearer(stage.mentor))).json())["data"]
    assert [one["votes"] for one in seen["polls"][0]["answers"]] == [0, 1, 0]
    text = await stage.http.get(f"/sessions/{stage.session_id}/notes.md", headers=headers)
    assert (await text.text()).endswith("One\n\nTwo\n")
    picture = await stage.http.get(f"/sessions/{stage.session_id}/whiteboard.svg", headers=headers)
    assert picture.content_type == "image/svg+xml"
    assert "attachment" in picture.headers["Content-Disposition"]
    assert "&lt;b&gt;II–V–I&lt;/b&gt;" in await picture.text()
    stranger = await stage.bearer(await makers.person("nobody"))
    for path in (url, *(f"/sessions/{stage.session_id}/{name}" for name in FILES)):
        assert (await stage.http.get(path, headers=stranger)).status == 403
    await mentor.say("moderate", action="remove", participant=learner.id)
    await learner.closed()
    for path in (url, *(f"/sessions/{stage.session_id}/{name}" for name in FILES)):
        assert (await stage.http.get(path, headers=headers)).status == 403
    seat = await Booking.get(session_id=stage.session_id, learner_id=stage.other.user_id)
    await booking.cancel_booking(seat.public_id, stage.other)
    for path in (url, *(f"/sessions/{stage.session_id}/{name}" for name in FILES)):
        gone = await stage.http.get(path, headers=await stage.bearer(stage.other))
        assert gone.status == 403


FILES = ("notes.md", "notes.txt", "whiteboard.svg")
