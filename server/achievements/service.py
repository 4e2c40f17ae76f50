"""Issuing certificates when a lesson is over, revoking them, and the badges that follow from them.

What counts as attended is what a certificate that stands says. So a badge goes with the certificate that
it was earned by."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from uuid import UUID

from server.accounts.models import User
from server.achievements.badges import BY_SLUG, Attended, Deeds, deeds, earned
from server.achievements.codes import BITS, canonical, spelled
from server.achievements.models import BadgeAward, Certificate
from server.achievements.rules import deserved
from server.achievements.values import Content
from server.booking.outcome import HeldLesson, held_lesson, held_with_seat, whose_seat
from server.classroom.service import Share, shares
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import Conflict, NotFound
from server.infra.outbox import enqueue
from server.notifications.service import notify
from server.people.privacy import visible

NO_CERTIFICATE = "There is no certificate with this code."


# --- issuing


@transactional
async def issue(session_id: UUID) -> None:
    """A certificate for everybody who deserves one; whoever has one of this lesson gets no other.

    However often and by how many it is called at a time, it happens once."""
    lesson = await held_lesson(session_id)
    if lesson is None:
        return
    there = await shares(session_id)
    deserving = [user_id for user_id in sorted(lesson.learner_ids) if _deserves(lesson, there, user_id)]
    for row in await _write(lesson, {user_id: there[user_id] for user_id in deserving}):
        about = {"title": lesson.title, "starts_at": lesson.started_at}
        path = f"/certificates/{row.code}"
        await notify(row.user_id, "certificate_issued", about, path=path, dedupe_key=row.code)
        for user_id in (row.user_id, lesson.mentor_id):
            await enqueue("achievements.award", {"user_id": user_id})
        await enqueue("pathways.advance", {"user_id": row.user_id})


def _deserves(lesson: HeldLesson, there: dict[int, Share], user_id: int) -> bool:
    return deserved(
        there.get(user_id), taught=user_id == lesson.mentor_id, seated=user_id in lesson.learner_ids
    )


async def _write(lesson: HeldLesson, deserving: dict[int, Share]) -> list[Certificate]:
    """The new rows: of two who write at a time, one writes each."""
    contents = await _contents(lesson, deserving)
    rows = [
        Certificate(
            code=spelled(secrets.randbits(BITS)),
            user_id=user_id,
            session_id=lesson.id,
            content=content.written(),
            issued_at=clock.now(),
        )
        for user_id, content in contents.items()
    ]
    await Certificate.bulk_create(rows, ignore_conflicts=True)
    return await Certificate.filter(code__in=[row.code for row in rows])


async def _contents(lesson: HeldLesson, deserving: dict[int, Share]) -> dict[int, Content]:
    """The mentor is named as guests see them: a certificate is shown to anybody."""
    people = await User.filter(id__in=list(deserving))
    mentor = (await visible(None, [lesson.mentor_id]))[lesson.mentor_id].name
    return {
        user.id: Content(
            name=user.name or user.username,
            username=user.username,
            title=lesson.title,
            mentor=mentor,
            started_at=lesson.started_at,
            zone=user.timezone,
            present_s=deserving[user.id].present_s,
            held_s=deserving[user.id].held_s,
            skills=lesson.skills,
        )
        for user in people
    }


# --- badges


@transactional
async def award(user_id: int) -> None:
    """Give somebody the badges that they have earned, and tell them of new ones. It follows the commit of
    what earned them, so that of two lessons ending together the later one counts both."""
    has = set(await BadgeAward.filter(user_id=user_id).values_list("badge", flat=True))
    fresh = sorted(earned(await deeds_of(user_id)) - has)
    rows = [BadgeAward(user_id=user_id, badge=slug, earned_at=clock.now()) for slug in fresh]
    await BadgeAward.bulk_create(rows, ignore_conflicts=True)
    path = f"/profile/{(await User.get(id=user_id)).username}/achievements"
    for slug in fresh:
        about = {"badge": BY_SLUG[slug].name, "says": BY_SLUG[slug].says}
        await notify(user_id, "badge_earned", about, path=path, dedupe_key=slug, group_key="badges")


async def _take_back(user_id: int) -> None:
    """The badges that somebody has no longer earned."""
    keeps = earned(await deeds_of(user_id))
    await BadgeAward.filter(user_id=user_id).exclude(badge__in=list(keeps)).delete()


async def deeds_of(user_id: int) -> Deeds:
    """What somebody has done: three queries."""
    standing = Certificate.filter(revoked_at__isnull=True)
    attended = [_attended(row) for row in await standing.filter(user_id=user_id)]
    taught = await standing.filter(session__mentor_id=user_id).values_list("session_id", "user_id")
    seats = await held_with_seat(user_id)
    return deeds(attended, seats, [(session, int(learner)) for session, learner in taught])


def _attended(row: Certificate) -> Attended:
    content = Content.read(row.content)
    return Attended(row.session_id, content.started_at, content.zone, content.present_s, content.skills)


# --- what becomes of them


@transactional
async def revoke(code: str, staff_id: int, reason: str) -> None:
    """By staff. Raises NotFound, Conflict (`already_revoked`)."""
    row = await Certificate.get_or_none(code=canonical(code))
    if row is None:
        raise NotFound(message=NO_CERTIFICATE)
    if not await _revoke([row], reason):
        raise Conflict("already_revoked", "This certificate was revoked already.")
    await audit.record(staff_id, "certificate.revoked", "certificate", row.id, reason=reason)


@transactional
async def revoke_for_booking(booking_id: UUID, reason: str) -> None:
    """The seat that a certificate came from was taken back. Nothing happens where there is none."""
    seat = await whose_seat(booking_id)
    if seat is not None:
        session_id, learner_id = seat
        await _revoke(await Certificate.filter(session_id=session_id, user_id=learner_id), reason)


async def _revoke(rows: Collection[Certificate], reason: str) -> int:
    """How many stood until now. Their owners are told, and lose the badges that hung on them."""
    revoked = 0
    for row in rows:
        standing = Certificate.filter(id=row.id, revoked_at__isnull=True)
        if not await standing.update(revoked_at=clock.now(), reason=reason):
            continue
        revoked += 1
        about = {"title": Content.read(row.content).title, "reason": reason}
        path = f"/certificates/{row.code}"
        await notify(row.user_id, "certificate_revoked", about, path=path, dedupe_key=row.code)
        await row.fetch_related("session")
        for user_id in (row.user_id, row.session.mentor_id):
            await _take_back(user_id)
    return revoked


@transactional
async def set_listed(code: str, user_id: int, listed: bool) -> None:
    """Whether the owner's profile shows it. Raises NotFound, also for somebody else's."""
    own = Certificate.filter(code=canonical(code), user_id=user_id, revoked_at__isnull=True)
    if not await own.update(listed=listed):
        raise NotFound(message=NO_CERTIFICATE)
