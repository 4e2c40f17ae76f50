"""The feed: who has its address reads it, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from server.accounts.models import User
from server.booking import service
from server.booking.models import Booking, Session
from server.booking.policy import policy_named
from server.calendar import feeds
from server.calendar.models import CalendarFeed
from server.calendar.secrets import LENGTH, feed_named, secret_of
from server.edge.access import Viewer
from server.edge.keys import SETTINGS
from server.infra.clock import ManualClock
from tests.databases import BOTH
from tests.server.booking.makers import cookie, person
from tests.server.calendar.lessons import NOW, START, lesson, moved
from tests.server.calendar.rules import addresses, events, one

pytestmark = pytest.mark.usefixtures("time")
KEY = "k" * 32


def test_secret_names_its_feed_and_nothing_else_does() -> None:
    feed_id = uuid4()
    secret = secret_of(KEY, feed_id)
    assert len(secret) == LENGTH
    assert feed_named(KEY, secret) == feed_id
    assert feed_named("another key", secret) is None
    others = ("", "x" * LENGTH, "é" * LENGTH, "=" * LENGTH, secret[:-1], secret + "A", secret.swapcase())
    assert not [each for each in others if feed_named(KEY, each)]


def test_no_bit_of_a_secret_can_be_changed() -> None:
    secret = secret_of(KEY, UUID(int=7))
    for at, letter in enumerate(secret):
        changed = secret[:at] + ("B" if letter == "A" else "A") + secret[at + 1 :]
        assert feed_named(KEY, changed) is None


async def address(http: TestClient, who: Viewer) -> str:
    await feeds.turn_on(who.user_id)
    feed = await feeds.feed_of(who.user_id)
    assert feed is not None
    assert http.app is not None
    return f"/calendar/{secret_of(http.app[SETTINGS].secret_key, feed.id)}.ics"


async def read(http: TestClient, path: str, **headers: str) -> tuple[ClientResponse, str]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    async with http.get(path, headers=names) as answer:
        return answer, await answer.text()


@BOTH
async def test_feed_has_ones_own_lessons_and_no_addresses(http: TestClient) -> None:
    session_id, mira, lea = await lesson()
    jun = await person("jun")
    await service.book_session(session_id, jun)
    for who in (mira, lea):
        answer, text = await read(http, await address(http, who))
        assert answer.status == 200
        assert answer.content_type == "text/calendar"
        assert answer.charset == "utf-8"
        assert "private" in answer.headers["Cache-Control"]
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert one(text)["UID"] == str(session_id)
        assert addresses(text) == {"no-reply@127.0.0.1"}
        assert "jun" not in text.lower()
    _, text = await read(http, await address(http, await person("amara")))
    assert events(text) == []


async def test_event_says_what_was_promised_when_the_seat_was_taken(http: TestClient) -> None:
    """Neither a new policy of the session nor a new price changes what its learners were told."""
    session_id, _, lea = await lesson()
    strict = policy_named("strict").snapshot()
    await Booking.filter(session_id=session_id).update(price_minor=2000, policy=strict)
    await Session.filter(id=session_id).update(price_minor=0, policy="flexible")
    _, text = await read(http, await address(http, lea))
    said = str(one(text)["DESCRIPTION"])
    assert "at least 7 days before: all of the price back" in said
    assert "at least 4 hours" not in said


async def test_program_that_has_it_gets_it_again_only_when_it_changed(
    http: TestClient, time: ManualClock
) -> None:
    session_id, _, lea = await lesson()
    path = await address(http, lea)
    first, _ = await read(http, path)
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    time.advance(timedelta(minutes=30))
    assert (await read(http, path, If_None_Match=tag))[0].status == 304
    assert (await read(http, path, If_Modified_Since=changed))[0].status == 304
    assert (await read(http, path, If_None_Match='"old"', If_Modified_Since=changed))[0].status == 200
    await moved(session_id, START + timedelta(days=1))
    assert (await read(http, path, If_Modified_Since=changed))[0].status == 200
    answer, text = await read(http, path, If_None_Match=tag)
    assert answer.status == 200
    assert one(text)["SEQUENCE"] == 1
    assert answer.headers["Last-Modified"] != changed


async def test_cancelled_lesson_stays_for_a_while_as_such(http: TestClient, time: ManualClock) -> None:
    session_id, _, lea = await lesson()
    path = await address(http, lea)
    await service.leave_session(session_id, lea)
    _, text = await read(http, path)
    assert (one(text)["STATUS"], one(text)["SEQUENCE"]) == ("CANCELLED", 1)
    time.set(START + timedelta(days=31))
    _, text = await read(http, path)
    assert events(text) == []


async def test_past_lessons_stay_for_three_months(http: TestClient, time: ManualClock) -> None:
    _, _, lea = await lesson()
    path = await address(http, lea)
    time.set(START + timedelta(days=89))
    assert len(events((await read(http, path))[1])) == 1
    time.set(START + timedelta(days=91))
    assert events((await read(http, path))[1]) == []


@BOTH
async def test_new_address_ends_the_old_one(http: TestClient) -> None:
    _, _, lea = await lesson()
    old = await address(http, lea)
    await feeds.renew(lea.user_id)
    new = await address(http, lea)
    assert old != new
    assert (await read(http, old))[0].status == 404
    assert (await read(http, new))[0].status == 200
    await feeds.turn_off(lea.user_id)
    assert (await read(http, new))[0].status == 404


@pytest.mark.parametrize("status", ["suspended", "banned", "closing", "erased"])
async def test_feed_of_somebody_who_is_not_active_is_not_there(http: TestClient, status: str) -> None:
    lea = await person("lea")
    path = await address(http, lea)
    await User.filter(id=lea.user_id).update(status=status)
    assert (await read(http, path))[0].status == 404


async def test_guessing_is_slowed_down(http: TestClient) -> None:
    for _ in range(30):
        assert (await read(http, f"/calendar/{'A' * LENGTH}.ics"))[0].status == 404
    assert (await read(http, f"/calendar/{'A' * LENGTH}.ics"))[0].status == 429


async def test_program_that_asks_all_the_time_waits(http: TestClient) -> None:
    path = await address(http, await person("lea"))
    statuses = [(await read(http, path))[0].status for _ in range(61)]
    assert statuses[59:] == [200, 429]


async def test_when_a_program_last_read_it_is_written_down(http: TestClient, time: ManualClock) -> None:
    lea = await person("lea")
    path = await address(http, lea)
    await read(http, path)
    time.advance(timedelta(minutes=5))
    await read(http, path)
    assert (await CalendarFeed.get(user_id=lea.user_id)).read_at == NOW
    time.advance(timedelta(minutes=5))
    await read(http, path)
    assert (await CalendarFeed.get(user_id=lea.user_id)).read_at == NOW + timedelta(minutes=10)


async def test_page_makes_renews_and_ends_the_address(http: TestClient) -> None:
    lea = await person("lea")
    headers = await cookie(lea)

    async def press(do: str) -> str:
        async with http.get("/dashboard/calendar/feed", headers=headers) as page:
            text = await page.text()
        token = text.partition('name="csrf-token" content="')[2].partition('"')[0]
        data = {"do": do, "csrf_token": token}
        async with http.post("/dashboard/calendar/feed", data=data, headers=headers) as page:
            assert page.status == 200
            return await page.text()

    def shown(text: str) -> str:
        return text.partition('id="feed">')[2].partition("<")[0]

    made = shown(await press("on"))
    assert made.endswith(".ics")
    assert shown(await press("on")) == made
    renewed = shown(await press("renew"))
    assert renewed.endswith(".ics")
    assert renewed != made
    assert shown(await press("nothing")) == renewed
    assert shown(await press("off")) == ""
