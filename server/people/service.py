"""Registering as learner or mentor, public profiles, and the review of mentors."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tortoise.exceptions import IntegrityError

from server.accounts import service as accounts
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid, NotFound
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition
from server.people.models import MentorProfile, Skill
from server.people.skills import (
    add_skill,
    all_skills,
    own_skills,
    replace_skills,
    skills_by_slug,
    taught_by,
)
from server.people.states import REVIEWED, MentorStatus, require_move
from server.people.values import MentorApplication, OwnSkills, PublicProfile

__all__ = [
    "MentorApplication",
    "OwnSkills",
    "PublicProfile",
    "Skill",
    "add_skill",
    "all_skills",
    "own_skills",
    "replace_skills",
    "skills_by_slug",
    "taught_by",
]

MAX_HEADLINE = 140
MAX_BIO = 5000
NEEDS_REASON = frozenset({MentorStatus.REJECTED, MentorStatus.CHANGES_REQUESTED})


# --- registering


async def register(
    wanted: accounts.Registration, *, teach: Collection[str] = (), want: Collection[str] = ()
) -> accounts.Registration:
    """Make an account with its skills and, for a mentor, a profile that waits for review.

    Returns what was registered, in clean spelling; a known e-mail address gets the same answer and
    nothing else happens but a mail to its owner. Raises Invalid."""
    clean = accounts.checked(wanted)
    await skills_by_slug(teach, field="skills")
    await skills_by_slug(want, field="interests")
    await accounts.require_free_username(clean.username)
    password_hash = await accounts.hashed_password(clean)
    try:
        await _create(clean, password_hash, teach, want)
    except IntegrityError:
        await accounts.account_known(clean)
    return clean


@transactional
async def _create(
    clean: accounts.Registration, password_hash: str, teach: Collection[str], want: Collection[str]
) -> None:
    user_id = await accounts.create_account(clean, password_hash)
    await replace_skills(user_id, teach=teach, want=want)
    if clean.role == "mentor":
        await _open_profile(user_id)


@transactional
async def take_role(viewer: Viewer, role: str) -> None:
    """Become a learner or a mentor as well.

    Raises Forbidden for other roles."""
    await accounts.take_role(viewer.user_id, role)
    if role == "mentor":
        await _open_profile(viewer.user_id)


async def _open_profile(user_id: int) -> None:
    """A profile that waits for review at once; nothing happens when there is one."""
    if await MentorProfile.filter(user_id=user_id).exists():
        return
    now = clock.now()
    profile = await MentorProfile.create(
        user_id=user_id, status=MentorStatus.SUBMITTED, submitted_at=now, updated_at=now
    )
    await record_transition("mentor_profile", profile.id, "", MentorStatus.SUBMITTED, user_id)


# --- profiles


async def public_profile(username: str) -> PublicProfile:
    """Raises NotFound."""
    user = await accounts.user_by_username(username)
    profile = await MentorProfile.get_or_none(user_id=user.id)
    skills = await own_skills(user.id)
    shown = {grant.role for grant in user.roles} & {"learner", "mentor"}
    return PublicProfile(
        username=user.username,
        name=accounts.display_name(user),
        roles=tuple(sorted(shown)),
        headline=profile.headline if profile else "",
        bio=profile.bio if profile else "",
        languages=tuple(profile.languages) if profile else (),
        teaches=skills.teach,
        approved_mentor=bool(profile and profile.status == MentorStatus.APPROVED),
        member_since=user.created_at,
    )


async def own_profile(user_id: int) -> MentorProfile | None:
    """The mentor profile of this person, if they have one."""
    return await MentorProfile.get_or_none(user_id=user_id)


@transactional
async def change_profile(
    viewer: Viewer, *, name: str | None = None, timezone: str | None = None, **mentor: Any
) -> None:
    """Set what is given: name and time zone, and of a mentor `headline`, `bio`, `languages`.

    Raises Invalid, Conflict (`no_mentor`)."""
    await accounts.change_profile(viewer.user_id, name=name, timezone=timezone)
    given = {field: value for field, value in mentor.items() if value is not None}
    if given:
        await _change_mentor_profile(viewer, **given)


async def _change_mentor_profile(
    viewer: Viewer,
    *,
    headline: str | None = None,
    bio: str | None = None,
    languages: Collection[str] | None = None,
) -> None:
    """A profile that was sent back waits for review again."""
    profile = await MentorProfile.get_or_none(user_id=viewer.user_id)
    if profile is None:
        raise Conflict("no_mentor", "Become a mentor first.")
    _require_length("headline", headline, MAX_HEADLINE)
    _require_length("bio", bio, MAX_BIO)
    profile.headline = profile.headline if headline is None else headline.strip()
    profile.bio = profile.bio if bio is None else bio.strip()
    profile.languages = profile.languages if languages is None else list(languages)
    profile.updated_at = clock.now()
    await profile.save(update_fields=["headline", "bio", "languages", "updated_at"])
    if profile.status in {MentorStatus.CHANGES_REQUESTED, MentorStatus.REJECTED}:
        await _move(profile, MentorStatus.SUBMITTED, viewer.user_id, "")


def _require_length(field: str, text: str | None, most: int) -> None:
    if text is not None and len(text) > most:
        raise Invalid(fields={field: f"Use at most {most} characters."})


# --- review


async def mentor_approved(user_id: int) -> bool:
    """Whether this person may publish sessions."""
    return await MentorProfile.filter(user_id=user_id, status=MentorStatus.APPROVED).exists()


async def approved_mentor_ids(limit: int) -> list[int]:
    """User ids of approved mentors, those who joined first coming first."""
    rows = await MentorProfile.filter(status=MentorStatus.APPROVED).order_by("id").limit(limit)
    return [row.user_id for row in rows]


async def count_mentors(status: MentorStatus = MentorStatus.APPROVED) -> int:
    return await MentorProfile.filter(status=status, user__status="active").count()


async def waiting_mentors() -> list[MentorApplication]:
    """Profiles that wait for review, those who wait longest coming first."""
    rows = (
        await MentorProfile.filter(status=MentorStatus.SUBMITTED, user__status="active")
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
    """Approve, reject or send back a profile, and mail the mentor. `actor` None is the system.

    The same verdict again changes nothing. Raises NotFound, Conflict, Invalid without a reason."""
    assert verdict in REVIEWED
    user = await accounts.user_by_username(username)
    profile = await MentorProfile.get_or_none(user_id=user.id).select_related("user")
    if profile is None:
        raise NotFound
    if verdict in NEEDS_REASON and not reason.strip():
        raise Invalid(fields={"reason": "Say why: the mentor reads it."})
    if profile.status != verdict:
        await _move(profile, verdict, actor.user_id if actor else None, reason.strip())
        await enqueue("notifications.mentor_reviewed", _verdict_payload(user.id, verdict, reason))
    skills = await taught_by([user.id])
    return _application(profile, skills.get(user.id, ()))


def _verdict_payload(user_id: int, verdict: MentorStatus, reason: str) -> dict[str, object]:
    return {"user_id": user_id, "verdict": verdict.value, "reason": reason.strip()}


async def _move(profile: MentorProfile, new: MentorStatus, actor_id: int | None, reason: str) -> None:
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
