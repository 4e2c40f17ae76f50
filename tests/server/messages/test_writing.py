"""Writing: numbers, who may, whom it reaches, and what comes back when it is sent again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from server.infra.clock import ManualClock
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound, Throttled
from server.messages import writing
from server.messages.circles import door_of
from server.messages.models import Conversation, Message
from server.messages.values import Door
from server.messages.writing import MAX_TEXT, PER_MINUTE, NewMessage
from server.people import circle as people_circle
from server.people.privacy import DEFAULTS, Audience, set_privacy
from tests.databases import BOTH
from tests.factories import Api
from tests.server.booking.makers import bearer, mentor, person
from tests.server.messages.makers import circle, lesson, say, texts

pytestmark = pytest.mark.usefixtures("database")


@BOTH
async def test_two_who_write_at_once_leave_no_gap_in_the_numbers() -> None:
    lea, mira = await person("lea"), await mentor()
    await asyncio.gather(
        *(say(lea, "mira", f"lea {number}") for number in range(12)),
        *(say(mira, "lea", f"mira {number}") for number in range(12)),
    )
    assert await Conversation.all().count() == 1
    numbers = await Message.all().order_by("seq").values_list("seq", flat=True)
    assert list(numbers) == list(range(1, 25))
    assert (await Conversation.get()).last_seq == 24


@BOTH
async def test_message_sent_again_with_its_key_is_the_first_one() -> None:
    lea, _ = await person("lea"), await mentor()
    again = NewMessage("Hello", client_key="k1")
    found = await circle(lea, "mira")
    sent = await asyncio.gather(*(writing.write(lea, found, again) for _ in range(8)))
    assert [one.new for one in sent].count(True) == 1
    assert {one.line.id for one in sent} == {sent[0].line.id}
    assert await Message.all().count() == 1
    other = await writing.write(lea, await circle(lea, "mira"), NewMessage("Else", client_key="k2"))
    assert other.line.seq == 2


async def test_request_sent_again_with_its_idempotency_key_writes_once(http: TestClient) -> None:
    lea, _ = await person("lea"), await mentor()
    api, to = Api(http, headers=await bearer(lea)), "/conversations/mira/messages"
    key = {"Idempotency-Key": "k1"}
    first, again = [await api.post(to, {"text": "Hello"}, headers=key) for _ in range(2)]
    assert (first.status, again.status, again.data) == (201, 201, first.data)
    assert (await api.post(to, {"text": "Another"}, headers=key)).status == 409
    assert await Message.all().count() == 1


async def test_key_is_the_senders_own() -> None:
    lea, mira = await person("lea"), await mentor()
    await say(lea, "mira", "from Lea", client_key="same")
    await say(mira, "lea", "from Mira", client_key="same")
    assert await texts(lea, "mira") == ["from Lea", "from Mira"]


async def test_unverified_people_can_read_but_not_write() -> None:
    newcomer, mira = await person("new", verified=False), await mentor()
    await say(mira, "new", "Welcome")
    assert await texts(newcomer, "mira") == ["Welcome"]
    with pytest.raises(Forbidden) as refused:
        await say(newcomer, "mira")
    assert refused.value.code == "unverified"


@BOTH
async def test_who_hears_from_nobody_hears_from_whom_they_follow_teach_or_wrote_to() -> None:
    mira = await mentor()
    await set_privacy(mira.user_id, replace(DEFAULTS, messages=Audience.NOBODY))
    stranger, followed, learner, asked = [await person(name) for name in ("a", "b", "c", "d")]
    await people_circle.follow(mira, "b")
    await lesson(mira, [learner])
    await say(mira, "d")
    with pytest.raises(Forbidden) as refused:
        await say(stranger, "mira")
    assert refused.value.code == "not_open"
    doors = [await door_of(each, await circle(each, "mira")) for each in (followed, learner, asked)]
    assert doors == [Door.OPEN] * 3


@BOTH
@pytest.mark.parametrize("blocker", ["lea", "mira"])
async def test_blocked_either_way_neither_finds_the_other(blocker: str) -> None:
    lea, mira = await person("lea"), await mentor()
    await say(lea, "mira")
    by, whom = (lea, "mira") if blocker == "lea" else (mira, "lea")
    await people_circle.block(by, whom)
    for one, other in ((lea, "mira"), (mira, "lea")):
        with pytest.raises(NotFound):
            await circle(one, other)
    await people_circle.unblock(by, whom)
    assert await texts(mira, "lea") == ["Hello"]


async def test_block_that_comes_while_one_writes_counts() -> None:
    lea, mira = await person("lea"), await mentor()
    found = await circle(lea, "mira")
    await people_circle.block(mira, "lea")
    with pytest.raises(NotFound):
        await writing.write(lea, found, NewMessage("still there?"))


async def test_nobody_writes_to_themselves_or_to_nobody() -> None:
    lea = await person("lea")
    with pytest.raises(Conflict):
        await circle(lea, "lea")
    with pytest.raises(NotFound):
        await circle(lea, "nobody")


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (MAX_TEXT + 1)])
async def test_text_that_is_empty_or_too_long_names_the_field(text: str) -> None:
    lea, _ = await person("lea"), await mentor()
    with pytest.raises(Invalid) as refused:
        await say(lea, "mira", text)
    assert refused.value.fields.keys() == {"text"}


async def test_contact_data_is_asked_about_until_there_is_a_lesson_together() -> None:
    lea, mira = await person("lea"), await mentor()
    with pytest.raises(Invalid) as refused:
        await say(lea, "mira", "Call me: +49 151 23456789")
    assert (refused.value.code, refused.value.fields) == ("contact_data", {"text": "contact_data"})
    await say(lea, "mira", "Call me: +49 151 23456789", acknowledged=True)
    await lesson(mira, [lea])
    await say(mira, "lea", "mira@example.com")


async def test_who_writes_too_much_waits(moved_clock: ManualClock) -> None:
    lea, _ = await person("lea"), await mentor()
    for _ in range(PER_MINUTE.count):
        await say(lea, "mira")
    with pytest.raises(Throttled):
        await say(lea, "mira")
    moved_clock.advance(timedelta(minutes=1, seconds=1))
    await say(lea, "mira")


async def test_own_message_is_taken_back_and_nobody_elses() -> None:
    lea, mira = await person("lea"), await mentor()
    mine, theirs = await say(lea, "mira", "oops"), await say(mira, "lea", "what?")
    await writing.remove(lea, mine.id)
    with pytest.raises(Forbidden):
        await writing.remove(lea, theirs.id)
    assert await texts(mira, "lea") == ["", "what?"]
    stranger = await person("eve")
    with pytest.raises(NotFound):
        await writing.remove(stranger, theirs.id)
