"""Pages on which people book, wait, and give seats back; by forms, as without a script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service
from server.booking.models import Booking
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
    for _ in range(2):  # a double click is one booking
        assert await post(http, where, headers) == (303, where)
    booking = await Booking.get()
    moved_clock.advance(timedelta(minutes=5))
    _, page = await get(http, where, headers)
    assert 'data-countdown="600"' in page
    assert f'href="/payments/{booking.public_id}"' in page
    moved_clock.advance(timedelta(minutes=11))
    _, page = await get(http, where, headers)
    assert "data-countdown" not in page
    assert "/payments/" not in page


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
