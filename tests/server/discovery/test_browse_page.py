"""The page of the timetable: its filters in the address, and what it says where it finds nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from aiohttp.test_utils import TestClient

from server.booking.models import Session
from server.booking.times import next_mark
from server.infra import clock
from server.infra.clock import ManualClock
from tests.server.booking.makers import cookie, mentor, person, published, skill

TITLES = re.compile(r'class="session-link" href="/sessions/[^"]+">([^<]+)<')


async def page_of(http: TestClient, path: str, headers: dict[str, str] | None = None) -> str:
    async with http.get(path, headers=headers or {}, allow_redirects=False) as answer:
        assert answer.status == 200, path
        return await answer.text()


async def count(http: TestClient, path: str, headers: dict[str, str] | None = None) -> int:
    return len(TITLES.findall(await page_of(http, path, headers)))


async def programme() -> None:
    start = next_mark(clock.now()) + timedelta(hours=3)
    mira = await mentor()
    await skill("sql", "SQL")
    await skill("python", "Python")
    await published(mira, start, title="Joins", skills=["sql"])
    later = {"skills": ["python"], "level": "advanced", "language": "de"}
    await published(mira, start + timedelta(hours=2), title="Loops", **later)
    await published(mira, start + timedelta(hours=4), title="Pandas", skills=["python", "sql"])


async def test_several_skills_stand_in_the_address_and_each_can_be_taken_away(http: TestClient) -> None:
    await programme()
    for path in ("/sessions/?skill=sql&skill=python", "/sessions/?skill=sql,python"):
        page = await page_of(http, path)
        assert TITLES.findall(page) == ["Joins", "Loops", "Pandas"]
        assert 'href="/sessions/?skill=python">SQL' in page
        assert 'href="/sessions/?skill=sql">Python' in page
        assert page.count(" checked>") == 2


async def test_where_nothing_is_found_the_filters_in_the_way_are_counted(http: TestClient) -> None:
    await programme()
    page = await page_of(http, "/sessions/?skill=python&level=beginner&language=de")
    assert "Nothing matches all of that" in page
    ways = re.findall(r"<span>Without ([^<]+)</span><span[^>]*>([^<]+)<", page)
    assert ways == [("Beginner", "1 session"), ("In German", "1 session")]
    assert 'href="/sessions/?skill=python&amp;level=beginner"' in page
    assert "Or look at all 3 sessions" in page


async def test_where_no_single_filter_is_in_the_way_that_is_said(http: TestClient) -> None:
    await programme()
    page = await page_of(http, "/sessions/?q=zebra&language=pl")
    assert "No single filter is in the way" in page
    assert "Show all 3 sessions" in page


async def test_a_page_after_the_last_leads_to_the_last(http: TestClient) -> None:
    await programme()
    path = "/sessions/?q=o&page=7"
    async with http.get(path, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/sessions/?q=o&page=1")


async def test_days_are_those_of_whoever_looks(http: TestClient, moved_clock: ManualClock) -> None:
    moved_clock.set(datetime(2030, 10, 25, 12, tzinfo=UTC))
    midnight = datetime(2030, 10, 26, 22, 30, tzinfo=UTC)  # Sunday, half past midnight, in Berlin
    await published(await mentor(), midnight, title="Night")
    lea = await cookie(await person("lea", zone="Europe/Berlin"))
    for day, seen_in_utc, seen_in_berlin in (("26", 1, 0), ("27", 0, 1)):
        path = f"/sessions/?from=2030-10-{day}&to=2030-10-{day}"
        assert len(TITLES.findall(await page_of(http, path))) == seen_in_utc
        assert (
            len(TITLES.findall(await page_of(http, f"{path}&timezone=Europe/Berlin"))) == seen_in_berlin
        )
        assert len(TITLES.findall(await page_of(http, path, lea))) == seen_in_berlin
    assert "From Sun 27 Oct 2030" in await page_of(http, "/sessions/?from=2030-10-27", lea)


async def test_amounts_of_the_page_are_in_its_currency(http: TestClient) -> None:
    await programme()
    await Session.filter(title="Loops").update(price_minor=1500, currency="JPY")
    page = await page_of(http, "/sessions/?price_max=2000")
    assert TITLES.findall(page) == ["Joins", "Pandas"]
    assert "Up to €20.00" in page
    page = await page_of(http, "/sessions/?price_max=2000&currency=JPY")
    assert TITLES.findall(page) == ["Joins", "Loops", "Pandas"]
    assert "Up to ¥2,000" in page
