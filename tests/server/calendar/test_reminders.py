"""Reminders: at their times, in the recipient's zone, and never of what is off."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

import pytest

from server.booking import service
from server.booking.models import Booking
from server.edge.access import Viewer
from server.infra import outbox
from server.infra.clock import ManualClock
from server.infra.models import OutboxRow
from server.notifications.models import Delivery, Notification, Rhythm
from server.worker import run_due
from tests.databases import BOTH
from tests.server.accounts.mails import mails_to
from tests.server.booking.makers import person
from tests.server.calendar.lessons import NOW, START, lesson, moved

DAY = START - timedelta(hours=24)
HOUR = START - timedelta(hours=1)
SOON = START - timedelta(minutes=10)

pytestmark = pytest.mark.usefixtures("database", "time")


async def reminded(who: Viewer, at: datetime, time: ManualClock) -> list[str]:
    """The reminders that this person has by then, if the worker does everything at its time."""
    await run_due()
    while (due := await outbox.next_due()) and due <= at:
        time.set(due)
        await run_due()
    time.set(at)
    rows = Notification.filter(user_id=who.user_id, kind__startswith="reminder").order_by("id")
    return [row.kind.removeprefix("reminder_") for row in await rows]


@BOTH
async def test_session_of_before_there_were_reminders_is_reminded_of(time: ManualClock) -> None:
    """And one that has its reminders is not reminded of twice."""
    _, _, lea = await lesson()
    await OutboxRow.all().delete()
    for _ in range(2):
        await import_module("server.migrations.0022_reminders_of_what_was_published").plan(None, None)
        await run_due()
    assert await reminded(lea, START, time) == ["day", "hour", "soon"]
    assert await OutboxRow.filter(job="calendar.remind").count() == 3


@BOTH
async def test_everybody_is_reminded_three_times(time: ManualClock) -> None:
    _, mira, lea = await lesson()
    for who in (mira, lea):
        time.set(NOW)
        assert await reminded(who, DAY - timedelta(seconds=1), time) == []
    assert await reminded(lea, DAY, time) == ["day"]
    assert await reminded(lea, HOUR - timedelta(seconds=1), time) == ["day"]
    assert await reminded(lea, HOUR, time) == ["day", "hour"]
    assert await reminded(lea, SOON, time) == ["day", "hour", "soon"]
    assert await reminded(mira, START, time) == ["day", "hour", "soon"]


async def test_reminders_lead_to_the_technical_check_but_for_the_last(time: ManualClock) -> None:
    session_id, _, lea = await lesson()
    await reminded(lea, START, time)
    mails = [mail for mail in await mails_to("lea@example.com") if "begins" in mail.subject]
    leads = [f"/sessions/{session_id}/check" in mail.text for mail in mails]
    assert leads == [True, True, False][: len(leads)]
    assert len(leads) >= 2


async def test_day_before_is_24_hours_whatever_clocks_do(time: ManualClock) -> None:
    _, _, lea = await lesson()
    await reminded(lea, DAY, time)
    (mail,) = [mail for mail in await mails_to("lea@example.com") if "begins" in mail.subject]
    assert mail.subject == "Closures by example begins in 24 hours"
    assert "Sun 29 Mar 2026, 12:00–13:00 (your time, Berlin)" in mail.text
    assert time.now().astimezone().utcoffset() is not None
    assert (
        datetime.fromisoformat("2026-03-28T11:00+01:00") == time.now()
    )  # eleven by the clocks of before


@BOTH
async def test_moved_session_reminds_of_its_new_time_alone(time: ManualClock) -> None:
    session_id, mira, lea = await lesson()
    await reminded(lea, DAY - timedelta(minutes=5), time)
    await moved(session_id, START + timedelta(days=2))
    for who in (lea, mira):
        time.set(DAY - timedelta(minutes=5))
        assert await reminded(who, START + timedelta(hours=2), time) == []
    assert await reminded(lea, DAY + timedelta(days=2), time) == ["day"]
    await moved(session_id, START + timedelta(days=3))
    assert await reminded(lea, START + timedelta(days=2, minutes=-1), time) == ["day"]
    assert await reminded(lea, START + timedelta(days=3), time) == ["day", "day", "hour", "soon"]


async def test_reminder_that_waits_for_the_end_of_quiet_hours_goes_with_the_old_time(
    time: ManualClock,
) -> None:
    session_id, mira, lea = await lesson()
    for who in (mira, lea):
        await Rhythm.create(user_id=who.user_id, quiet_from=0, quiet_until=23 * 60, updated_at=NOW)
    await reminded(lea, DAY, time)
    waiting = Delivery.filter(channel="mail", kind="reminder_day", status="waiting")
    assert await waiting.count() == 2
    await moved(session_id, START + timedelta(days=2))
    assert await waiting.count() == 0


async def test_reminder_is_not_mailed_once_the_lesson_has_begun(time: ManualClock) -> None:
    _, _, lea = await lesson()
    await Rhythm.create(user_id=lea.user_id, quiet_from=0, quiet_until=23 * 60, updated_at=NOW)
    await reminded(lea, HOUR, time)
    await reminded(lea, START + timedelta(days=1), time)
    row = await Delivery.get(user_id=lea.user_id, channel="mail", kind="reminder_hour")
    assert (row.status, row.detail) == ("suppressed", "late")


@BOTH
async def test_who_gave_the_seat_back_is_not_reminded(time: ManualClock) -> None:
    session_id, mira, lea = await lesson()
    await service.leave_session(session_id, lea)
    assert await reminded(lea, START, time) == []
    assert await Notification.filter(user_id=mira.user_id, kind="reminder_hour").count() == 1


async def test_reminder_that_waits_is_taken_back_with_the_seat(time: ManualClock) -> None:
    session_id, _, lea = await lesson()
    await Rhythm.create(user_id=lea.user_id, quiet_from=0, quiet_until=23 * 60, updated_at=NOW)
    await reminded(lea, DAY, time)
    await service.leave_session(session_id, lea)
    row = await Delivery.get(user_id=lea.user_id, channel="mail", kind="reminder_day")
    assert (row.status, row.detail) == ("suppressed", "withdrawn")


@BOTH
async def test_nobody_is_reminded_of_a_cancelled_session(time: ManualClock) -> None:
    session_id, mira, lea = await lesson()
    await run_due()
    await service.cancel_session(session_id, mira)
    assert await reminded(lea, START, time) == []
    assert await reminded(mira, START, time) == []


async def test_late_booker_hears_only_what_is_still_to_come(time: ManualClock) -> None:
    session_id, _, _ = await lesson()
    jun = await person("jun")
    assert await reminded(jun, START - timedelta(hours=2), time) == []
    await service.book_session(session_id, jun)
    assert await reminded(jun, START, time) == ["hour", "soon"]


async def test_session_of_this_evening_has_no_reminder_of_yesterday(time: ManualClock) -> None:
    _, _, lea = await lesson(NOW + timedelta(minutes=30))
    assert await reminded(lea, NOW + timedelta(minutes=20), time) == ["soon"]


async def test_worker_that_was_away_reminds_once_and_says_how_long_it_is(
    time: ManualClock,
) -> None:
    _, mira, lea = await lesson()
    await run_due()
    time.set(START - timedelta(minutes=43))
    assert await reminded(lea, time.now(), time) == ["hour"]
    subjects = [mail.subject for mail in await mails_to("lea@example.com")]
    assert "Closures by example begins in 43 minutes" in subjects
    (hers,) = [mail for mail in await mails_to("mira@example.com") if "begins" in mail.subject]
    assert "1 learner" in hers.text
    time.set(START + timedelta(minutes=1))
    assert await reminded(mira, time.now(), time) == ["hour"]


async def test_held_seat_is_not_reminded(time: ManualClock) -> None:
    session_id, _, lea = await lesson()
    await Booking.filter(session_id=session_id).update(
        status="held", hold_expires_at=START + timedelta(days=9)
    )
    assert await reminded(lea, START, time) == []
