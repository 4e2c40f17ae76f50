"""What is told arrives on the devices of its person: encrypted, once, where and when they want."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from config.settings import Settings
from server.accounts import logins
from server.accounts.models import User
from server.infra import clock
from server.infra.clock import ManualClock
from server.infra.models import OutboxRow
from server.notifications.kinds import Channel
from server.notifications.models import Delivery, PushSubscription
from server.notifications.preferences import change_preferences, preferences_of
from server.notifications.push import devices
from server.notifications.push.office import open_push, push_office
from server.notifications.push.sending import REFUSALS
from server.notifications.values import Pace
from server.people import circle
from server.worker import run_due
from tests.databases import BOTH
from tests.factories import person
from tests.server.notifications.push.browsers import PushService, push_service, turned_on
from tests.server.notifications.tellers import statuses, told

pytestmark = pytest.mark.usefixtures("database")
NIGHT = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
ABOUT = {"title": "Loops", "mentor": "Mira", "who": "Lea"}
KIND = "session_cancelled"  # urgent, and by every way unless turned off


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as found:
        yield found


async def cancelled(user_id: int, key: str = "1", **options: object) -> None:
    about = {**ABOUT, "starts_at": clock.now() + timedelta(days=3)}
    await told(user_id, KIND, key=key, about=about, path="/sessions/1", **options)


async def pushed(user_id: int, kind: str = KIND) -> str:
    return (await statuses(user_id, kind))["push"]


async def again(user_id: int) -> None:
    """Whatever waits is due now."""
    await OutboxRow.filter(done_at__isnull=True, failed_at__isnull=True).update(run_at=clock.now())
    await run_due()


@BOTH
async def test_told_to_every_device_and_readable_there_alone(service: PushService) -> None:
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    _, desk = await turned_on(service, mira, "desk")
    await cancelled(mira.user_id)
    office = push_office()
    assert office is not None
    for browser in (phone, desk):
        (one,) = browser.arrived
        assert one.told["path"] == "/sessions/1"
        assert (one.headers["Content-Encoding"], one.headers["Urgency"]) == ("aes128gcm", "high")
        assert 0 < int(one.headers["TTL"]) <= 24 * 3600
        assert one.headers["Topic"] == one.told["tag"]
        assert len(one.told["tag"]) == 32
        assert one.claims["k"] == office.vapid.public_key
        assert one.claims["sub"].startswith("mailto:")
        assert b"sessions" not in one.raw
    assert phone.arrived[0].raw != desk.arrived[0].raw
    assert await Delivery.filter(user_id=mira.user_id, channel="push", status="sent").count() == 1
    assert await PushSubscription.filter(used_at__isnull=True).count() == 0


async def test_names_and_titles_are_said_only_to_who_wants_them_on_the_screen(
    service: PushService,
) -> None:
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    await cancelled(mira.user_id)
    assert "Loops" not in str(phone.arrived[0].told)
    assert phone.arrived[0].told["title"] == "Bookings and cancellations"
    await change_preferences(mira.user_id, {}, Pace(push_says=True))
    await cancelled(mira.user_id, "2")
    assert phone.arrived[1].told["title"] == "“Loops” will not take place"


async def test_who_has_no_device_has_no_row_and_nothing_to_choose(service: PushService) -> None:
    mira = await person("mira")
    await cancelled(mira.user_id)
    assert await statuses(mira.user_id, KIND) == {"page": "sent", "mail": "sent"}
    assert not (await preferences_of(mira.user_id)).pushed
    await turned_on(service, mira, "phone")
    assert (await preferences_of(mira.user_id)).pushed


async def test_messages_after_the_first_disturb_nobody(service: PushService) -> None:
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    await told(mira.user_id, "message", about=ABOUT, path="/communication/messages/lea")
    await told(mira.user_id, "message_more", about=ABOUT, path="/communication/messages/lea")
    assert len(phone.arrived) == 1


# --- what services answer


@BOTH
@pytest.mark.parametrize("status", [404, 410])
async def test_subscription_that_is_gone_is_forgotten(service: PushService, status: int) -> None:
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    _, desk = await turned_on(service, mira, "desk")
    phone.answers = [(status, {})]
    await cancelled(mira.user_id)
    assert len(desk.arrived) == 1
    assert [row.endpoint for row in await PushSubscription.all()] == [desk.endpoint]
    assert await pushed(mira.user_id) == "sent"


async def test_last_device_that_is_gone_ends_it(service: PushService) -> None:
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    phone.answers = [(410, {})]
    await cancelled(mira.user_id)
    assert await pushed(mira.user_id) == "bounced"
    assert not await OutboxRow.filter(done_at__isnull=True, job="notifications.push").exists()


@BOTH
async def test_busy_service_is_tried_again_when_it_says_and_others_hear_it_once(
    service: PushService, moved_clock: ManualClock
) -> None:
    moved_clock.set(datetime.now(UTC))
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    _, desk = await turned_on(service, mira, "desk")
    phone.answers = [(429, {"Retry-After": "600"}), (503, {})]
    await cancelled(mira.user_id)
    assert await pushed(mira.user_id) == "failed"
    row = await OutboxRow.get(job="notifications.push")
    assert row.run_at >= clock.now() + timedelta(seconds=600)
    moved_clock.advance(timedelta(seconds=599))
    await run_due()
    assert len(phone.answers) == 1
    moved_clock.advance(timedelta(seconds=1))
    await run_due()  # 503
    await again(mira.user_id)
    assert (len(phone.arrived), len(desk.arrived)) == (1, 1)
    assert await pushed(mira.user_id) == "sent"


async def test_date_to_wait_for_is_heeded_and_no_wait_is_longer_than_an_hour(
    service: PushService, moved_clock: ManualClock
) -> None:
    moved_clock.set(datetime(2026, 11, 23, 12, tzinfo=UTC))
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    phone.answers = [(503, {"Retry-After": "Tue, 24 Nov 2026 12:00:00 GMT"})]
    await cancelled(mira.user_id)
    assert (await OutboxRow.get(job="notifications.push")).run_at == clock.now() + timedelta(hours=1)


async def test_service_that_does_not_answer_is_tried_again(service: PushService) -> None:
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    await PushSubscription.all().update(endpoint="http://127.0.0.1:9/send/phone")
    await cancelled(mira.user_id)
    assert await pushed(mira.user_id) == "failed"
    await PushSubscription.all().update(endpoint=phone.endpoint)
    await again(mira.user_id)
    assert len(phone.arrived) == 1


async def test_device_that_is_refused_again_and_again_is_forgotten(service: PushService) -> None:
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    phone.answers = [(403, {})] * REFUSALS
    for number in range(REFUSALS):
        assert await PushSubscription.all().count() == 1
        await cancelled(mira.user_id, str(number))
    assert await PushSubscription.all().count() == 0


async def test_service_that_sends_us_elsewhere_is_not_followed(service: PushService) -> None:
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    desk = service.browser("desk")
    phone.answers = [(307, {"Location": desk.endpoint})]
    await cancelled(mira.user_id)
    assert desk.arrived == []
    assert await pushed(mira.user_id) == "bounced"


async def test_address_that_leads_into_our_network_is_not_asked(
    service: PushService, database: Settings
) -> None:
    """Whatever was allowed when it was taken."""
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    open_push(replace(database, env="production"))
    await cancelled(mira.user_id)
    assert phone.arrived == []
    assert await pushed(mira.user_id) == "bounced"


# --- what people want


@BOTH
async def test_who_is_blocked_is_pushed_to_nobody(service: PushService) -> None:
    mira, lea = await person("mira"), await person("lea")
    _, phone = await turned_on(service, mira, "phone")
    await circle.block(mira, "lea")
    await cancelled(mira.user_id, actor_id=lea.user_id)
    assert phone.arrived == []
    assert await pushed(mira.user_id) == "blocked"


@BOTH
async def test_quiet_hours_keep_back_what_is_not_urgent(
    service: PushService, moved_clock: ManualClock
) -> None:
    moved_clock.set(datetime.now(UTC).replace(hour=22, minute=30))
    mira = await person("mira")
    await User.filter(id=mira.user_id).update(timezone="UTC")
    await change_preferences(mira.user_id, {}, Pace((22 * 60, 23 * 60)))
    _, phone = await turned_on(service, mira, "phone")
    await told(mira.user_id, "message", about=ABOUT, path="/communication/messages/lea")
    await cancelled(mira.user_id)
    assert [one.told["title"] for one in phone.arrived] == ["Bookings and cancellations"]
    assert await pushed(mira.user_id, "message") == "waiting"
    moved_clock.advance(timedelta(minutes=30))
    await run_due()
    assert phone.arrived[1].told["title"] == "Messages"


async def test_push_turned_off_while_it_waits_is_not_sent(
    service: PushService, moved_clock: ManualClock
) -> None:
    moved_clock.set(datetime.now(UTC).replace(hour=22, minute=30))
    mira = await person("mira")
    await User.filter(id=mira.user_id).update(timezone="UTC")
    pace = Pace((22 * 60, 23 * 60))
    await change_preferences(mira.user_id, {}, pace)
    _, phone = await turned_on(service, mira, "phone")
    await told(mira.user_id, "message", about=ABOUT)
    await change_preferences(mira.user_id, {"messages": {Channel.PUSH: False}}, pace)
    moved_clock.advance(timedelta(hours=1))
    await run_due()
    assert phone.arrived == []
    assert await pushed(mira.user_id, "message") == "unwanted"


async def test_what_is_of_use_before_a_lesson_is_kept_no_longer_by_the_service(
    service: PushService,
) -> None:
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    about = {**ABOUT, "starts_at": clock.now() + timedelta(minutes=10)}
    await told(mira.user_id, "reminder_soon", about=about)
    assert 0 < int(phone.arrived[0].headers["TTL"]) <= 600


# --- logins


@BOTH
async def test_device_ends_with_its_login_and_no_other(service: PushService) -> None:
    mira = await person("mira")
    phone_viewer, phone = await turned_on(service, mira, "phone")
    desk_viewer, desk = await turned_on(service, mira, "desk")
    await logins.log_out(phone_viewer)
    await run_due()
    await cancelled(mira.user_id)
    assert (len(phone.arrived), len(desk.arrived)) == (0, 1)
    await turned_on(service, mira, "new phone")
    await logins.end_other_logins(desk_viewer)
    await run_due()
    assert [row.endpoint for row in await PushSubscription.all()] == [desk.endpoint]
    await logins.end_all_logins(mira.user_id)
    await run_due()
    assert await PushSubscription.all().count() == 0


async def test_nothing_is_pushed_to_a_login_that_ran_out(
    service: PushService, moved_clock: ManualClock
) -> None:
    moved_clock.set(datetime.now(UTC))
    mira = await person("mira")
    _, phone = await turned_on(service, mira, "phone")
    moved_clock.advance(logins.IDLE)
    await cancelled(mira.user_id)
    assert phone.arrived == []
    assert "push" not in await statuses(mira.user_id, KIND)


async def test_trial_goes_to_the_browser_that_asked(service: PushService) -> None:
    mira = await person("mira")
    here, phone = await turned_on(service, mira, "phone")
    _, desk = await turned_on(service, mira, "desk")
    await devices.ask_for_trial(here)
    await run_due()
    assert (len(phone.arrived), len(desk.arrived)) == (1, 0)
    assert phone.arrived[0].told["title"] == "This is how we tell you"
