"""A mentor's portfolio: figures that are true, and nothing that is private."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service as booking
from server.booking.hours.openings import Slot
from server.booking.models import Session
from server.classroom.models import AttendanceInterval
from server.discovery.portfolio import apart, portfolio
from server.edge.access import Viewer
from server.infra import clock
from server.infra.errors import NotFound
from server.people import circle, service
from server.people.models import Credential, MentorProfile, UserSkill
from tests.databases import BOTH
from tests.server.booking.makers import cookie, form, mentor, person, skill

pytestmark = pytest.mark.usefixtures("database")


async def held(teacher: Viewer, learners: list[Viewer], days: int, minutes: int = 45) -> Session:
    start = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=days)
    wanted = form(start, title=f"{days} days ago", duration_minutes=minutes, capacity=5)
    await booking.record_past_session(teacher, wanted, [one.user_id for one in learners])
    return await Session.get(title=f"{days} days ago")


async def came(session: Session, who: Viewer, after: int) -> None:
    start = session.starts_at + timedelta(minutes=after)
    for kind in ("socket", "media"):
        await AttendanceInterval.create(
            session_id=session.id, user_id=who.user_id, kind=kind, started_at=start
        )


@BOTH
async def test_figures_count_what_took_place_and_who_was_there() -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    first, second = await held(mira, [lea, jun], 3), await held(mira, [lea, jun], 2)
    missed = await held(mira, [], 1)
    await Session.filter(id=missed.id).update(status="missed")
    for lesson, mentors_minute in ((first, -5), (second, 6)):
        await came(lesson, mira, mentors_minute)
        await came(lesson, lea, 1)
    await came(second, jun, 30)
    other = await mentor("max")
    await came(await held(other, [jun], 5), jun, 0)
    assert (await portfolio("mira", None)).figures == [
        ("2", "lessons held"),
        ("1.5", "hours taught"),
        ("2", "learners taught"),
        ("1 of 3", "begun on time"),
    ]
    assert (await portfolio("max", None)).figures[2:] == [("1", "learner taught")]


@BOTH
async def test_who_taught_nothing_yet_has_no_figures_at_all() -> None:
    await mentor()
    assert (await portfolio("mira", None)).figures == []


async def text_of(http: TestClient, viewer: Viewer | None = None) -> str:
    headers = await cookie(viewer) if viewer else {}
    async with http.get("/profile/mira/portfolio", headers=headers) as page:
        assert page.status == 200
        return await page.text()


async def test_page_says_what_levels_rest_on_and_what_was_verified(http: TestClient) -> None:
    for slug in ("sql", "python", "git"):
        await skill(slug, slug.upper())
    mira = await mentor()
    await service.replace_skills(mira.user_id, teach=["sql", "python", "git"], want=[])
    for slug, basis in (("sql", "verified"), ("python", "assessed"), ("git", "own")):
        await UserSkill.filter(skill__slug=slug).update(level="advanced", level_basis=basis)
    await MentorProfile.all().update(
        rate_minor=900, currency="JPY", bio="I <b>draw</b>.", headline='Says "hi"'
    )
    for title, status in (("MSc", "verified"), ("Course", "submitted"), ("Forged", "rejected")):
        await Credential.create(
            user_id=mira.user_id,
            title=title,
            status=status,
            file="credentials/secret.pdf",
            created_at=clock.now(),
        )
    text = await text_of(http)
    assert all(
        word in text
        for word in ("¥900", "I &lt;b&gt;draw&lt;/b&gt;.", "Assessed, provisional", "own word")
    )
    assert text.count("Verified</span>") == 2
    assert "MSc" in text
    assert "Course" in text
    assert not any(word in text for word in ("Forged", "secret.pdf", "mira@example.com"))
    assert '<meta property="og:description" content="Says &#34;hi&#34;">' in text


async def test_page_is_for_whom_it_is_meant(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    assert "Edit my mentor profile" in await text_of(http, mira)
    await circle.follow(lea, "mira")
    assert "Following" in await text_of(http, lea)
    await MentorProfile.all().update(status="suspended")
    assert "Only you see this page" in await text_of(http, mira)
    for viewer_id in (None, lea.user_id):
        with pytest.raises(NotFound):
            await portfolio("mira", viewer_id)
    await MentorProfile.all().update(status="approved")
    await circle.block(mira, "lea")
    for username, viewer_id in (("mira", lea.user_id), ("lea", None), ("nobody", None)):
        with pytest.raises(NotFound):
            await portfolio(username, viewer_id)


def test_free_hours_that_are_shown_do_not_overlap() -> None:
    start = clock.now()
    slots = [
        Slot(start + timedelta(minutes=30 * number), start + timedelta(minutes=30 * number + 60))
        for number in range(48)
    ]
    assert apart(slots) == slots[0:12:2]
    assert apart(slots[:2]) == slots[:1]
    assert apart([]) == []


async def test_next_sessions_and_free_hours_are_in_the_viewers_zone(http: TestClient) -> None:
    mira = await mentor()
    start: Any = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    await booking.publish_session(await booking.create_session(mira, form(start, title="Soon")), mira)
    text = await text_of(http, await person("tenzin", zone="Asia/Kathmandu"))
    assert "Soon" in text
    assert "your time, Kathmandu" in text
