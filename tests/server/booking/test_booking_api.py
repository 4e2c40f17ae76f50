"""Bookings and queues over HTTP, as programs use them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service
from server.booking.models import Booking
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from tests.server.booking.makers import bearer, mentor, payments, person, published


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def in_hours(clock: ManualClock, hours: int, **values: object) -> UUID:
    clock.set(next_mark(clock.now()))
    start = clock.now() + timedelta(hours=hours)
    return await published(await mentor(), start, **values)


async def paid_booking(session_id: UUID, learner: Viewer) -> str:
    booked = await service.book_session(session_id, learner)
    await service.confirm((await Booking.get(public_id=booked.booking_id)).id, learner.user_id)
    return f"/api/v1/bookings/{booked.booking_id}"


@pytest.mark.usefixtures("taking_payments")
async def test_cancellation_is_shown_and_bound(http: TestClient, moved_clock: ManualClock) -> None:
    session_id = await in_hours(moved_clock, 24, price_minor=2001, currency="EUR")
    lea = await person("lea")
    booking, headers = await paid_booking(session_id, lea), await bearer(lea)
    shown = (await (await http.get(f"{booking}/cancellation", headers=headers)).json())["data"]
    assert (shown["percent"], shown["refund_minor"], shown["currency"]) == (100, 2001, "EUR")
    assert shown["changes_at"].startswith(moved_clock.now().isoformat()[:19])
    moved_clock.advance(timedelta(seconds=1))
    bound = {"reason": "ill", "percent": shown["percent"]}
    refused = await http.post(f"{booking}/cancel", json=bound, headers=headers)
    said = (await refused.json())["error"]
    assert (refused.status, said["code"]) == (409, "refund_changed")
    assert said["fields"] == {"percent": "50", "refund_minor": "1001"}
    done = await http.post(f"{booking}/cancel", json={"percent": 50}, headers=headers)
    assert (await done.json())["data"]["refund_minor"] == 1001
    gone = await http.get(f"{booking}/cancellation", headers=headers)
    assert gone.status == 409
    assert (
        await http.get(f"{booking}/cancellation", headers=await bearer(await person("eve")))
    ).status == 404


async def test_queue_is_joined_taken_and_left(http: TestClient, moved_clock: ManualClock) -> None:
    session_id = await in_hours(moved_clock, 30)
    seated, lea, leo = [await person(name) for name in ("seated", "lea", "leo")]
    queue = f"/api/v1/sessions/{session_id}/waitlist"
    free = await http.post(queue, headers=await bearer(lea))
    assert (free.status, (await free.json())["error"]["code"]) == (409, "seats_left")
    await service.book_session(session_id, seated)
    for place, learner in enumerate((lea, leo), 1):
        for _ in range(2):
            joined = await http.post(queue, headers=await bearer(learner))
            assert (joined.status, (await joined.json())["data"]["place"]) == (200, place)
    await service.leave_session(session_id, seated)
    offered = (await (await http.post(queue, headers=await bearer(lea))).json())["data"]
    assert offered["offer_ends_at"]
    taken = await http.post(f"/api/v1/sessions/{session_id}/bookings", headers=await bearer(lea))
    booking = (await taken.json())["data"]["booking"]
    assert (taken.status, booking["status"]) == (200, "confirmed")
    assert booking["id"] == offered["booking_id"]
    assert (await http.delete(queue, headers=await bearer(leo))).status == 200
    assert (await http.delete(queue, headers=await bearer(leo))).status == 409
    assert (await http.post(queue)).status == 401
