"""The review of mentors: who waits, the verdict, and the mail that tells it."""

from __future__ import annotations

from collections import Counter

from tortoise.functions import Count

from server.accounts import service as accounts
from server.edge.access import Viewer
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid, NotFound
from server.infra.transitions import record_transition
from server.notifications.service import notify
from server.people.models import MentorProfile
from server.people.skills import taught_by
from server.people.states import REVIEWED, MentorStatus, require_move
from server.people.values import MentorApplication

NEEDS_REASON = REVIEWED - {MentorStatus.APPROVED}


async def mentor_approved(user_id: int) -> bool:
    """Whether this person may publish sessions."""
    return await MentorProfile.filter(user_id=user_id, status=MentorStatus.APPROVED).exists()


async def count_mentors(status: MentorStatus = MentorStatus.APPROVED) -> int:
    return await MentorProfile.filter(status=status, user__status="active").count()


async def mentors_by_status() -> Counter[str]:
    """How many mentors there are in each state of review. One query."""
    rows = (
        await MentorProfile.filter(user__status="active")
        .annotate(count=Count("id"))
        .group_by("status")
        .values("status", "count")
    )
    return Counter({row["status"]: row["count"] for row in rows})


async def waiting_mentors() -> list[MentorApplication]:
    """Profiles that wait for review, those who wait longest coming first."""
    return await _applications(MentorStatus.SUBMITTED)


async def suspended_mentors() -> list[MentorApplication]:
    """Those who may not teach at the moment, with the reason."""
    return await _applications(MentorStatus.SUSPENDED)


async def _applications(status: MentorStatus) -> list[MentorApplication]:
    rows = (
        await MentorProfile.filter(status=status, user__status="active")
        .select_related("user")
        .order_by("submitted_at", "id")
    )
    skills = await taught_by([row.user_id for row in rows])
    return [_application(row, skills.get(row.user_id, ())) for row in rows]


def _application(row: MentorProfile, skills: tuple[str, ...]) -> MentorApplication:
    return MentorApplication(
        username=row.user.username,
        name=row.user.name,
        email=row.user.email,
        status=row.status,
        headline=row.headline,
        bio=row.bio,
        languages=tuple(row.languages),
        skills=skills,
        reason=row.reason,
        submitted_at=row.submitted_at,
    )


@transactional
async def review_mentor(
    actor: Viewer | None, username: str, verdict: MentorStatus, reason: str = ""
) -> MentorApplication:
    """Approve, reject, send back or suspend a profile, and tell the mentor. `actor` None is the system.

    The same verdict again changes nothing. Raises NotFound, Conflict, Invalid without a reason."""
    assert verdict in REVIEWED
    user = await accounts.user_by_username(username)
    profile = await MentorProfile.get_or_none(user_id=user.id).select_related("user")
    if profile is None:
        raise NotFound
    if verdict in NEEDS_REASON and not reason.strip():
        raise Invalid(fields={"reason": "Say why: the mentor reads it."})
    if profile.status != verdict:
        actor_id = actor.user_id if actor else None
        await move(profile, verdict, actor_id, reason.strip())
        await audit.record(actor_id, f"mentor.{verdict}", "user", user.id, reason=reason.strip())
        await _tell(user.id, verdict, reason.strip())
    skills = await taught_by([user.id])
    return _application(profile, skills.get(user.id, ()))


async def _tell(user_id: int, verdict: MentorStatus, reason: str) -> None:
    about = {"verdict": verdict.value, "reason": reason}
    key = f"{verdict.value}:{clock.now().isoformat()}"  # each verdict is told, the same one again too
    await notify(user_id, "mentor_reviewed", about, path="/profile/edit/mentor", dedupe_key=key)


async def move(profile: MentorProfile, new: MentorStatus, actor_id: int | None, reason: str) -> None:
    """The one place where the state of a profile changes; a lost race raises Conflict."""
    old = MentorStatus(profile.status)
    require_move(old, new)
    values: dict[str, object] = {"status": new, "reason": reason, "updated_at": clock.now()}
    if new is MentorStatus.SUBMITTED:
        values["submitted_at"] = clock.now()
    if not await MentorProfile.filter(id=profile.id, status=old).update(**values):
        raise Conflict
    profile.status, profile.reason = new, reason
    await record_transition("mentor_profile", profile.id, old, new, actor_id, reason)
