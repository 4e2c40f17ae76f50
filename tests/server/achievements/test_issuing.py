"""Certificates after a lesson, once; badges after certificates; what revoking does."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from server.achievements import service
from server.achievements.export import erase, export
from server.achievements.models import BadgeAward, Certificate
from server.achievements.values import Content
from server.booking import service as booking
from server.booking.models import Booking
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.infra import clock
from server.infra.errors import Conflict, NotFound
from server.infra.models import AuditRow, MailRow
from server.notifications.models import Notification
from server.people import service as people
from server.people.privacy import Audience, Privacy, set_privacy
from server.worker import run_due
from tests.databases import BOTH
from tests.server.achievements.lessons import held, move_to
from tests.server.booking.makers import mentor, person, published, skill
from tests.server.classroom.stage import Stage

pytestmark = BOTH


@pytest.fixture
async def mira(database: object) -> Viewer:
    return await mentor("mira")


@pytest.fixture
async def lea(database: object) -> Viewer:
    return await person("lea")


async def badges(viewer: Viewer) -> set[str]:
    return {award.badge for award in await BadgeAward.filter(user_id=viewer.user_id)}


async def told(viewer: Viewer) -> list[str]:
    """What somebody was told, as the notification centre has it."""
    return sorted([one.kind for one in await Notification.filter(user_id=viewer.user_id)])


async def issued(session_id: UUID) -> list[int]:
    await service.issue(session_id)
    await run_due()
    rows = await Certificate.filter(session_id=session_id).order_by("user_id")
    return [row.user_id for row in rows]


# --- issuing


async def test_certificate_is_for_who_was_there_for_most_of_it(mira: Viewer, lea: Viewer) -> None:
    jun, amara = await person("jun"), await person("amara")
    session_id = await held(mira, {lea: 60, jun: 48, amara: 47}, capacity=3)
    assert await issued(session_id) == [lea.user_id, jun.user_id]


async def test_certificate_keeps_what_was_true_then(mira: Viewer, lea: Viewer) -> None:
    await skill("python", "Python")
    await move_to(lea, "Europe/Paris")
    session_id = await held(mira, {lea: 57}, skills=["python"], title="Closures")
    await issued(session_id)
    await people.change_profile(lea, name="Somebody Else")
    content = Content.read((await Certificate.get(user_id=lea.user_id)).content)
    assert (content.name, content.username, content.mentor) == ("Lea", "lea", "Mira")
    assert (content.title, content.skills, content.zone) == ("Closures", ("Python",), "Europe/Paris")
    assert (content.minutes, content.percent) == (57, 95)


async def test_mentor_who_shows_guests_no_name_is_named_as_guests_see_them(
    mira: Viewer, lea: Viewer
) -> None:
    await set_privacy(mira.user_id, Privacy(real_name=Audience.MEMBERS))
    await issued(await held(mira, {lea: 60}))
    assert Content.read((await Certificate.get(user_id=lea.user_id)).content).mentor == "mira"


async def test_parallel_and_repeated_issuing_gives_one(mira: Viewer, lea: Viewer) -> None:
    session_id = await held(mira, {lea: 60})
    await asyncio.gather(*(service.issue(session_id) for _ in range(6)))
    assert await issued(session_id) == [lea.user_id]
    assert await told(lea) == ["badge_earned", "certificate_issued"]
    assert await told(mira) == ["badge_earned"]
    (mail,) = await MailRow.all()
    assert mail.subject == "Your certificate: Closures by example"
    assert (await Certificate.get(session_id=session_id)).code in mail.text


async def test_seat_that_was_given_back_gives_none(mira: Viewer, lea: Viewer) -> None:
    session_id = await held(mira, {lea: 60})
    await Booking.filter(session_id=session_id).update(status="cancelled_by_mentor")
    assert await issued(session_id) == []


async def test_session_that_is_not_over_gives_none(mira: Viewer, lea: Viewer) -> None:
    session_id = await published(mira)
    await booking.book_session(session_id, lea)
    assert await issued(session_id) == []


async def test_end_of_a_lesson_issues_by_itself(stage: Stage) -> None:
    """The learner was there for all of it, the other one for less than four fifths."""
    for viewer in (stage.mentor, stage.learner, stage.other):
        await stage.enter(viewer)
    await stage.start()
    await stage.go_live()
    await stage.pass_time(minutes=30)
    await stage.clients[2].leave()
    await stage.clients[2].closed()
    await stage.pass_time(minutes=30)
    await stage.end()
    assert [row.user_id for row in await Certificate.all()] == [stage.learner.user_id]
    assert "first-lesson" in await badges(stage.learner)
    assert await badges(stage.mentor) == {"first-taught"}
    assert await badges(stage.other) == set()


# --- badges


async def test_badges_of_lessons_that_end_together_count_all_of_them(mira: Viewer, lea: Viewer) -> None:
    start = next_mark(clock.now()) - timedelta(days=2)
    sessions = [await held(mira, {lea: 60}, start - number * timedelta(hours=2)) for number in range(5)]
    await asyncio.gather(*(service.issue(session_id) for session_id in sessions))
    await run_due()
    assert {"first-lesson", "five-in-a-row"} <= await badges(lea)


async def test_badge_is_given_once(mira: Viewer, lea: Viewer) -> None:
    await issued(await held(mira, {lea: 60}))
    first = await BadgeAward.get(user_id=lea.user_id, badge="first-lesson")
    await asyncio.gather(*(service.award(lea.user_id) for _ in range(4)))
    await run_due()
    again = await BadgeAward.get(user_id=lea.user_id, badge="first-lesson")
    assert again.earned_at == first.earned_at
    assert (await told(lea)).count("badge_earned") == 1


# --- revoking


async def test_revoked_by_staff_with_a_reason_once(mira: Viewer, lea: Viewer) -> None:
    root = await person("root", "admin")
    await issued(await held(mira, {lea: 60}))
    code = (await Certificate.get(user_id=lea.user_id)).code
    await service.revoke(code.lower(), root.user_id, "Two people used one account.")
    await run_due()
    row = await Certificate.get(code=code)
    assert (row.revoked_at is not None, row.reason) == (True, "Two people used one account.")
    assert (await AuditRow.get(action="certificate.revoked")).actor_id == root.user_id
    assert "certificate_revoked" in await told(lea)
    with pytest.raises(Conflict):
        await service.revoke(code, root.user_id, "Again.")
    with pytest.raises(NotFound):
        await service.revoke("no-code", root.user_id, "Nothing.")


async def test_refunded_booking_revokes_certificate_and_badges_for_good(
    mira: Viewer, lea: Viewer
) -> None:
    session_id = await held(mira, {lea: 60})
    await issued(session_id)
    seat = await Booking.get(session_id=session_id)
    for _ in range(2):
        await service.revoke_for_booking(seat.public_id, "The price was refunded.")
    assert (await Certificate.get(session_id=session_id)).revoked_at is not None
    assert await badges(lea) == await badges(mira) == set()
    await issued(session_id)
    assert await Certificate.filter(revoked_at__isnull=True).count() == 0


async def test_refund_of_what_gave_no_certificate_changes_nothing(mira: Viewer, lea: Viewer) -> None:
    session_id = await held(mira, {lea: 10})
    await service.revoke_for_booking((await Booking.get(session_id=session_id)).public_id, "Refunded.")
    assert not await Certificate.exists()


# --- one's own


async def test_owner_alone_says_whether_it_is_listed(mira: Viewer, lea: Viewer) -> None:
    await issued(await held(mira, {lea: 60}))
    row = await Certificate.get(user_id=lea.user_id)
    assert not row.listed
    with pytest.raises(NotFound):
        await service.set_listed(row.code, mira.user_id, True)
    await service.set_listed(row.code, lea.user_id, True)
    assert (await Certificate.get(id=row.id)).listed


async def test_who_leaves_takes_everything_along(mira: Viewer, lea: Viewer) -> None:
    await issued(await held(mira, {lea: 60}))
    kept = await export(lea.user_id)
    assert len(kept["certificates"]) == len(kept["badges"]) == 1
    await erase(lea.user_id)
    assert not await Certificate.exists()
    assert await badges(lea) == set()
    assert await badges(mira)
