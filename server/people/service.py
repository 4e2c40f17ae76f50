"""Registering as learner or mentor, and public profiles; what other features may ask of people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tortoise.exceptions import IntegrityError

from server.accounts import service as accounts
from server.edge.access import Viewer
from server.edge.amounts import DEFAULT_CURRENCY
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict
from server.infra.transitions import record_transition
from server.people.models import MentorProfile, Skill
from server.people.profiles import write_about
from server.people.review import (
    count_mentors,
    mentor_approved,
    move,
    review_mentor,
    waiting_mentors,
)
from server.people.skills import (
    add_skill,
    all_skills,
    own_skills,
    replace_skills,
    skills_by_slug,
    taught_by,
)
from server.people.states import MentorStatus
from server.people.values import MentorApplication, OwnSkills
from server.people.writing import checked, require_whole

__all__ = [
    "MentorApplication",
    "OwnSkills",
    "Skill",
    "add_skill",
    "all_skills",
    "count_mentors",
    "mentor_approved",
    "own_skills",
    "replace_skills",
    "review_mentor",
    "skills_by_slug",
    "taught_by",
    "waiting_mentors",
]


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


async def own_profile(user_id: int) -> MentorProfile | None:
    """The mentor profile of this person, if they have one."""
    return await MentorProfile.get_or_none(user_id=user_id)


@transactional
async def change_profile(
    viewer: Viewer,
    *,
    name: str | None = None,
    timezone: str | None = None,
    about: str | None = None,
    **mentor: Any,
) -> None:
    """Set what is given: name, time zone and `about`, and of a mentor what `writing.checked` takes.

    Raises Invalid, Conflict (`no_mentor`)."""
    await accounts.change_profile(viewer.user_id, name=name, timezone=timezone)
    if about is not None:
        await write_about(viewer.user_id, about)
    given = {field: value for field, value in mentor.items() if value is not None}
    if given:
        await _change_mentor_profile(viewer, given)


@transactional
async def write_profile(viewer: Viewer, teach: Collection[str], **mentor: Any) -> None:
    """A mentor's whole profile with what they teach; what they want to learn stays.

    Raises Invalid where a part is missing or wrong, Conflict (`no_mentor`)."""
    require_whole({**mentor, "skills": teach})
    want = (await own_skills(viewer.user_id)).want
    await replace_skills(viewer.user_id, teach=teach, want=want)
    await _change_mentor_profile(viewer, mentor)


async def _change_mentor_profile(viewer: Viewer, given: Mapping[str, Any]) -> None:
    """A profile that was sent back waits for review again."""
    profile = await MentorProfile.get_or_none(user_id=viewer.user_id)
    if profile is None:
        raise Conflict("no_mentor", "Become a mentor first.")
    changes = {"currency": profile.currency or DEFAULT_CURRENCY, **checked(given)}
    await MentorProfile.filter(id=profile.id).update(**changes, updated_at=clock.now())
    if profile.status in {MentorStatus.CHANGES_REQUESTED, MentorStatus.REJECTED}:
        await move(profile, MentorStatus.SUBMITTED, viewer.user_id, "")
