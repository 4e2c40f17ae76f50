"""The calendar's pages, and the file of one session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service
from server.booking.models import Booking, Session
from server.calendar.agenda import lessons_between
from server.edge.access import Viewer
from server.people.models import AvailabilityRule
from tests.databases import BOTH
from tests.server.booking.makers import cookie, draft, mentor, person, published
from tests.server.calendar.lessons import NOW, START, lesson
from tests.server.calendar.rules import addresses, method, one

pytestmark = pytest.mark.usefixtures("time")
YEAR = timedelta(days=365)


async def page(http: TestClient, who: Viewer, query: str = "") -> str:
    async with http.get(f"/dashboard/calendar{query}", headers=await cookie(who)) as answer:
        assert answer.status == 200
        return " ".join((await answer.text()).split())


@BOTH
async def test_calendar_holds_what_one_teaches_and_what_one_booked(http: TestClient) -> None:
    session_id, mira, lea = await lesson()
    other = await published(await mentor("tomas"), START + timedelta(hours=3))
    await service.book_session(other, mira)
    taught, booked = await lessons_between(mira.user_id, NOW, NOW + YEAR)
    assert (taught.id, taught.teaching, taught.mentor) == (session_id, True, "")
    assert (booked.id, booked.teaching, booked.mentor) == (other, False, "Tomas")
    (hers,) = await lessons_between(lea.user_id, NOW, NOW + YEAR)
    assert (hers.id, hers.held) == (session_id, False)


@BOTH
async def test_calendar_leaves_out_drafts_and_what_was_called_off(http: TestClient) -> None:
    session_id, mira, lea = await lesson()
    await draft(mira, START + timedelta(hours=2))
    await service.leave_session(session_id, lea)
    assert await lessons_between(lea.user_id, NOW, NOW + YEAR) == []
    assert len(await lessons_between(mira.user_id, NOW, NOW + YEAR)) == 1
    await service.cancel_session(session_id, mira)
    assert await lessons_between(mira.user_id, NOW, NOW + YEAR) == []


async def test_calendar_shows_a_seat_that_is_held_as_such(http: TestClient) -> None:
    session_id, _, lea = await lesson()
    await Booking.filter(session_id=session_id).update(status="held", hold_expires_at=START)
    (hers,) = await lessons_between(lea.user_id, NOW, NOW + YEAR)
    assert hers.held
    assert "Seat held" in await page(http, lea, "?view=week&day=2026-03-29")


async def test_only_what_touches_the_stretch_is_there(http: TestClient) -> None:
    _, _, lea = await lesson()
    for since, until, count in (
        (START + timedelta(hours=1), START + YEAR, 0),
        (START - YEAR, START, 0),
        (START + timedelta(minutes=30), START + timedelta(minutes=40), 1),
    ):
        assert len(await lessons_between(lea.user_id, since, until)) == count


async def test_month_is_in_the_viewers_zone(http: TestClient) -> None:
    await lesson()
    lea = await person("amara", zone="Pacific/Auckland")
    await service.book_session((await Session.first()).id, lea)  # type: ignore[union-attr]
    text = await page(http, lea)
    assert "March 2026" in text
    assert "Sunday, 29 March" in text
    assert "23:00–00:00" in text
    assert "Your time, Auckland" in text


async def test_week_of_a_clock_change_says_so(http: TestClient) -> None:
    _, _, lea = await lesson()
    text = await page(http, lea, "?view=week&day=2026-03-25")
    assert "23–29 March 2026" in text
    assert "23 hours: clocks change" in text
    assert "12:00–13:00" in text
    assert text.count("clocks change") == 2  # in the table, and in the list for phones


async def test_mentor_sees_the_hours_in_which_they_teach(http: TestClient) -> None:
    _, mira, lea = await lesson()
    await AvailabilityRule.create(user_id=mira.user_id, weekday=1, start_minute=540, end_minute=720)
    assert "you teach 09:00–12:00" in await page(http, mira, "?view=week")
    assert "when you teach" not in await page(http, lea, "?view=week")


@pytest.mark.parametrize(
    "query", ["?view=year", "?day=tomorrow", "?day=0001-01-01", "?view=week&day=9999-12-31"]
)
async def test_address_that_means_nothing_is_read_as_well_as_can_be(http: TestClient, query: str) -> None:
    lea = await person("lea")
    text = await page(http, lea, query)
    assert "Nothing planned" in text


async def test_pages_turn_to_the_months_and_weeks_beside(http: TestClient) -> None:
    lea = await person("lea")
    text = await page(http, lea, "?day=2026-12-15")
    assert "view=month&amp;day=2026-11-01" in text
    assert "view=month&amp;day=2027-01-01" in text
    text = await page(http, lea, "?view=week&day=2026-12-30")
    assert "28 December 2026–3 January 2027" in text
    assert "view=week&amp;day=2027-01-04" in text


async def test_file_of_a_session_is_for_whoever_can_see_it(http: TestClient) -> None:
    session_id, mira, lea = await lesson()
    path = f"/api/v1/sessions/{session_id}/calendar.ics"
    for headers in ({}, await cookie(lea), await cookie(mira)):
        async with http.get(path, headers=headers) as answer:
            assert answer.status == 200
            assert answer.content_type == "text/calendar"
            assert "attachment" in answer.headers["Content-Disposition"]
            text = await answer.text()
        assert method(text) == "PUBLISH"
        assert one(text)["UID"] == str(session_id)
        assert addresses(text) == {"no-reply@127.0.0.1"}


async def test_draft_has_no_file(http: TestClient) -> None:
    mira = await mentor()
    path = f"/api/v1/sessions/{await draft(mira, START)}/calendar.ics"
    async with http.get(path) as answer:
        assert answer.status == 404
    async with http.get(path, headers=await cookie(mira)) as answer:
        assert answer.status == 409


async def test_session_page_offers_calendars_to_those_who_come(http: TestClient) -> None:
    session_id, mira, lea = await lesson()
    for who, offered in ((mira, True), (lea, True), (await person("jun"), False)):
        async with http.get(f"/sessions/{session_id}", headers=await cookie(who)) as answer:
            text = await answer.text()
        assert ("Add to calendar" in text) is offered
        assert ("20260329T100000Z%2F20260329T110000Z" in text) is offered
