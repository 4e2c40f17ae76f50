"""Followers hear of new sessions and free seats, those who were there of recordings."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from server.booking import service as booking
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.notifications.models import Delivery, Notification
from server.people import circle, followers
from server.worker import run_due
from tests.databases import BOTH
from tests.server.booking.makers import draft, mentor, person, published
from tests.server.notifications.tellers import statuses

pytestmark = pytest.mark.usefixtures("database")


async def heard(viewer: Viewer, *kinds: str) -> list[str]:
    await run_due()
    rows = await Notification.filter(user_id=viewer.user_id, kind__in=kinds).order_by("seq")
    return [row.kind for row in rows]


async def fan(name: str, *mentors: Viewer) -> Viewer:
    """Somebody who follows them."""
    found = await person(name)
    for each in mentors:
        await circle.follow(found, each.username)
    return found


@BOTH
async def test_followers_hear_of_a_new_session_in_batches_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(followers, "BATCH", 2)
    mira = await mentor()
    fans = [await fan(f"fan{number}", mira) for number in range(5)]
    stranger = await person("stranger")
    session_id = await draft(mira)
    await booking.publish_session(session_id, mira)
    assert [await heard(each, "new_session") for each in fans] == [["new_session"]] * 5
    assert await heard(stranger, "new_session") == []
    found = await Notification.filter(kind="new_session").first()
    assert found is not None
    assert (found.actor_id, found.path) == (mira.user_id, f"/sessions/{session_id}")


async def test_follower_hears_of_a_session_by_digest(moved_clock: ManualClock) -> None:
    mira = await mentor()
    lea = await fan("lea", mira)
    await booking.publish_session(await draft(mira), mira)
    await run_due()
    assert await statuses(lea.user_id, "new_session") == {"page": "sent", "mail": "waiting"}


@BOTH
async def test_session_called_off_is_not_in_the_digest(moved_clock: ManualClock) -> None:
    mira = await mentor()
    lea = await fan("lea", mira)
    session_id = await draft(mira)
    await booking.publish_session(session_id, mira)
    await run_due()
    await booking.cancel_session(session_id, mira, "ill")
    moved_clock.advance(timedelta(days=1))
    await run_due()
    assert await statuses(lea.user_id, "new_session") == {"page": "sent", "mail": "withdrawn"}


async def test_followers_of_a_session_called_off_at_once_never_hear_of_it() -> None:
    mira = await mentor()
    lea = await fan("lea", mira)
    session_id = await draft(mira)
    await booking.publish_session(session_id, mira)
    await booking.cancel_session(session_id, mira, "ill")
    assert await heard(lea, "new_session") == []


async def full_session(mira: Viewer) -> tuple[UUID, Viewer]:
    session_id, jun = await published(mira, capacity=1), await person("jun")
    await booking.book_session(session_id, jun)
    return session_id, jun


@BOTH
async def test_followers_hear_of_a_seat_that_is_free_again() -> None:
    mira = await mentor()
    lea = await fan("lea", mira)
    session_id, jun = await full_session(mira)
    await circle.follow(jun, "mira")
    await booking.leave_session(session_id, jun)
    assert await heard(lea, "free_seat") == ["free_seat"]
    assert await heard(jun, "free_seat") == []  # who gave it back knows


async def test_seat_given_back_where_there_were_others_is_no_news() -> None:
    mira = await mentor()
    lea, jun = await fan("lea", mira), await person("jun")
    session_id = await published(mira, capacity=2)
    await booking.book_session(session_id, jun)
    await booking.leave_session(session_id, jun)
    assert await heard(lea, "free_seat") == []


async def test_followed_person_hears_of_a_follower_once() -> None:
    mira = await mentor()
    lea = await fan("lea", mira)
    await circle.unfollow(lea, "mira")
    await circle.follow(lea, "mira")
    assert await heard(mira, "new_follower") == ["new_follower"]


async def test_mentor_and_learners_hear_of_the_recording_others_do_not() -> None:
    mira = await mentor()
    lea, jun = await person("lea"), await fan("jun", mira)
    session_id = await published(mira)
    await booking.book_session(session_id, lea)
    await booking.tell_recorded(session_id)
    await booking.tell_recorded(session_id)
    heard_by = [await heard(each, "recording_ready") for each in (mira, lea, jun)]
    assert heard_by == [["recording_ready"], ["recording_ready"], []]
    assert await Delivery.filter(kind="recording_ready", status="sent").count() == 4
