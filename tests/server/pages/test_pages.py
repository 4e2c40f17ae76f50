"""The landing page and the dashboards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.accounts import service as accounts
from server.booking import service
from server.booking.times import next_mark
from server.infra import clock
from server.pages.demo import seed_demo
from tests.databases import BOTH
from tests.server.booking.makers import cookie, draft, form, mentor, person, published


async def read(http: TestClient, path: str, headers: dict[str, str] | None = None) -> str:
    async with http.get(path, headers=headers) as response:
        assert response.status == 200
        return await response.text()


async def test_landing_page_of_an_empty_installation_invents_nothing(http: TestClient) -> None:
    page = await read(http, "/")
    assert "The timetable is still empty" in page
    assert "So far" not in page


@BOTH
async def test_landing_page_counts_what_is_there(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    await published(mira)
    start = next_mark(clock.now()) - timedelta(days=2)
    past = form(start, duration_minutes=120)
    await service.record_past_session(mira, past, [lea.user_id])
    figures = await service.figures()
    assert (figures.sessions, figures.hours) == (2, 2)
    page = await read(http, "/")
    assert "So far" in page
    assert "Mira" in page


async def test_full_and_past_sessions_are_not_featured(http: TestClient) -> None:
    mira = await mentor()
    session_id = await published(mira, title="Sold out soon")
    assert "Sold out soon" in await read(http, "/")
    await service.book_session(session_id, await person("lea"))
    assert "Sold out soon" not in await read(http, "/")


async def test_learners_overview_shows_what_is_next_and_suggests_the_rest(http: TestClient) -> None:
    lea = await person("lea")
    start = next_mark(clock.now()) + timedelta(hours=2)
    booked = await published(await mentor("mira"), start, title="Booked one")
    await published(await mentor("max"), start + timedelta(hours=3), title="Other one")
    await service.book_session(booked, lea)
    page = await read(http, "/dashboard/learner/overview", await cookie(lea))
    suggestions = page.partition("You might like")[2]
    assert "Booked one" in page.partition("You might like")[0]
    assert "Other one" in suggestions
    assert "Booked one" not in suggestions


async def test_mentors_own_sessions_are_not_suggested_to_them(http: TestClient) -> None:
    mira = await person("mira", "mentor", "learner")
    await published(mira, title="My own")
    assert "My own" not in await read(http, "/dashboard/learner/overview", await cookie(mira))


async def test_mentors_overview_lists_drafts_as_tasks(http: TestClient) -> None:
    mira = await mentor()
    session_id = await draft(mira, title="Half written")
    page = await read(http, "/dashboard/mentor/overview", await cookie(mira))
    assert "Half written" in page
    assert f'href="/sessions/{session_id}"' in page


async def test_dashboard_leads_to_the_one_used_last(http: TestClient) -> None:
    headers = await cookie(await person("mira", "mentor", "learner"))
    for desk in ("learner", "mentor"):
        await read(http, f"/dashboard/{desk}/overview", headers)
        async with http.get("/dashboard/", headers=headers, allow_redirects=False) as response:
            assert response.status == 303
            assert response.headers["Location"] == f"/dashboard/{desk}/overview"


@pytest.mark.parametrize(
    ("username", "paths"),
    [
        ("olga", ("/dashboard/admin/overview",)),
        ("mira", ("/dashboard/mentor/overview", "/dashboard/mentor/sessions?tab=past")),
        ("lea", ("/dashboard/learner/overview", "/dashboard/learner/bookings?tab=past")),
    ],
)
async def test_no_page_of_the_demo_is_empty(
    http: TestClient, database: Settings, username: str, paths: tuple[str, ...]
) -> None:
    await seed_demo(database)
    user = await accounts.user_by_username(username)
    headers = await cookie(await accounts.get_viewer(user.id))
    for path in ("/", "/sessions/", *paths):
        assert 'class="empty"' not in await read(http, path, headers)
