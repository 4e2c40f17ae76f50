"""The page of one session: what it says to guests and members before they take a seat."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service
from server.booking.models import Session
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.infra import clock
from server.people.models import Block
from tests.server.booking.makers import cookie, draft, mentor, person, published
from tests.server.discovery.test_browse_page import page_of


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize(
    ("hours", "policy", "said"),
    [
        (72, "standard", "Free to give back until"),
        (13, "standard", "50 % is given back until"),
        (3, "standard", "From now on nothing is given back."),
        (72, "strict", "50 % is given back until"),
    ],
)
async def test_policy_is_said_in_plain_words(
    http: TestClient, hours: int, policy: str, said: str
) -> None:
    session_id = await published(await mentor(), next_mark(clock.now()) + timedelta(hours=hours))
    await Session.filter(id=session_id).update(price_minor=1500, policy=policy)
    page = text_of(await page_of(http, f"/sessions/{session_id}"))
    assert "€15.00 in all, fees included" in page
    assert said in page
    assert "If the mentor calls it off or doesn’t come, you get everything back." in page


async def test_policy_is_in_the_zone_of_who_reads_it(http: TestClient) -> None:
    start = next_mark(clock.now()) + timedelta(days=3)
    session_id = await published(await mentor(), start)
    await Session.filter(id=session_id).update(price_minor=1500)
    lea = await cookie(await person("lea", zone="Asia/Kathmandu"))
    page = text_of(await page_of(http, f"/sessions/{session_id}", lea))
    until = (start - timedelta(hours=24) + timedelta(hours=5, minutes=45)).strftime("%H:%M")
    assert re.search(rf"Free to give back until [^.]*{until} your time, Kathmandu", page)


async def test_other_dates_of_the_same_are_those_one_can_find(http: TestClient) -> None:
    mira, start = await mentor(), next_mark(clock.now()) + timedelta(hours=3)
    first = await published(mira, start, title="Loops")
    twins = [await _again(first, mira, hours) for hours in (24, 48, 72, 96)]
    await published(mira, start + timedelta(hours=120), title="Something else")
    shown, hidden, called_off, unpublished = twins
    await Session.filter(id=hidden).update(listed=False)
    await service.cancel_session(called_off, mira)
    await Session.filter(id=unpublished).update(status="draft")
    page = await page_of(http, f"/sessions/{first}")
    assert f'<li><a href="/sessions/{shown}">' in page
    assert not [twin for twin in (hidden, called_off, unpublished) if str(twin) in page]
    others = page.partition("Also with")[2]
    assert "Something else" in others
    assert str(shown) not in others


async def _again(session_id: UUID, viewer: Viewer, hours: int) -> UUID:
    """Another date of the same."""
    session = await Session.get(id=session_id)
    twin = await published(viewer, session.starts_at + timedelta(hours=hours), title="Loops")
    await Session.filter(id=twin).update(offering_id=session.offering_id)
    return twin


async def test_audience_and_what_to_bring_are_told_where_there_is_something(http: TestClient) -> None:
    session_id = await published(await mentor(), audience="Who fixes old code", prerequisites="Patience")
    page = text_of(await page_of(http, f"/sessions/{session_id}"))
    assert "Who it is for Who fixes old code" in page
    assert "What you should know or bring Patience" in page
    await Session.filter(id=session_id).update(audience="", prerequisites="")
    assert "Who it is for" not in await page_of(http, f"/sessions/{session_id}")


async def test_page_follows_its_seats_only_while_it_is_open(http: TestClient) -> None:
    mira = await mentor()
    session_id = await published(mira)
    assert f'data-seats="{session_id}"' in await page_of(http, f"/sessions/{session_id}")
    await service.cancel_session(session_id, mira)
    assert "data-seats" not in await page_of(http, f"/sessions/{session_id}")


async def test_what_is_not_to_be_seen_is_not_there(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    hidden = await draft(mira)
    shown = await published(mira)
    await Block.create(blocker_id=mira.user_id, blocked_id=lea.user_id, created_at=clock.now())
    headers = await cookie(lea)
    for path, asking in ((f"/sessions/{hidden}", {}), (f"/sessions/{shown}", headers)):
        async with http.get(path, headers=asking) as answer:
            assert answer.status == 404
