"""What is told reaches its person once, by the ways they want, when they want it, or is withdrawn."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.accounts.models import User
from server.edge.access import Viewer
from server.infra import clock, db
from server.infra.clock import ManualClock
from server.infra.mailer import kept_mails
from server.infra.models import OutboxRow
from server.notifications import sending, telling
from server.notifications.kinds import Channel
from server.notifications.models import Delivery, Notification
from server.notifications.preferences import change_preferences
from server.notifications.service import withdraw
from server.notifications.values import Pace, Telling
from server.people import circle
from server.worker import run_due
from tests.databases import BOTH
from tests.factories import person
from tests.server.notifications.tellers import counts_agree, numbers, statuses, tell, told

pytestmark = pytest.mark.usefixtures("database")
NIGHT = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
QUIET = Pace((22 * 60, 7 * 60), "daily", 8 * 60)
ONE_BY_ONE = Pace(None, "at_once")


async def subjects(viewer: Viewer) -> list[str]:
    """Of the mails to them, without those about their account."""
    return [
        mail.subject
        for mail in await kept_mails()
        if mail.to == viewer.email and "e-mail address" not in mail.subject
    ]


@BOTH
async def test_undone_change_tells_nobody() -> None:
    mira = await person("mira")

    @db.transactional
    async def undone() -> None:
        await tell(mira.user_id)
        raise ValueError

    with pytest.raises(ValueError):
        await undone()
    await run_due()
    assert await Notification.all().count() == await Delivery.filter(kind="new_follower").count() == 0


@BOTH
async def test_twenty_handlers_at_once_tell_it_once() -> None:
    mira = await person("mira")
    one = Telling(mira.user_id, "new_follower", {"follower": "Lea"}, "new_follower:1", "/profile/lea")
    await asyncio.gather(*(telling.tell(one) for _ in range(20)))
    await run_due()
    assert await numbers(mira.user_id) == [1]
    assert await Delivery.filter(user_id=mira.user_id, kind="new_follower").count() == 2


@BOTH
async def test_numbers_have_no_gap_whoever_writes_at_once() -> None:
    mira = await person("mira")

    async def one(number: int) -> None:
        note = Telling(mira.user_id, "new_follower", {"follower": "Lea"}, f"k:{number}", "/profile/lea")
        await telling.tell(note)

    await asyncio.gather(*(one(number) for number in range(12)))
    assert await numbers(mira.user_id) == list(range(1, 13))
    assert await counts_agree(mira.user_id) == 12


@BOTH
async def test_telling_stopped_half_way_leaves_nothing_and_is_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mira = await person("mira")

    async def dies(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(telling, "plan", dies)
        await told(mira.user_id)
    assert await numbers(mira.user_id) == []
    await OutboxRow.filter(done_at__isnull=True).update(run_at=clock.now())
    await run_due()
    assert await numbers(mira.user_id) == [1]


@BOTH
async def test_mail_sent_by_a_worker_that_died_then_is_the_same_mail_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mira, seen = await person("mira"), []

    async def sends_and_dies(out: sending.Outgoing) -> str:
        seen.append(out.delivery.message_id)
        if len(seen) == 1:
            raise RuntimeError("killed")
        return "sent"

    monkeypatch.setitem(sending.SENDERS, Channel.MAIL, sends_and_dies)
    await told(mira.user_id, "recording_ready")
    assert (await statuses(mira.user_id, "recording_ready"))["mail"] == "failed"
    await OutboxRow.filter(done_at__isnull=True).update(run_at=clock.now())
    await run_due()
    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert (await statuses(mira.user_id, "recording_ready"))["mail"] == "sent"


# --- withdrawn


@BOTH
async def test_what_is_to_be_told_later_is_withdrawn_with_its_cause(moved_clock: ManualClock) -> None:
    mira = await person("mira")
    soon = clock.now() + timedelta(hours=1)
    await tell(mira.user_id, "recording_ready", run_at=soon, cause="session:1")
    await tell(mira.user_id, "recording_ready", key="2", run_at=soon, cause="session:2")
    await withdraw("session:1")
    moved_clock.advance(timedelta(hours=2))
    await run_due()
    assert [row.dedupe_key for row in await Notification.all()] == ["recording_ready:2"]


@BOTH
async def test_what_waits_for_the_digest_is_withdrawn_with_its_cause(moved_clock: ManualClock) -> None:
    mira = await person("mira")
    about = {"title": "Loops", "mentor": "Tom", "starts_at": NIGHT, "ends_at": NIGHT}
    await told(mira.user_id, "new_session", about=about, cause="session:1")
    assert await statuses(mira.user_id, "new_session") == {"page": "sent", "mail": "waiting"}
    await withdraw("session:1")
    moved_clock.advance(timedelta(days=2))
    await run_due()
    assert await statuses(mira.user_id, "new_session") == {"page": "sent", "mail": "withdrawn"}
    assert await subjects(mira) == []


# --- what people want


@BOTH
async def test_preference_changed_before_the_sending_counts(moved_clock: ManualClock) -> None:
    mira = await person("mira")
    await tell(mira.user_id, "recording_ready", run_at=clock.now() + timedelta(hours=1))
    await change_preferences(mira.user_id, {"recordings": dict.fromkeys(Channel, False)}, Pace())
    moved_clock.advance(timedelta(hours=2))
    await run_due()
    assert await statuses(mira.user_id, "recording_ready") == {"page": "unwanted", "mail": "unwanted"}
    assert await Notification.filter(kind="recording_ready").count() == 0


async def test_mail_turned_off_while_it_waits_is_not_sent(moved_clock: ManualClock) -> None:
    mira = await person("mira")
    moved_clock.set(NIGHT)
    await change_preferences(mira.user_id, {}, QUIET)
    await User.filter(id=mira.user_id).update(timezone="Europe/Berlin")
    await told(mira.user_id, "recording_ready", about={"title": "Loops", "starts_at": NIGHT})
    await change_preferences(mira.user_id, {"recordings": {Channel.MAIL: False}}, QUIET)
    moved_clock.advance(timedelta(hours=9))
    await run_due()
    assert await statuses(mira.user_id, "recording_ready") == {"page": "sent", "mail": "unwanted"}


async def test_what_must_be_told_is_told_whatever_was_chosen() -> None:
    mira = await person("mira")
    await change_preferences(mira.user_id, {"bookings": dict.fromkeys(Channel, False)}, Pace())
    about = {"title": "Loops", "starts_at": NIGHT}
    await told(mira.user_id, "session_cancelled", about=about)
    assert await statuses(mira.user_id, "session_cancelled") == {"page": "sent", "mail": "sent"}


@BOTH
async def test_quiet_hours_keep_mails_back_but_not_what_is_urgent(moved_clock: ManualClock) -> None:
    mira = await person("mira")
    moved_clock.set(NIGHT)
    await User.filter(id=mira.user_id).update(timezone="Europe/Berlin")
    await change_preferences(mira.user_id, {}, QUIET)
    about = {"title": "Loops", "starts_at": NIGHT}
    await told(mira.user_id, "recording_ready", about=about)
    await told(mira.user_id, "session_cancelled", about=about)
    assert await subjects(mira) == ["Cancelled: Loops"]
    assert await statuses(mira.user_id, "recording_ready") == {"page": "sent", "mail": "waiting"}
    moved_clock.set(datetime(2026, 11, 24, 6, 0, tzinfo=UTC))
    await run_due()
    assert await subjects(mira) == ["Your recording: Loops", "Cancelled: Loops"]


@BOTH
async def test_digest_gathers_what_could_wait_into_one_mail(moved_clock: ManualClock) -> None:
    mira = await person("mira")
    moved_clock.set(NIGHT)
    await change_preferences(mira.user_id, {}, Pace(None, "daily", 8 * 60))
    for number, name in enumerate(("Lea", "Jun", "Amara")):
        await told(mira.user_id, key=str(number), about={"follower": name})
    assert await subjects(mira) == []
    moved_clock.set(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    await run_due()
    (mail,) = [mail for mail in await kept_mails() if "new for you" in mail.subject]
    assert all(f"{name} follows you" in mail.text for name in ("Lea", "Jun", "Amara"))
    moved_clock.advance(timedelta(days=7))
    await run_due()
    assert len(await subjects(mira)) == 1
    assert await Delivery.filter(user_id=mira.user_id, channel="mail", status="sent").count() == 4


async def test_who_wants_no_digest_any_more_gets_what_waited(moved_clock: ManualClock) -> None:
    mira = await person("mira")
    await told(mira.user_id)
    await change_preferences(mira.user_id, {}, ONE_BY_ONE)
    await run_due()
    assert len(await subjects(mira)) == 1


# --- who reaches nobody


@BOTH
async def test_who_is_blocked_reaches_nobody_by_any_way(moved_clock: ManualClock) -> None:
    mira, lea = await person("mira"), await person("lea")
    await told(mira.user_id, key="before", actor_id=lea.user_id)
    assert await counts_agree(mira.user_id) == 1
    await circle.block(mira, "lea")
    assert await counts_agree(mira.user_id) == 0
    await told(mira.user_id, key="after", actor_id=lea.user_id)
    await told(lea.user_id, key="after", actor_id=mira.user_id)
    moved_clock.advance(timedelta(days=2))
    await run_due()
    assert await Notification.filter(kind="new_follower").count() == 0
    assert await subjects(mira) == await subjects(lea) == []
    sent = await Delivery.filter(kind="new_follower", status="sent")
    assert [row.dedupe_key for row in sent] == ["new_follower:before"]  # as it was then


async def test_closed_account_hears_nothing() -> None:
    mira = await person("mira")
    await User.filter(id=mira.user_id).update(status="suspended")
    await told(mira.user_id)
    assert await statuses(mira.user_id) == {"page": "inactive", "mail": "inactive"}


async def test_address_that_nobody_proved_gets_only_what_must_be_told() -> None:
    mira = await person("mira", verified=False)
    await told(mira.user_id)
    assert await statuses(mira.user_id) == {"page": "sent", "mail": "unproven"}


async def test_telling_somebody_who_is_gone_is_no_mistake() -> None:
    await told(987654)
    assert not await OutboxRow.filter(job="notifications.tell", done_at__isnull=True).exists()
