"""Pages of sessions and bookings: who may enter, what the buttons do, what a refusal says."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service
from server.booking.models import Booking, Session
from server.booking.times import next_mark, wall_time
from server.edge.access import Viewer
from server.edge.amounts import settled_in
from server.infra import clock
from tests.server.booking.makers import cookie, draft, mentor, person, published, skill
from tests.server.queries import counted

Headers = dict[str, str]


async def get(http: TestClient, path: str, headers: Headers | None = None) -> tuple[int, str]:
    """The status and the text of a page; redirects are not followed."""
    async with http.get(path, headers=headers, allow_redirects=False) as response:
        text = await response.text()
        return response.status, text if response.status != 303 else response.headers["Location"]


async def post(
    http: TestClient, path: str, headers: Headers, fields: list[tuple[str, str]] | None = None
) -> tuple[int, str]:
    """Send a form as its page would, with the token of the login."""
    _, page = await get(http, "/sessions/", headers)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    data = [("csrf_token", token[1]), *(fields or [])]
    async with http.post(path, headers=headers, data=data, allow_redirects=False) as response:
        text = await response.text()
        return response.status, text if response.status != 303 else response.headers["Location"]


def form_fields(**values: Any) -> list[tuple[str, str]]:
    """What the browser sends from the page on which a session is edited."""
    start = next_mark(clock.now()) + timedelta(hours=3)
    fields = {
        "title": "Closures by example",
        "description": "Bring a laptop.",
        "objectives": "Explain a closure\r\n\r\nUse one",
        "level": "beginner",
        "language": "en",
        "starts_at": wall_time(start, "Europe/Berlin"),
        "duration_minutes": "60",
        "timezone": "Europe/Berlin",
        "capacity": "2",
        "price": "0",
        "currency": "EUR",
        "recording": "auto",
        **values,
    }
    return list(fields.items())


# --- who may enter


MENTOR_PAGES = ("/dashboard/mentor/sessions", "/dashboard/mentor/create", "/dashboard/mentor/overview")
LEARNER_PAGES = (
    "/dashboard/learner/overview",
    "/dashboard/learner/browse",
    "/dashboard/learner/bookings",
)


@pytest.mark.parametrize("path", ["/", "/sessions/"])
async def test_everybody_can_read_public_pages(http: TestClient, path: str) -> None:
    await published(await mentor())
    for headers in (None, await cookie(await person("lea"))):
        status, text = await get(http, path, headers)
        assert status == 200
        assert "Closures by example" in text


@pytest.mark.parametrize("path", MENTOR_PAGES)
async def test_mentors_pages_are_for_mentors(http: TestClient, path: str) -> None:
    assert await get(http, path) == (303, f"/auth/login?next={path.replace('/', '%2F')}")
    assert (await get(http, path, await cookie(await person("lea"))))[0] == 403
    assert (await get(http, path, await cookie(await mentor())))[0] == 200


@pytest.mark.parametrize("path", LEARNER_PAGES)
async def test_learners_pages_are_for_people_who_are_signed_in(http: TestClient, path: str) -> None:
    assert (await get(http, path))[0] == 303
    assert (await get(http, path, await cookie(await person("lea"))))[0] == 200


async def test_draft_has_a_page_for_its_mentor_alone(http: TestClient) -> None:
    mira = await mentor()
    session_id = await draft(mira)
    other, learner = await cookie(await mentor("max")), await cookie(await person("lea"))
    for path in (f"/sessions/{session_id}", f"/sessions/{session_id}/edit"):
        assert (await get(http, path, await cookie(mira)))[0] == 200
        for headers in (other, learner):
            assert (await get(http, path, headers))[0] == 404
    assert (await get(http, f"/sessions/{session_id}"))[0] == 404


async def test_published_session_can_be_edited_by_its_mentor_alone(http: TestClient) -> None:
    path = f"/sessions/{await published(await mentor())}/edit"
    assert (await get(http, path, await cookie(await mentor("max"))))[0] == 403
    assert (await get(http, path, await cookie(await person("lea"))))[0] == 403


@pytest.mark.parametrize("tab", ["upcoming", "drafts", "past", "cancelled", "nonsense"])
async def test_every_tab_renders(http: TestClient, tab: str) -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await published(mira)
    await draft(mira)
    await service.book_session(session_id, lea)
    for path, who in (("/dashboard/mentor/sessions", mira), ("/dashboard/learner/bookings", lea)):
        assert (await get(http, f"{path}?tab={tab}", await cookie(who)))[0] == 200


@pytest.mark.parametrize("status", ["published", "live", "ended", "cancelled", "missed"])
async def test_session_page_renders_in_every_state(http: TestClient, status: str) -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await published(mira)
    await service.book_session(session_id, lea)
    await Session.filter(id=session_id).update(status=status)
    for headers in (None, await cookie(mira), await cookie(lea)):
        code, text = await get(http, f"/sessions/{session_id}", headers)
        assert code == 200
        assert "Closures by example" in text


# --- the buttons


async def test_learner_books_and_gives_the_seat_back(http: TestClient) -> None:
    session_id, lea = await published(await mentor()), await person("lea")
    headers = await cookie(lea)
    status, place = await post(http, f"/sessions/{session_id}/book", headers)
    assert (status, place) == (303, f"/sessions/{session_id}?done=booked")
    _, page = await get(http, place, headers)
    assert "Your seat is booked" in page
    assert (await post(http, f"/sessions/{session_id}/book", headers))[0] == 303
    assert await Booking.all().count() == 1
    assert (await post(http, f"/sessions/{session_id}/cancel", headers))[0] == 303
    assert (await Booking.get()).status == "cancelled_by_learner"


async def test_refusal_is_said_on_the_sessions_page(http: TestClient) -> None:
    session_id = await published(await mentor())
    await service.book_session(session_id, await person("lea"))
    status, page = await post(http, f"/sessions/{session_id}/book", await cookie(await person("leo")))
    assert status == 409
    assert "All seats of this session are taken" in page


async def test_form_without_the_token_is_refused(http: TestClient) -> None:
    session_id = await published(await mentor())
    headers = await cookie(await person("lea"))
    async with http.post(f"/sessions/{session_id}/book", headers=headers, data={"a": "b"}) as response:
        assert response.status == 403
    assert await Booking.all().count() == 0


async def test_visitor_is_led_to_the_login_and_back(http: TestClient) -> None:
    session_id = await published(await mentor())
    status, place = await get(http, f"/sessions/{session_id}/book")
    assert (status, place) == (303, f"/auth/login?next=%2Fsessions%2F{session_id}%2Fbook")
    headers = await cookie(await person("lea"))
    status, page = await get(http, f"/sessions/{session_id}/book", headers)
    assert (status, "Book my seat" in page) == (200, True)


async def test_mentor_publishes_starts_and_cancels(http: TestClient) -> None:
    mira = await mentor()
    headers = await cookie(mira)
    first = await draft(mira, next_mark(clock.now()) + timedelta(minutes=5))
    assert (await post(http, f"/sessions/{first}/publish", headers))[0] == 303
    assert await post(http, f"/sessions/{first}/start", headers) == (303, f"/sessions/{first}/room")
    second = await published(mira, next_mark(clock.now()) + timedelta(hours=4))
    assert (await post(http, f"/sessions/{second}/cancel", headers))[0] == 303
    assert (await Session.get(id=first)).status == "live"
    assert (await Session.get(id=second)).status == "cancelled"


async def test_mentor_who_is_not_approved_reads_why_on_the_page(http: TestClient) -> None:
    mira = await mentor(approved=False)
    status, page = await post(http, f"/sessions/{await draft(mira)}/publish", await cookie(mira))
    assert status == 403
    assert "as soon as your mentor profile is approved" in page


# --- the form


async def edited(http: TestClient, who: Viewer, fields: list[tuple[str, str]]) -> service.SessionDetail:
    """A new draft after this form was sent."""
    session_id = await draft(who)
    status, place = await post(http, f"/sessions/{session_id}/edit", await cookie(who), fields)
    assert status == 303, place
    return await service.get_session(session_id, who)


async def test_form_changes_all_of_a_draft(http: TestClient) -> None:
    await skill("sql", "SQL")
    await skill("python", "Python")
    texts = {"audience": "Who writes functions", "prerequisites": "Python 3", "policy": "strict"}
    fields = [*form_fields(price="12.50", **texts), ("skills", "sql"), ("skills", "python")]
    session = await edited(http, await mentor(), fields)
    assert (session.status, session.capacity, session.price_minor) == ("draft", 2, 1250)
    assert session.objectives == ("Explain a closure", "Use one")
    assert session.skill_slugs == ("sql", "python")
    assert session.timezone == "Europe/Berlin"
    assert {name: getattr(session, name) for name in texts} == texts


async def test_form_can_publish_at_once(http: TestClient) -> None:
    session = await edited(http, await mentor(), form_fields(action="publish"))
    assert session.status == "published"


async def test_draft_is_kept_where_publishing_is_refused(http: TestClient) -> None:
    mira = await mentor(approved=False)
    session_id = await draft(mira)
    fields = form_fields(action="publish", title="Decorators")
    status, page = await post(http, f"/sessions/{session_id}/edit", await cookie(mira), fields)
    assert status == 403
    session = await Session.get()
    assert (session.status, session.title) == ("draft", "Decorators")
    assert f'action="/sessions/{session_id}/edit"' in page


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [("0", "EUR", 0), ("", "EUR", 0), ("9,99", "EUR", 999), ("1500", "JPY", 1500), ("3", "USD", 300)],
)
async def test_price_is_read_in_the_currencys_own_units(
    http: TestClient, price: str, currency: str, minor: int
) -> None:
    with settled_in(currency):
        session = await edited(http, await mentor(), form_fields(price=price, currency=currency))
    assert (session.price_minor, session.currency) == (minor, currency)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"starts_at": ""}, "starts_at"),
        ({"starts_at": "2020-01-01T10:00"}, "starts_at"),
        ({"duration_minutes": "soon"}, "duration_minutes"),
        ({"capacity": "-1"}, "capacity"),
        ({"capacity": "9" * 5000}, "capacity"),
        ({"price": "a lot"}, "price"),
        ({"price": "1.005"}, "price"),
        ({"price": "1e99"}, "price"),
        ({"objectives": "x" * 301}, "objectives"),
    ],
)
async def test_wrong_field_is_marked_and_what_was_written_stays(
    http: TestClient, wrong: dict[str, str], field: str
) -> None:
    mira = await mentor()
    path = f"/sessions/{await draft(mira, title='As it was')}/edit"
    status, page = await post(http, path, await cookie(mira), form_fields(**wrong))
    assert status == 422
    assert f'id="{field}-error"' in page
    assert "Bring a laptop." in page
    assert (await Session.get()).title == "As it was"


async def test_time_that_the_clocks_skip_is_explained(
    http: TestClient, moved_clock: clock.ManualClock
) -> None:
    moved_clock.set(clock.now().replace(year=2030, month=1, day=15))
    mira = await mentor()
    path = f"/sessions/{await draft(mira)}/edit"
    fields = form_fields(starts_at="2030-03-31T02:30")
    status, page = await post(http, path, await cookie(mira), fields)
    assert status == 422
    assert "The clocks in Europe/Berlin skip this time" in unescape(page)


async def test_form_changes_a_session_and_keeps_a_published_time(http: TestClient) -> None:
    mira = await mentor()
    session = await edited(http, mira, form_fields())
    headers, path = await cookie(mira), f"/sessions/{session.id}/edit"
    _, page = await get(http, path, headers)
    assert f'value="{session.local_start}"' in page
    await service.publish_session(session.id, mira)
    same = form_fields(title="Renamed", starts_at=session.local_start)
    assert (await post(http, path, headers, same))[0] == 303
    moved = form_fields(starts_at=wall_time(session.starts_at + timedelta(hours=1), "Europe/Berlin"))
    status, page = await post(http, path, headers, moved)
    assert status == 409
    assert "Time, price and policy stay as published" in page
    found = await service.get_session(session.id, mira)
    assert (found.title, found.starts_at) == ("Renamed", session.starts_at)


# --- how many queries


async def test_pages_of_many_rows_take_as_many_queries_as_of_one(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira, lea = await mentor(), await person("lea")
    start = next_mark(clock.now()) + timedelta(hours=2)
    views = [
        ("/sessions/", await cookie(lea)),
        ("/dashboard/learner/bookings", await cookie(lea)),
        ("/dashboard/learner/overview", await cookie(lea)),
        ("/dashboard/mentor/overview", await cookie(mira)),
        ("/dashboard/mentor/sessions", await cookie(mira)),
        ("/", {}),
    ]
    seen: list[list[int]] = []
    for number in range(20):
        session_id = await published(mira, start + timedelta(hours=2 * number), capacity=3)
        await service.book_session(session_id, lea)
        if number in (0, 19):
            seen.append([await _queries(http, monkeypatch, path, headers) for path, headers in views])
    assert seen[0] == seen[1]
    assert max(seen[1]) <= 14


async def _queries(http: TestClient, monkeypatch: pytest.MonkeyPatch, path: str, headers: Headers) -> int:
    """Of the second request: the first may write down when the login was used."""
    await get(http, path, headers)
    with counted(monkeypatch) as statements:
        assert (await get(http, path, headers))[0] == 200
    return len(statements)
