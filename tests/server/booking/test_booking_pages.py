"""Pages on which people book, wait, and give seats back; by forms, as without a script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service
from server.booking.models import Booking, Session
from server.booking.times import next_mark
from server.booking.waiting.queue import join_waitlist
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from tests.server.booking.makers import cookie, mentor, payments, person, published
from tests.server.booking.test_pages import get, post


@pytest.fixture(autouse=True)
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def in_hours(clock: ManualClock, hours: int, **values: Any) -> UUID:
    clock.set(next_mark(clock.now()))
    start = clock.now() + timedelta(hours=hours)
    return await published(await mentor(), start, **values)


async def paid_seat(session_id: UUID, learner: Viewer) -> UUID:
    booked = await service.book_session(session_id, learner)
    await service.confirm((await Booking.get(public_id=booked.booking_id)).id, learner.user_id)
    return booked.booking_id


async def test_booking_page_says_price_policy_and_zone(
    http: TestClient, moved_clock: ManualClock
) -> None:
    session_id = await in_hours(moved_clock, 20, price_minor=2000, currency="EUR")
    lea = await person("lea", zone="Europe/Berlin")
    status, page = await get(http, f"/sessions/{session_id}/book", await cookie(lea))
    assert status == 200
    for words in ("Hold my seat", "€20.00", "50 % back", "Nothing back", "your time, Berlin"):
        assert words in page
    assert "Free</strong> <span>until" not in page  # the day before is over


async def test_priced_seat_is_held_by_a_form_and_counts_down(
    http: TestClient, moved_clock: ManualClock
) -> None:
    session_id = await in_hours(moved_clock, 48, price_minor=2000, currency="EUR")
    headers = await cookie(await person("lea"))
    where = f"/sessions/{session_id}/book"
    first, second = [await post(http, where, headers) for _ in range(2)]  # a double click is one booking
    booking = await Booking.get()
    to_pay = f"/bookings/{booking.public_id}/pay"
    assert first == second == (303, to_pay)
    moved_clock.advance(timedelta(minutes=5))
    _, page = await get(http, where, headers)
    assert 'data-countdown="600"' in page
    assert f'href="{to_pay}"' in page
    moved_clock.advance(timedelta(minutes=11))
    _, page = await get(http, where, headers)
    assert "data-countdown" not in page
    assert to_pay not in page


async def test_pages_count_from_what_was_promised_at_the_booking(
    http: TestClient, moved_clock: ManualClock
) -> None:
    """Another policy of the session, and a start to which the learner moved it, change nothing of it."""
    session_id = await in_hours(moved_clock, 48, price_minor=2000, currency="EUR")
    lea, leo = await person("lea"), await person("leo")
    await service.book_session(session_id, lea)
    await Session.filter(id=session_id).update(policy="strict", capacity=2)
    promised = (moved_clock.now() + timedelta(hours=24)).isoformat()
    for where in (f"/sessions/{session_id}", f"/sessions/{session_id}/book"):
        for who, shown in ((lea, True), (leo, False)):
            _, page = await get(http, where, await cookie(who))
            assert (f'<time datetime="{promised}"' in page) == shown
    booking = await Booking.get()
    earlier = booking.created_at + timedelta(hours=36)
    await Booking.all().update(policy={**booking.policy, "counted_from": earlier.isoformat()})
    _, page = await get(http, f"/sessions/{session_id}", await cookie(lea))
    assert f'<time datetime="{(earlier - timedelta(hours=24)).isoformat()}"' in page


async def test_who_comes_too_late_can_wait_or_look_elsewhere(
    http: TestClient, moved_clock: ManualClock
) -> None:
    session_id = await in_hours(moved_clock, 48)
    other = await published(await mentor("max"), title="Another one", capacity=3)
    seated, lea = await person("seated"), await person("lea")
    await service.book_session(session_id, seated)
    headers = await cookie(lea)
    status, page = await post(http, f"/sessions/{session_id}/book", headers)
    assert (status, "All seats of this session are taken." in page) == (409, True)
    assert "Join the waiting list" in page
    assert str(other) not in page  # it teaches nothing alike
    waits = await post(http, f"/sessions/{session_id}/waitlist", headers, [("do", "join")])
    assert waits == (303, f"/sessions/{session_id}?done=waits")
    _, page = await get(http, f"/sessions/{session_id}", headers)
    assert "You are number 1 of 1 on the waiting list." in page
    await service.leave_session(session_id, seated)
    _, page = await get(http, f"/sessions/{session_id}/book", headers)
    assert "A seat is kept for you" in page
    assert "Take this seat" in page
    taken = await post(http, f"/sessions/{session_id}/book", headers)
    assert taken == (303, f"/sessions/{session_id}?done=booked")


async def test_offer_is_declined_by_a_form(http: TestClient, moved_clock: ManualClock) -> None:
    session_id = await in_hours(moved_clock, 48)
    seated, lea, leo = [await person(name) for name in ("seated", "lea", "leo")]
    await service.book_session(session_id, seated)
    for learner in (lea, leo):
        await join_waitlist(session_id, learner)
    await service.leave_session(session_id, seated)
    where = f"/sessions/{session_id}/waitlist"
    left = await post(http, where, await cookie(lea), [("do", "leave")])
    assert left == (303, f"/sessions/{session_id}?done=waits_no_more")
    assert (await Booking.get(status="held")).learner_id == leo.user_id


async def test_booking_shows_the_refund_and_what_happened(
    http: TestClient, moved_clock: ManualClock
) -> None:
    session_id = await in_hours(moved_clock, 24, price_minor=2000, currency="EUR")
    lea = await person("lea")
    booking_id, headers = await paid_seat(session_id, lea), await cookie(lea)
    where = f"/bookings/{booking_id}"
    _, page = await get(http, where, headers)
    assert "Give my seat back for €20.00" in page
    assert page.index("Seat held") < page.index("Seat booked")
    moved_clock.advance(timedelta(seconds=1))
    sent = [("percent", "100"), ("reason", "I am ill")]
    status, page = await post(http, f"{where}/cancel", headers, sent)
    assert (status, "By now 50 % of the price would be given back." in page) == (409, True)
    assert "Give my seat back for €10.00" in page
    assert "I am ill</textarea>" in page
    sent[0] = ("percent", "50")
    assert await post(http, f"{where}/cancel", headers, sent) == (303, f"{where}?done=left")
    _, page = await get(http, where, headers)
    assert "“I am ill”" in page
    assert "€10.00" in page
    assert (await get(http, where, await cookie(await person("eve"))))[0] == 404


async def test_tables_compute_nothing(http: TestClient, moved_clock: ManualClock) -> None:
    """A title and a name that a spreadsheet would take for formulas."""
    moved_clock.set(next_mark(moved_clock.now()))
    mira, lea = await mentor(), await person("lea", zone="Asia/Kathmandu")
    start = moved_clock.now() + timedelta(hours=30)
    session_id = await published(mira, start, title="=1+1", price_minor=4500, currency="EUR")
    await paid_seat(session_id, lea)
    _, table = await get(http, "/dashboard/learner/bookings.csv", await cookie(lea))
    head, row = table.splitlines()
    assert head.startswith("booking,session,mentor,starts_at,timezone")
    assert ",'=1+1,Mira," in row
    assert ",confirmed,45.00,,EUR," in row
    assert "Asia/Kathmandu" in row
    for path in ("/dashboard/mentor/sessions.csv", f"/sessions/{session_id}/bookings.csv"):
        _, table = await get(http, path, await cookie(mira))
        assert len(table.splitlines()) == 2
        assert (await get(http, path, await cookie(lea)))[0] == 403


async def test_mentor_sees_who_booked_and_what_happened(
    http: TestClient, moved_clock: ManualClock
) -> None:
    mira, lea, leo = await mentor(), await person("lea"), await person("leo")
    session_id = await published(mira, capacity=2)
    await service.book_session(session_id, lea)
    await service.book_session(session_id, leo)
    await service.leave_session(session_id, leo, "ill")
    where = f"/sessions/{session_id}/bookings"
    _, page = await get(http, where, await cookie(mira))
    assert "1 of 2 seats taken" in page
    assert page.index("Lea") < page.index("Leo")
    assert "“ill”" in page
    assert (await get(http, where, await cookie(lea)))[0] == 403


async def test_bookings_come_in_pages_and_tabs(http: TestClient, moved_clock: ManualClock) -> None:
    mira, lea = await mentor(), await person("lea")
    start = next_mark(moved_clock.now()) + timedelta(hours=3)
    for number in range(21):
        session_id = await published(mira, start + timedelta(hours=number), title=f"Lesson {number:02}")
        await service.book_session(session_id, lea)
    where, headers = "/dashboard/learner/bookings", await cookie(lea)
    _, page = await get(http, where, headers)
    assert ("Lesson 00" in page, "Lesson 20" in page) == (True, False)
    _, page = await get(http, f"{where}?tab=upcoming&page=2", headers)
    assert ("Lesson 00" in page, "Lesson 20" in page) == (False, True)
    await service.leave_session(session_id, lea)
    _, page = await get(http, f"{where}?tab=cancelled", headers)
    assert "Lesson 20" in page
    assert (await get(http, f"{where}?tab=requests", headers))[0] == 200
    _, page = await get(http, "/dashboard/mentor/sessions?page=2", await cookie(mira))
    assert ("Lesson 19" in page, "Lesson 20" in page) == (False, True)


@pytest.mark.parametrize("weeks", [1, 2])
async def test_same_slot_again_is_by_the_mentors_clocks(
    http: TestClient, moved_clock: ManualClock, weeks: int
) -> None:
    """The clocks of New York go back on 7 November 2027: the slot is an hour later in UTC by then."""
    moved_clock.set(datetime(2027, 11, 1, 12, tzinfo=UTC))
    mira, lea = await mentor(zone="America/New_York"), await person("lea")
    first = await published(mira, datetime(2027, 11, 2, 14, tzinfo=UTC), timezone="America/New_York")
    booking_id = (await service.book_session(first, lea)).booking_id
    headers, where = await cookie(lea), f"/bookings/{booking_id}/again"
    status, asked = await get(http, where, headers)
    assert status == 303
    assert asked.startswith("/mentors/mira/request?starts_at=2027-11-09T15%3A00%3A00Z&minutes=60&topic=")
    _, form = await get(http, asked, headers)
    assert 'value="Closures by example"' in form
    assert 'value="2027-11-09T15:00"' in form
    start = datetime(2027, 11, 2, 15, tzinfo=UTC) + timedelta(weeks=weeks)
    again = await published(mira, start, timezone="America/New_York")
    assert await get(http, where, headers) == (303, f"/sessions/{again}/book")
