"""Sessions and bookings over HTTP: shapes, codes, and races."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.booking.models import Booking, BusyCell, Session
from server.booking.times import next_mark
from server.edge.amounts import settled_in
from server.infra import clock
from tests.databases import BOTH
from tests.server.booking.makers import bearer, draft, mentor, person, published, skill

API = "/api/v1"
Headers = dict[str, str]


def body(**values: Any) -> dict[str, Any]:
    """What a mentor posts: a complete free session in two hours."""
    start = next_mark(clock.now()) + timedelta(hours=2)
    return {
        "title": "Closures by example",
        "description": "Bring a laptop.",
        "skills": ["python"],
        "level": "beginner",
        "language": "en",
        "objectives": ["Explain a closure"],
        "starts_at": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "duration_minutes": 60,
        "capacity": 2,
        "price_minor": 0,
        "currency": "EUR",
        "recording": "auto",
        **values,
    }


async def call(
    http: TestClient, method: str, path: str, headers: Headers | None = None, **options: Any
) -> tuple[int, Any]:
    """The status, and the data or the error of the envelope."""
    async with http.request(method, API + path, headers=headers, **options) as response:
        envelope = await response.json()
        assert envelope["success"] == (response.status < 400)
        return response.status, envelope["data"] if response.status < 400 else envelope["error"]


@BOTH
async def test_series_is_made_and_published_by_one_call(http: TestClient) -> None:
    """At one wall time across the change of the clocks; all dates, or none."""
    await skill("python", "Python")
    headers = await bearer(await mentor(zone="Europe/Berlin"))
    first = next_mark(clock.now()) + timedelta(days=30)
    start = first.strftime("%Y-%m-%dT18:00")
    left_out = (first + timedelta(weeks=1)).strftime("%Y-%m-%dT18:00")
    wanted = {"starts_at": start, "count": 40, "publish": True, "leave_out": [left_out]}
    status, data = await call(http, "POST", "/series", headers, json=body(**wanted))
    assert (status, len(data["sessions"])) == (201, 39)
    rows = await Session.all().order_by("starts_at")
    assert [str(row.id) for row in rows] == [one["id"] for one in data["sessions"]]
    assert {(row.status, row.local_start[11:]) for row in rows} == {("published", "18:00")}
    assert [row.series_position for row in rows] == [0, *range(2, 40)]
    assert len({row.starts_at.hour for row in rows}) == 2
    status, error = await call(http, "POST", "/series", headers, json=body(**wanted))
    assert (status, error["code"]) == (409, "overlap")
    assert await Session.all().count() == 39


async def test_series_of_nothing_is_refused(http: TestClient) -> None:
    await skill("python", "Python")
    headers = await bearer(await mentor())
    start = (next_mark(clock.now()) + timedelta(days=3)).strftime("%Y-%m-%dT18:00")
    for wrong in ({"count": 1}, {"count": 53}, {"count": 2, "every_weeks": 5}, {"count": "2"}):
        assert (await call(http, "POST", "/series", headers, json=body(**wrong)))[0] == 422
    later = (next_mark(clock.now()) + timedelta(days=10)).strftime("%Y-%m-%dT18:00")
    nothing = body(starts_at=start, count=2, leave_out=[start, later])
    status, error = await call(http, "POST", "/series", headers, json=nothing)
    assert (status, list(error["fields"])) == (422, ["leave_out"])
    drafts = body(starts_at=start, count=2)
    _, data = await call(http, "POST", "/series", headers, json=drafts)
    assert [one["status"] for one in data["sessions"]] == ["draft", "draft"]


async def test_session_has_the_contracts_shape(http: TestClient) -> None:
    await skill("python", "Python")
    headers = await bearer(await mentor(zone="Europe/Berlin"))
    sent = body()
    status, session = await call(http, "POST", "/sessions", headers, json=sent)
    assert status == 201
    for name, value in sent.items():
        assert session[name] == value
    assert session["ends_at"].endswith("Z")
    assert (session["status"], session["seats_taken"]) == ("draft", 0)
    assert session["timezone"] == "Europe/Berlin"
    assert session["mentor"] == {"username": "mira", "name": "Mira"}
    status, again = await call(http, "GET", f"/sessions/{session['id']}", headers)
    assert (status, again) == (200, session)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_at": "2030-05-14T18:03Z"}, "starts_at"),
        ({"starts_at": "yesterday"}, "starts_at"),
        ({"starts_at": "2020-01-01T00:00Z"}, "starts_at"),
        ({"starts_at": None}, "starts_at"),
        ({"duration_minutes": 17}, "duration_minutes"),
        ({"duration_minutes": 10}, "duration_minutes"),
        ({"duration_minutes": 245}, "duration_minutes"),
        ({"duration_minutes": "60"}, "duration_minutes"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": True}, "capacity"),
        ({"price_minor": -1}, "price_minor"),
        ({"price_minor": 9.99}, "price_minor"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "QQQ"}, "currency"),
        ({"level": "wizard"}, "level"),
        ({"language": "!"}, "language"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"skills": ["alchemy"]}, "skills"),
        ({"title": "  "}, "title"),
        ({"recording": "always"}, "recording"),
    ],
)
async def test_bad_value_is_named(http: TestClient, wrong: dict[str, Any], field: str) -> None:
    await skill("python", "Python")
    headers = await bearer(await mentor())
    status, error = await call(http, "POST", "/sessions", headers, json=body(**wrong))
    assert status == 422
    assert field in error["fields"]
    assert await Session.all().count() == 0


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [("03-31T02:30", "nonexistent_time"), ("10-27T02:30", "ambiguous_time")],
)
async def test_clock_change_has_a_code_of_its_own(
    http: TestClient, moved_clock: clock.ManualClock, starts_at: str, code: str
) -> None:
    moved_clock.set(clock.now().replace(year=2030, month=1, day=15))
    headers = await bearer(await mentor(zone="Europe/Berlin"))
    sent = body(starts_at=f"2030-{starts_at}", skills=[])
    status, error = await call(http, "POST", "/sessions", headers, json=sent)
    assert (status, error["code"], error["fields"]) == (422, code, {"starts_at": code})


async def test_prices_are_in_the_currency_of_the_installation(http: TestClient) -> None:
    mira = await bearer(await mentor())
    sent = body(price_minor=2000, currency="USD", skills=[])
    status, error = await call(http, "POST", "/sessions", mira, json=sent)
    assert (status, error["fields"]) == (422, {"currency": "Prices here are in EUR."})
    with settled_in("USD"):
        assert (await call(http, "POST", "/sessions", mira, json=sent))[0] == 201


async def test_learner_and_visitor_cannot_create_sessions(http: TestClient) -> None:
    assert (await call(http, "POST", "/sessions", json=body()))[0] == 401
    learner = await bearer(await person("lea"))
    assert (await call(http, "POST", "/sessions", learner, json=body()))[0] == 403


@BOTH
async def test_journey_from_draft_to_the_end(http: TestClient) -> None:
    mira, lea = await bearer(await mentor()), await bearer(await person("lea"))
    start = next_mark(clock.now())
    sent = body(starts_at=start.isoformat(), skills=[])
    _, session = await call(http, "POST", "/sessions", mira, json=sent)
    path = f"/sessions/{session['id']}"
    assert (await call(http, "GET", path, lea))[0] == 404
    _, changed = await call(http, "PATCH", path, mira, json={"title": "Renamed", "capacity": 3})
    assert (changed["title"], changed["capacity"]) == ("Renamed", 3)
    status, session = await call(http, "POST", f"{path}/publish", mira)
    assert (status, session["status"]) == (200, "published")
    status, booked = await call(http, "POST", f"{path}/bookings", lea)
    assert (status, booked["payment"]) == (201, None)
    assert booked["booking"] == {
        "id": booked["booking"]["id"],
        "session_id": session["id"],
        "status": "confirmed",
        "hold_expires_at": None,
        "price_minor": 0,
        "currency": "EUR",
        "refund_minor": None,
        "payment_status": None,
    }
    _, listed = await call(http, "GET", "/bookings", lea)
    assert (listed["items"], listed["total"]) == ([booked["booking"]], 1)
    for action, state in (("start", "live"), ("end", "ended")):
        status, session = await call(http, "POST", f"{path}/{action}", mira)
        assert (status, session["status"]) == (200, state)


async def test_cancelling_over_http_frees_the_seat(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    session_id, headers = await published(mira), await bearer(lea)
    _, booked = await call(http, "POST", f"/sessions/{session_id}/bookings", headers, json={})
    path = f"/bookings/{booked['booking']['id']}"
    status, booking = await call(http, "POST", f"{path}/cancel", headers, json={"reason": "ill"})
    assert (status, booking["status"]) == (200, "cancelled_by_learner")
    assert (await call(http, "POST", f"{path}/cancel", headers))[1]["code"] == "wrong_state"
    _, session = await call(http, "GET", f"/sessions/{session_id}")
    assert session["seats_taken"] == 0
    stranger = await bearer(await person("eve"))
    assert (await call(http, "GET", path, stranger))[0] == 404
    assert (await call(http, "POST", f"{path}/cancel", stranger))[0] == 404


@BOTH
@pytest.mark.parametrize(("seats", "crowd"), [(1, 50), (5, 200)])
async def test_many_people_and_few_seats(http: TestClient, seats: int, crowd: int) -> None:
    session_id = await published(await mentor(), capacity=seats)
    people = [await bearer(await person(f"learner{number}")) for number in range(crowd)]
    answers = await asyncio.gather(
        *(call(http, "POST", f"/sessions/{session_id}/bookings", who, json={}) for who in people)
    )
    assert sorted(status for status, _ in answers) == [201] * seats + [409] * (crowd - seats)
    assert {error["code"] for status, error in answers if status == 409} == {"sold_out"}
    session = await Session.get(id=session_id)
    assert session.seats_taken == await Booking.filter(status="confirmed").count() == seats
    assert await BusyCell.filter(booking_id__isnull=False).count() == 12 * seats


@BOTH
async def test_twenty_posts_of_one_learner_are_one_booking(http: TestClient) -> None:
    session_id, who = await published(await mentor(), capacity=1), await bearer(await person("lea"))
    answers = await asyncio.gather(
        *(call(http, "POST", f"/sessions/{session_id}/bookings", who, json={}) for _ in range(20))
    )
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({answer["booking"]["id"] for _, answer in answers}) == 1
    assert (await Session.get(id=session_id)).seats_taken == 1


@BOTH
async def test_two_sessions_at_one_time_and_one_learner_at_once(http: TestClient) -> None:
    start = next_mark(clock.now()) + timedelta(hours=2)
    sessions = [await published(await mentor(f"mentor{number}"), start) for number in range(6)]
    who = await bearer(await person("lea"))
    answers = await asyncio.gather(
        *(call(http, "POST", f"/sessions/{session_id}/bookings", who) for session_id in sessions)
    )
    assert sorted(status for status, _ in answers) == [201] + [409] * 5
    assert {error["code"] for status, error in answers if status == 409} == {"overlap"}
    assert sum(await Session.all().values_list("seats_taken", flat=True)) == 1


@BOTH
async def test_same_key_gives_the_stored_answer(http: TestClient) -> None:
    session_id, who = await published(await mentor()), await bearer(await person("lea"))
    keyed = {**who, "Idempotency-Key": "k1"}
    path = f"/sessions/{session_id}/bookings"
    first = await call(http, "POST", path, keyed, json={})
    assert first[0] == 201
    assert await call(http, "POST", path, keyed, json={}) == first
    assert (await call(http, "POST", path, who, json={}))[0] == 200


@pytest.mark.parametrize("session_id", ["nonsense", "00000000-0000-0000-0000-000000000000"])
async def test_what_is_not_there_is_not_found(http: TestClient, session_id: str) -> None:
    who = await bearer(await mentor())
    for method, path in (
        ("GET", f"/sessions/{session_id}"),
        ("PATCH", f"/sessions/{session_id}"),
        ("DELETE", f"/sessions/{session_id}"),
        ("POST", f"/sessions/{session_id}/publish"),
        ("POST", f"/sessions/{session_id}/start"),
        ("POST", f"/sessions/{session_id}/end"),
        ("POST", f"/sessions/{session_id}/cancel"),
        ("POST", f"/sessions/{session_id}/bookings"),
        ("GET", f"/bookings/{session_id}"),
        ("POST", f"/bookings/{session_id}/cancel"),
    ):
        status, error = await call(http, method, path, who)
        assert (status, error["code"]) == (404, "not_found")


async def test_every_action_knows_whose_session_it_is(http: TestClient) -> None:
    """Nobody: 401. A foreign draft: 404. A foreign session that everybody sees: 403."""
    mira, other = await mentor("mira"), await bearer(await mentor("max"))
    learner = await bearer(await person("lea"))
    hidden = await draft(mira)
    shown = await published(mira)
    for method, action in (
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/publish"),
        ("POST", "/start"),
        ("POST", "/end"),
        ("POST", "/cancel"),
    ):
        for session_id, who, expected in (
            (shown, None, 401),
            (hidden, None, 401),
            (hidden, other, 404),
            (hidden, learner, 404),
            (shown, other, 403),
            (shown, learner, 403),
        ):
            assert (await call(http, method, f"/sessions/{session_id}{action}", who))[0] == expected


async def test_list_has_the_envelope_of_lists_and_its_filters(http: TestClient) -> None:
    await skill("python", "Python")
    mira = await mentor()
    start = next_mark(clock.now()) + timedelta(hours=2)
    for number in range(3):
        await published(mira, start + timedelta(hours=number), title=f"Part {number}")
    await published(mira, start + timedelta(hours=5), title="Snakes", skills=["python"])
    status, listed = await call(http, "GET", "/sessions?per_page=2&page=2")
    assert (status, listed["page"], listed["per_page"], listed["total"]) == (200, 2, 2, 4)
    assert [item["title"] for item in listed["items"]] == ["Part 2", "Snakes"]
    _, listed = await call(http, "GET", "/sessions?skill=python&mentor=mira&has_seats=true")
    assert [item["skills"] for item in listed["items"]] == [["python"]]
    status, error = await call(http, "GET", "/sessions?level=wizard&per_page=20")
    assert (status, list(error["fields"])) == (422, ["level"])
    assert (await call(http, "GET", "/sessions?page=99"))[1]["items"] == []


@pytest.mark.parametrize(
    "sent",
    [
        {"title": "a\x00b" * 2},
        {"objectives": ["\ud800"]},
        {"skills": {"a": 1}},
        {"capacity": 10**30},
        {"price_minor": 10**30},
        {"starts_at": "\u0662\u0660\u0663\u0660-05-14T18:00"},
        {"title": ["x"]},
    ],
)
async def test_hostile_values_are_refused_and_not_stored(http: TestClient, sent: dict[str, Any]) -> None:
    headers = await bearer(await mentor())
    status, _ = await call(http, "POST", "/sessions", headers, json={**body(skills=[]), **sent})
    assert status in (400, 422)
    assert await Session.all().count() == 0
