"""Puts the demo into the database, so that no page of a fresh installation is empty.

It can run any number of times: people who are there stay as they are, a lesson is planned again only
when the last one of its title is over.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from config.settings import Settings
from server.accounts import service as accounts
from server.achievements import service as achievements
from server.achievements.shelf import achievements as achieved
from server.booking import service as booking
from server.classroom.history import record_past_presence
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.errors import Conflict, Invalid, NotFound
from server.pages.beginnings import seed_beginnings
from server.pages.correspondence import seed_letters
from server.pages.opinions import leave_words
from server.pages.programme import DEMO_LESSONS, DEMO_LOGINS, DemoLesson, DemoLogin
from server.pages.taxonomy import plant_skills
from server.pages.till import record_past_payments
from server.pages.trails import seed_trails
from server.pages.wishes import seed_wishes
from server.people import circle
from server.people import service as people
from server.people.availability import Override, Weekly
from server.people.gallery import open_gallery
from server.people.states import MentorStatus
from server.people.timetable import add_override, keep_week, today
from server.settlement.past import record_past_verdicts

log = structlog.get_logger()

TABS: tuple[booking.MentorTab, ...] = ("upcoming", "drafts")


async def seed_demo(settings: Settings) -> None:
    """Fill in what is missing. Passwords are public, so an owner is made only where nobody else can
    reach the server."""
    await plant_skills()
    cast = {}
    for login in DEMO_LOGINS:
        if login.role == "admin" and not settings.loopback:
            continue
        viewer = await _person(login)
        if viewer is not None:
            cast[login.username] = viewer
    for lesson in DEMO_LESSONS:
        await _lesson(lesson, cast)
    await seed_letters(cast)
    await seed_beginnings(cast)
    await seed_wishes(cast)
    async with open_gallery(settings):
        await seed_trails(cast)


# --- people


async def _person(login: DemoLogin) -> Viewer | None:
    """The demo person, made if need be; None where somebody else has taken the username, or where they
    left or were sent away."""
    try:
        user = await accounts.user_by_username(login.username)
    except NotFound:
        with contextlib.suppress(Invalid):
            return await _make_person(login)
        return None
    return await accounts.get_viewer(user.id) if user.email == login.email else None


async def _make_person(login: DemoLogin) -> Viewer:
    role = "mentor" if login.role == "mentor" else "learner"
    wanted = accounts.Registration(
        login.email, login.username, login.password, role, login.timezone, login.name
    )
    await people.register(wanted, teach=login.teach, want=login.want)
    user_id = (await accounts.user_by_username(login.username)).id
    await accounts.mark_verified(user_id)
    if login.role == "mentor":
        await _approve(login, await accounts.get_viewer(user_id))
        await _open_hours(login, await accounts.get_viewer(user_id))
    if login.role == "admin":
        await _make_owner(user_id)
    viewer = await accounts.get_viewer(user_id)
    for username in login.follows:
        with contextlib.suppress(NotFound):
            await circle.follow(viewer, username)
    return viewer


async def _approve(login: DemoLogin, viewer: Viewer) -> None:
    levels = {"teach": dict(login.levels)}
    await people.replace_skills(viewer.user_id, teach=login.teach, want=login.want, levels=levels)
    await people.change_profile(
        viewer,
        headline=login.headline,
        bio=login.bio,
        languages=login.languages,
        rate_minor=login.rate_minor,
        currency=login.currency,
    )
    await people.review_mentor(None, login.username, MentorStatus.APPROVED)


async def _open_hours(login: DemoLogin, viewer: Viewer) -> None:
    weekly = [Weekly(weekday, 60 * start, 60 * end) for weekday, start, end in login.hours]
    await keep_week(viewer, weekly, buffer_minutes=15)
    if login.away:
        first, last, note = login.away
        day = today(viewer)
        await add_override(
            viewer, Override(day + timedelta(days=first), day + timedelta(days=last), note=note)
        )


async def _make_owner(user_id: int) -> None:
    for role in ("admin", "owner"):
        await accounts.grant_role(user_id, role)
    await accounts.remember_role(user_id, "admin")


# --- lessons


async def _lesson(lesson: DemoLesson, cast: dict[str, Viewer]) -> None:
    mentor = cast.get(lesson.mentor)
    if mentor is None or await _known(lesson, mentor):
        return
    learners = [cast[name] for name in lesson.booked if name in cast]
    form = _form(lesson, mentor)
    if lesson.days < 0:
        session_id = await _hold(form, mentor, learners)
        await leave_words(lesson.title, session_id, mentor, cast)
    elif lesson.draft:
        await booking.create_session(mentor, form)
    else:
        await _publish(form, mentor, learners)


async def _hold(form: booking.SessionForm, mentor: Viewer, learners: list[Viewer]) -> UUID:
    """A lesson that is over, in which everybody was; gives its id. Who booked first shows the
    certificate."""
    everybody = [learner.user_id for learner in learners]
    session_id = await booking.record_past_session(mentor, form, everybody)
    await record_past_presence(session_id, [mentor.user_id, *everybody])
    await record_past_payments(session_id)
    await record_past_verdicts(session_id)
    await achievements.issue(session_id)
    for learner in learners[:1]:
        latest = (await achieved(learner.username, learner.user_id, 0, 1)).certificates[0]
        await achievements.set_listed(latest.code, learner.user_id, True)
    return session_id


async def _known(lesson: DemoLesson, mentor: Viewer) -> bool:
    tabs: tuple[booking.MentorTab, ...] = ("past",) if lesson.days < 0 else TABS
    for tab in tabs:
        if any(card.title == lesson.title for card in await booking.mentor_sessions(mentor.user_id, tab)):
            return True
    return False


async def _publish(form: booking.SessionForm, mentor: Viewer, learners: list[Viewer]) -> None:
    """Whoever has something else at that time is left out."""
    session_id = await booking.create_session(mentor, form)
    try:
        await booking.publish_session(session_id, mentor)
        for learner in learners:
            await booking.book_session(session_id, learner)
    except Conflict as clash:
        log.info("demo lesson clashes", title=form.title, reason=clash.code)


def _form(lesson: DemoLesson, mentor: Viewer) -> booking.SessionForm:
    day = now().astimezone(ZoneInfo(mentor.timezone)).date() + timedelta(days=lesson.days)
    return booking.SessionForm(
        title=lesson.title,
        description=lesson.description,
        skills=list(lesson.skills),
        level=lesson.level,
        language=lesson.language,
        objectives=list(lesson.objectives),
        starts_at=f"{day.isoformat()}T{lesson.clock}",
        duration_minutes=lesson.minutes,
        capacity=lesson.capacity,
        price_minor=lesson.price_minor,
        recording="off" if lesson.days < 0 or "no recording" in lesson.description else "auto",
    )
