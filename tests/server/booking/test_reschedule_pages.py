"""Other times by pages and by the API."""

from __future__ import annotations

from datetime import timedelta

from aiohttp.test_utils import TestClient

from server.booking import service
from server.booking.models import Session
from tests.factories import Api
from tests.server.booking.makers import bearer, cookie, person, published
from tests.server.booking.requesters import start, teacher
from tests.server.booking.test_pages import get, post


async def test_lesson_is_moved_on_its_page_by_both(http: TestClient) -> None:
    mira, lea = await teacher(), await person("lea")
    mentor, learner = await cookie(mira), await cookie(lea)
    session_id = await published(mira, start(72))
    await service.book_session(session_id, lea)
    page = f"/sessions/{session_id}"
    assert "Propose another time" in (await get(http, page, learner))[1]
    status, text = await get(http, f"{page}/reschedule", learner)
    assert (status, "counted from the start that you booked" in text) == (200, True)
    status, text = await post(http, f"{page}/reschedule", learner, [("reason", "My train is late")])
    assert (status, "Choose a time" in text, "My train is late" in text) == (422, True, True)
    fields = [("slot", start(96).isoformat()), ("do", "move")]
    assert (await post(http, f"{page}/reschedule", learner, fields))[1].endswith("done=move_proposed")
    shown = (await get(http, page, mentor))[1]
    action = shown.partition('action="/reschedules/')[2].partition('"')[0]
    assert (await post(http, f"/reschedules/{action}", mentor, [("do", "accept")]))[1].endswith("taken")
    assert (await Session.get(id=session_id)).starts_at == start(96)
    assert (await post(http, f"/reschedules/{action}", mentor, [("do", "accept")]))[1].endswith("over")


async def test_days_can_be_turned_and_a_skipped_hour_is_refused(http: TestClient) -> None:
    mira = await teacher(zone="Europe/Berlin")
    session_id, mentor = await published(mira, start(72)), await cookie(mira)
    path = f"/sessions/{session_id}/reschedule"
    status, text = await post(http, path, mentor, [("do", "from:2027-03-24"), ("reason", "Because")])
    assert (status, "Wed 24 Mar" in text, "Because" in text) == (200, True, True)
    skipped = [("slot", "own"), ("own_start", "2027-03-28T02:30"), ("do", "move")]
    status, text = await post(http, path, mentor, skipped)
    assert (status, "The clocks in Europe/Berlin skip this time" in text) == (422, True)
    chosen = [("slot", start(96).isoformat()), ("do", "move")]
    assert (await post(http, path, mentor, chosen))[1].endswith("done=moved")


async def test_other_times_by_the_api(http: TestClient) -> None:
    mira, lea, eve = await teacher(), await person("lea"), await person("eve")
    mentor, learner, stranger = [Api(http, headers=await bearer(who)) for who in (mira, lea, eve)]
    session_id = await published(mira, start(72), capacity=4)
    await service.book_session(session_id, lea)
    path = f"/sessions/{session_id}/reschedule"
    assert (await stranger.post(path, {})).status == 403
    assert (await learner.post(path, {"starts_at": start(96).isoformat()})).code == "wrong_state"
    asked = await mentor.post(path, {"starts_at": start(96).isoformat(), "answer_within_hours": 6})
    assert (asked.status, asked.data["status"], asked.data["asked"]) == (200, "open", 1)
    move = f"/reschedules/{asked.data['id']}"
    assert (await stranger.get(move)).status == 404
    taken = await learner.post(f"{move}/accept")
    assert (taken.data["status"], taken.data["answer"]) == ("applied", "accepted")
    session = (await stranger.get(f"/sessions/{session_id}")).data
    assert session["starts_at"].startswith((start(72) + timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M"))
