"""Requests by pages and by the API: from a free time that is shown to a lesson; what refusals keep."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

from aiohttp.test_utils import TestClient

from server.booking import service
from server.booking.paying import paid_by
from server.booking.requests import answering
from server.booking.requests.models import SessionRequest
from server.booking.times import wall_time
from server.people.models import UserSkill
from tests.factories import Api
from tests.server.booking.makers import bearer, cookie, person, published, skill
from tests.server.booking.requesters import asked, first_free, start, teacher
from tests.server.booking.test_pages import get, post

SLOT = re.compile(r'name="slot" value="(\d[^"]+)"')


async def test_time_that_the_page_shows_is_asked_for_and_booked(http: TestClient) -> None:
    mira, lea = await teacher(), await person("lea", zone="Asia/Kathmandu")
    learner, mentor = await cookie(lea), await cookie(mira)
    _, form = await get(http, "/mentors/mira/request", learner)
    slot = unescape(SLOT.findall(form)[0])
    fields = [("topic", "Closures"), ("duration_minutes", "60"), ("slot", slot), ("do", "ask")]
    status, page = await post(http, "/mentors/mira/request", learner, fields)
    assert (status, page.partition("?")[2]) == (303, "done=asked")
    assert "Closures" in (await get(http, "/dashboard/mentor/requests", mentor))[1]
    path = page.partition("?")[0]
    assert "Accept" in (await get(http, path, mentor))[1]
    status, lesson = await post(http, path, mentor, [("do", "accept")])
    assert (status, lesson.startswith("/sessions/")) == (303, True)
    assert "You have a seat." in (await get(http, lesson, learner))[1]
    assert slot not in unescape((await get(http, "/mentors/mira/request", learner))[1])


async def test_time_that_was_chosen_elsewhere_stands_in_the_form(http: TestClient) -> None:
    """Also one that is not on the list, as a wall time of the learner's, and a length of its own."""
    mira, lea = await teacher(), await person("lea", zone="Asia/Kathmandu")
    learner, free = await cookie(lea), await first_free(mira, lea, minutes=75)
    for start_at, chosen in ((free, free.isoformat()), (free + timedelta(minutes=10), "own")):
        asked_for = {"starts_at": f"{start_at:%Y-%m-%dT%H:%M:%SZ}", "minutes": 75, "topic": "Maps & more"}
        status, form = await get(http, f"/mentors/mira/request?{urlencode(asked_for)}", learner)
        assert (status, 'value="Maps &amp; more"' in form) == (200, True)
        assert f'name="slot" value="{chosen}" checked' in unescape(form)
        assert '<option value="75" selected' in form
        own = wall_time(start_at, lea.timezone) if chosen == "own" else ""
        assert f'name="own_start" step="300" min="2000-01-01T00:00" value="{own}"' in form
    odd = "starts_at=2027-02-30T10:00Z&minutes=7&topic="
    status, form = await get(http, f"/mentors/mira/request?{odd}", learner)
    assert (status, " checked" in form, '<option value="60" selected' in form) == (200, False, True)


async def test_what_was_typed_stays_where_something_is_wrong_and_where_other_days_are_shown(
    http: TestClient,
) -> None:
    await teacher()
    learner = await cookie(await person("lea"))
    typed = [
        ("topic", "Closures & co"),
        ("message", "Write to lea@example.com"),
        ("duration_minutes", "30"),
    ]
    status, page = await post(http, "/mentors/mira/request", learner, [*typed, ("do", "ask")])
    assert status == 422
    assert 'id="starts_at-error"' in page and 'value="Closures &amp; co"' in page
    status, page = await post(
        http, "/mentors/mira/request", learner, [*typed, ("slot", start().isoformat()), ("do", "ask")]
    )
    assert (status, 'id="message-error"' in page) == (422, True)
    status, page = await post(http, "/mentors/mira/request", learner, [*typed, ("do", "from:2027-01-04")])
    assert status == 200
    assert "Write to lea@example.com" in page and 'value="30" selected' in page


async def test_mentors_overview_counts_what_waits_for_an_answer(http: TestClient) -> None:
    mira = await teacher()
    mentor, where = await cookie(mira), "/dashboard/mentor/overview"
    assert "Answer " not in (await get(http, where, mentor))[1]
    first = await asked(await person("lea"), mira)
    assert "Answer a request for a lesson" in (await get(http, where, mentor))[1]
    await asked(await person("leo"), mira)
    assert "Answer 2 requests for lessons" in (await get(http, where, mentor))[1]
    await answering.decline(first, mira)
    assert "Answer a request for a lesson" in (await get(http, where, mentor))[1]


async def test_unverified_learner_is_told_so_beside_the_form(http: TestClient) -> None:
    await teacher()
    learner = await cookie(await person("lea", verified=False))
    fields = [("topic", "Closures"), ("slot", start().isoformat()), ("do", "ask")]
    status, page = await post(http, "/mentors/mira/request", learner, fields)
    assert (status, "Confirm your e-mail address" in page) == (403, True)


async def test_request_can_be_answered_by_page_with_another_time_and_with_a_no(http: TestClient) -> None:
    mira, lea = await teacher(), await person("lea")
    mentor, learner = await cookie(mira), await cookie(lea)
    path = f"/requests/{await asked(lea, mira)}"
    status, page = await post(http, path, mentor, [("do", "propose")])
    assert (status, "Choose a time" in page) == (422, True)
    later = [("slot", "own"), ("own_start", start(96).strftime("%Y-%m-%dT%H:%M")), ("do", "propose")]
    assert (await post(http, path, mentor, later))[1].endswith("?done=proposed")
    assert "Accept this time" in (await get(http, path, learner))[1]
    status, _ = await post(http, path, learner, [("do", "decline"), ("message", "Too late for me.")])
    assert status == 303
    assert "Too late for me." in (await get(http, path, mentor))[1]


async def test_learner_who_was_declined_is_shown_who_else_teaches_it(http: TestClient) -> None:
    mira, max_, tomas, lea = (
        await teacher(),
        await teacher("max"),
        await teacher("tomas"),
        await person("lea"),
    )
    closures, sql = await skill("closures", "Closures"), await skill("sql", "SQL")
    for who, taught in ((mira, closures), (mira, sql), (max_, closures), (tomas, sql)):
        await UserSkill.create(user_id=who.user_id, skill=taught, kind="teach")
    full = await published(max_, start(24), title="All taken", skills=["closures"])
    await service.book_session(full, await person("leo"))
    await published(max_, start(48), title="Closures together", skills=["closures"])
    await published(tomas, start(48), title="Joins", skills=["sql"])
    request_id = await asked(lea, mira)
    learner, path = await cookie(lea), f"/requests/{request_id}"
    assert "Others who teach this" not in (await get(http, path, learner))[1]
    await answering.decline(request_id, mira)
    page = (await get(http, path, learner))[1]
    for words in ("Others who teach this", "/mentors/max/request?topic=Closures", "Closures together"):
        assert words in page
    for words in ("/mentors/tomas/request", "All taken", "Joins"):
        assert words not in page
    assert "Others who teach this" not in (await get(http, path, await cookie(mira)))[1]


async def test_requests_by_the_api(http: TestClient) -> None:
    mira, lea, eve = await teacher(rate_minor=6000), await person("lea"), await person("eve")
    learner, mentor, other = [Api(http, headers=await bearer(who)) for who in (lea, mira, eve)]
    wanted = {
        "topic": "Closures",
        "starts_at": start().isoformat(),
        "duration_minutes": 30,
        "message": "",
    }
    first = await learner.post("/mentors/mira/requests", wanted)
    assert (first.status, first.data["status"], first.data["price_minor"]) == (201, "requested", 3000)
    again = await learner.post("/mentors/mira/requests", wanted)
    assert (again.status, again.data["id"]) == (200, first.data["id"])
    path = f"/requests/{first.data['id']}"
    assert (await other.post(f"{path}/accept")).status == 404
    assert [one["role"] for one in (await mentor.get("/requests")).data["items"]] == ["mentor"]
    assert (await mentor.get("/requests?role=learner")).data["total"] == 0
    assert (await learner.get("/requests?open=false")).data["total"] == 0
    with paid_by(None):
        assert (await mentor.post(f"{path}/accept")).code == "payments_closed"
    accepted = await mentor.post(f"{path}/accept", {"free": True})
    assert (accepted.status, accepted.data["status"]) == (200, "accepted")
    assert (await learner.post(f"{path}/withdraw")).status == 409
    bookings = (await learner.get("/bookings")).data["items"]
    assert [one["session_id"] for one in bookings] == [accepted.data["session_id"]]
    assert (await other.get("/sessions")).data["total"] == 0
    assert await SessionRequest.all().count() == 1
