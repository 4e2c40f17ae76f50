"""Reading: what each sees, how much is unread, and what the list and a search show."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.booking import service as booking
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.infra.errors import NotFound
from server.infra.models import MailRow
from server.messages import listing, reading, writing
from server.notifications.models import Notification
from server.people import circle as people_circle
from tests.databases import BOTH
from tests.server.booking.makers import mentor, person
from tests.server.messages.makers import circle, lesson, say, texts

pytestmark = pytest.mark.usefixtures("database")


async def unread(viewer: Viewer) -> dict[str, int]:
    rows, _ = await listing.conversations(viewer.user_id, 0, 50)
    return {row.title: row.unread for row in rows}


@BOTH
async def test_unread_messages_are_counted_until_they_are_read() -> None:
    lea, mira, jun = await person("lea"), await mentor(), await person("jun")
    for text in ("one", "two", "three"):
        await say(mira, "lea", text)
    await say(jun, "lea")
    assert await unread(lea) == {"Jun": 1, "Mira": 3}
    assert await unread(mira) == {"Lea": 0}
    with_mira = await circle(lea, "mira")
    assert await reading.read_up_to(lea, with_mira, 2) == 2
    assert await reading.read_up_to(lea, with_mira, 1) == 2
    assert await unread(lea) == {"Jun": 1, "Mira": 1}
    assert await reading.read_up_to(lea, with_mira, 99) == 3
    assert await unread(lea) == {"Jun": 1, "Mira": 0}
    place = await reading.place_in(mira, await circle(mira, "lea"))
    assert place.partner_read_seq == 3
    assert place.partner_read_at is not None


async def test_who_answers_has_read_what_is_above_and_taken_back_ones_dont_count() -> None:
    lea, mira = await person("lea"), await mentor()
    gone = await say(mira, "lea", "oops")
    await say(mira, "lea", "meant this")
    await writing.remove(mira, gone.id)
    assert await unread(lea) == {"Mira": 1}
    await say(lea, "mira", "fine")
    assert await unread(lea) == {"Mira": 0}


async def test_lines_come_by_number_without_a_gap() -> None:
    lea, mira = await person("lea"), await mentor()
    for number in range(1, 8):
        await say(mira, "lea", str(number))
    found = await circle(lea, "mira")
    assert [line.text for line in await reading.lines(lea, found, after=4)] == ["5", "6", "7"]
    assert [line.text for line in await reading.lines(lea, found, after=1, limit=2)] == ["2", "3"]
    assert [line.text for line in await reading.lines(lea, found, before=4, limit=2)] == ["2", "3"]
    assert [line.text for line in await reading.lines(lea, found, limit=2)] == ["6", "7"]


# --- a session


@BOTH
async def test_everybody_of_a_session_reads_there_and_nobody_else() -> None:
    mira, lea, jun, eve = await mentor(), await person("lea"), await person("jun"), await person("eve")
    session = await lesson(mira, [lea, jun])
    await say(lea, session, "May I bring a friend?")
    assert await texts(jun, session) == await texts(mira, session) == ["May I bring a friend?"]
    assert await unread(jun) == {"Closures by example": 1}
    with pytest.raises(NotFound):
        await circle(eve, session)
    await booking.leave_session(session, jun)
    with pytest.raises(NotFound):
        await circle(jun, session)
    assert await unread(jun) == {}


@BOTH
async def test_blocked_people_dont_read_each_other_in_a_session(
    run_jobs: Callable[[], Awaitable[int]],
) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    session = await lesson(mira, [lea, jun])
    await people_circle.block(lea, "jun")
    await say(jun, session, "from Jun")
    await say(mira, session, "from Mira")
    await say(lea, session, "from Lea")
    await run_jobs()
    assert await texts(lea, session) == ["from Mira", "from Lea"]
    assert await texts(jun, session) == ["from Jun", "from Mira"]
    assert await texts(mira, session) == ["from Jun", "from Mira", "from Lea"]
    told = Notification.filter(kind__startswith="message")
    assert await told.filter(user_id=lea.user_id, actor_id=jun.user_id).count() == 0
    assert await told.filter(user_id=jun.user_id, actor_id=lea.user_id).count() == 0
    assert [found.line.text for found in await listing.search(jun.user_id, "from")] == [
        "from Mira",
        "from Jun",
    ]


async def test_who_left_a_session_hears_nothing_until_they_write_there() -> None:
    mira, lea = await mentor(), await person("lea")
    session = await lesson(mira, [lea])
    await say(mira, session, "one")
    await writing.leave(lea, await circle(lea, session))
    await say(mira, session, "two")
    assert await unread(lea) == {}
    await say(lea, session, "back again")
    assert await unread(lea) == {"Closures by example": 0}


async def test_conversation_of_two_that_was_put_away_comes_back_with_a_message() -> None:
    mira, lea = await mentor(), await person("lea")
    await say(mira, "lea")
    await writing.leave(lea, await circle(lea, "mira"))
    assert await unread(lea) == {}
    await say(mira, "lea", "still there?")
    assert await unread(lea) == {"Mira": 2}


# --- searching


@BOTH
async def test_search_finds_words_as_they_are_written() -> None:
    mira, lea, eve = await mentor(), await person("lea"), await person("eve")
    for text in ("100% of it", "100 of it", "a_b", "aXb", "Größe"):
        await say(mira, "lea", text)
    await say(eve, "mira", "100% secret")

    async def found(words: str) -> list[str]:
        return [one.line.text for one in await listing.search(lea.user_id, words)]

    assert await found("100%") == ["100% of it"]
    assert await found("A_B") == ["a_b"]
    assert await found("\\") == await found("x") == []
    assert await found("GR") == ["Größe"]


# --- telling


@BOTH
async def test_mail_goes_out_after_ten_minutes_to_who_has_not_read(
    moved_clock: ManualClock, run_jobs: Callable[[], Awaitable[int]]
) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    await run_jobs()
    for text in ("one", "two"):
        await say(mira, "lea", text)
        await say(mira, "jun", text)
        await run_jobs()
    assert await Notification.filter(user_id=lea.user_id).count() == 2
    assert await mailed() == []
    await reading.read_up_to(jun, await circle(jun, "mira"), 2)
    assert await Notification.filter(user_id=jun.user_id, read_at__isnull=True).count() == 0
    moved_clock.advance(timedelta(minutes=10, seconds=1))
    await run_jobs()
    assert await mailed() == ["lea@example.com"]


async def mailed() -> list[str]:
    return [row.recipient for row in await MailRow.filter(subject__contains="wrote").order_by("id")]


async def test_muted_conversation_tells_nothing(run_jobs: Callable[[], Awaitable[int]]) -> None:
    mira, lea = await mentor(), await person("lea")
    await say(mira, "lea")
    await run_jobs()
    await writing.set_muted(lea, await circle(lea, "mira"), True)
    await say(mira, "lea", "psst")
    await run_jobs()
    assert await Notification.filter(user_id=lea.user_id).count() == 1
    assert await unread(lea) == {"Mira": 2}
