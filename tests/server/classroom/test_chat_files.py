"""Chat beyond plain lines: replies, files, and lines that are taken back."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from server.classroom.conduct import files
from server.classroom.conduct.models import ChatFile
from server.classroom.models import ChatMessage
from server.edge.access import Viewer
from server.infra import clock
from server.infra.storage_keys import Missing
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.leading import error_of, events, moderate
from tests.server.classroom.stage import Stage
from tests.server.people.drawing import picture as a_picture


async def upload(
    stage: Stage, viewer: Viewer, content: bytes = b"%PDF-1", name: str = "notes.pdf"
) -> aiohttp.ClientResponse:
    form = aiohttp.FormData()
    form.add_field("file", BytesIO(content), filename=name)
    headers = await stage.bearer(viewer)
    path = f"/api/v1/sessions/{stage.session_id}/room/files"
    return await stage.http.post(path, data=form, headers=headers)


async def uploaded(stage: Stage, viewer: Viewer, *what: Any) -> dict[str, Any]:
    answer = await upload(stage, viewer, *what)
    assert answer.status == 201, await answer.text()
    found: dict[str, Any] = (await answer.json())["data"]
    return found


async def fetch(stage: Stage, viewer: Viewer, url: str) -> aiohttp.ClientResponse:
    return await stage.http.get(url, headers=await stage.bearer(viewer))


@BOTH
async def test_a_reply_names_the_line_it_answers(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await mentor.say("chat", text="Any questions?")
    asked = await learner.hear("chat")
    await learner.say("chat", text="Yes!", reply_to=asked["id"])
    assert (await mentor.hear("chat", text="Yes!"))["reply_to"] == asked["id"]
    other = await stage.enter(stage.other)
    assert other.joined["chat"][1]["reply_to"] == asked["id"]


async def test_nobody_replies_to_what_they_cant_read(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    other = await stage.enter(stage.other)
    await learner.say("chat", text="psst", to=mentor.id)
    private = await mentor.hear("chat")
    for line in (private["id"], "no line", "0" * 32):
        await other.say("chat", text="I heard that", reply_to=line)
        assert await error_of(other) == "no_line"
    await mentor.say("chat", text="yes?", reply_to=private["id"], to=learner.id)
    await learner.hear("chat", text="yes?")


@BOTH
async def test_files_go_with_a_line_to_those_who_read_it(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await stage.enter(stage.other)
    public = await uploaded(stage, stage.learner, a_picture(), "../me\u202e.png")
    private = await uploaded(stage, stage.learner)
    assert (private["name"], private["media_type"], private["size"]) == (
        "notes.pdf",
        "application/pdf",
        6,
    )
    assert (await fetch(stage, stage.learner, private["url"])).status == 200
    assert (await fetch(stage, stage.mentor, private["url"])).status == 404
    await learner.say("chat", text="", files=[public["id"]])
    assert (await mentor.hear("chat"))["files"] == [public]
    await learner.say("chat", text="for you", files=[private["id"]], to=mentor.id)
    assert (await mentor.hear("chat"))["files"] == [private]
    stranger = await makers.person("zoe")
    for viewer, url, status in (
        (stage.other, public["url"], 200),
        (stage.mentor, private["url"], 200),
        (stage.other, private["url"], 404),
        (stranger, public["url"], 403),
    ):
        assert (await fetch(stage, viewer, url)).status == status
    picture, document = [await fetch(stage, stage.mentor, one["url"]) for one in (public, private)]
    assert picture.headers["Content-Disposition"].startswith("inline")
    assert document.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in document.headers["Content-Security-Policy"]
    assert await document.read() == b"%PDF-1"
    again = await stage.enter(stage.other)
    assert [line["files"] for line in again.joined["chat"]] == [[public]]


async def test_files_are_handed_round_once_and_by_who_brought_them(stage: Stage) -> None:
    learner, other = await stage.enter(stage.learner), await stage.enter(stage.other)
    kept = await uploaded(stage, stage.learner)
    await other.say("chat", text="mine", files=[kept["id"]])
    assert await error_of(other) == "no_file"
    for text in ("first", "second"):
        await learner.say("chat", text=text, files=[kept["id"]])
    assert await error_of(learner) == "no_file"
    await learner.say("chat", text="many", files=[kept["id"]] * 6)
    assert await error_of(learner) == "too_long"
    await learner.say("chat", text="", files=[])
    assert await error_of(learner) == "invalid"
    assert [line["text"] for line in (await stage.enter(stage.other)).joined["chat"]] == ["first"]


async def test_what_cant_be_handed_round_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await upload(stage, stage.learner)).status == 403  # not in the room yet
    await stage.enter(stage.learner)
    assert (await upload(stage, stage.learner, b"")).status == 422
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    answer = await upload(stage, stage.learner, b"%PDF-" + bytes(10))
    assert (answer.status, "file" in (await answer.json())["error"]["fields"]) == (422, True)


@BOTH
async def test_a_line_that_is_taken_back_is_read_by_nobody_and_kept_for_the_staff(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    kept = await uploaded(stage, stage.learner)
    await learner.say("chat", text="secret", files=[kept["id"]])
    line = await mentor.hear("chat")
    await learner.say("chat-remove", id=line["id"])
    for client in (mentor, learner):
        assert (await client.hear("chat-removed"))["id"] == line["id"]
    assert (await fetch(stage, stage.learner, kept["url"])).status == 404
    (shown,) = (await stage.enter(stage.other)).joined["chat"]
    assert (shown["removed"], shown["text"], shown["files"]) == (True, "", [])
    for client in (*stage.clients,):
        await client.leave()
    await stage.hub.journal.settled()
    (shown,) = (await stage.enter(stage.mentor)).joined["chat"]
    assert (shown["removed"], shown["text"], shown["files"]) == (True, "", [])
    row = await ChatMessage.get(public_id=line["id"])
    assert (row.text, row.removed_at is not None) == ("secret", True)
    assert await ChatFile.filter(message_id=row.id).count() == 1


async def test_own_lines_can_be_taken_back_for_ten_minutes_and_any_by_the_mentor(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    other = await stage.enter(stage.other)
    await learner.say("chat", text="rude")
    line = await mentor.hear("chat")
    await other.say("chat-remove", id=line["id"])
    assert await error_of(other) == "forbidden"
    await stage.pass_time(minutes=11)
    await learner.say("chat-remove", id=line["id"])
    assert await error_of(learner) == "forbidden"
    await mentor.say("chat-remove", id=line["id"])
    await other.hear("chat-removed")
    assert await events(stage, "moderation") == [{"action": "chat-remove", "line": line["id"]}]
    await mentor.say("chat-remove", id=line["id"])
    assert await error_of(mentor) == "no_line"


async def test_a_private_line_is_taken_back_between_its_two(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    other = await stage.enter(stage.other)
    await moderate(mentor, "cohost", other.id)
    await other.hear("moderated")
    await learner.say("chat", text="psst", to=mentor.id)
    line = await mentor.hear("chat")
    await other.say("chat-remove", id=line["id"])
    assert await error_of(other) == "no_line"  # a co-host reads no private lines of others
    await learner.say("chat-remove", id=line["id"])
    await mentor.hear("chat-removed")
    await other.sync()
    assert not other.heard("chat-removed")


async def test_what_was_never_handed_round_is_forgotten_after_a_day(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    unsent, sent = await uploaded(stage, stage.learner), await uploaded(stage, stage.learner)
    await learner.say("chat", text="here", files=[sent["id"]])
    await learner.hear("chat")
    key = (await ChatFile.get(public_id=unsent["id"])).storage_key
    await ChatFile.all().update(at=clock.now() - timedelta(days=1, seconds=1))
    assert await files.drop_unsent() == 1
    await stage.run_jobs()
    assert [str(row.public_id) for row in await ChatFile.all()] == [sent["id"]]
    with pytest.raises(Missing):
        await files.storage().size(key)
