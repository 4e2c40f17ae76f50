"""What other features may ask of people, and what mentors write of themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from server.accounts import service as accounts
from server.edge.access import Viewer
from server.edge.amounts import settlement_currency
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict
from server.people.models import MentorProfile, Skill
from server.people.profiles import write_about
from server.people.registering import register, take_role
from server.people.review import (
    count_mentors,
    mentor_approved,
    mentors_by_status,
    move,
    review_mentor,
    suspended_mentors,
    waiting_mentors,
)
from server.people.revisions import hold_back
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
    "mentors_by_status",
    "own_skills",
    "register",
    "replace_skills",
    "review_mentor",
    "skills_by_slug",
    "suspended_mentors",
    "take_role",
    "taught_by",
    "waiting_mentors",
]


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
    """A profile that was sent back waits for review again; what is shown of one that was approved stays
    as it is until the change is."""
    profile = await MentorProfile.filter(user_id=viewer.user_id).select_for_update().get_or_none()
    if profile is None:
        raise Conflict("no_mentor", "Become a mentor first.")
    changes = {"currency": profile.currency or settlement_currency(), **checked(given)}
    if profile.status in {MentorStatus.APPROVED, MentorStatus.SUSPENDED}:
        changes = await hold_back(profile, changes)
    await MentorProfile.filter(id=profile.id).update(**changes, updated_at=clock.now())
    if profile.status in {MentorStatus.CHANGES_REQUESTED, MentorStatus.REJECTED}:
        await move(profile, MentorStatus.SUBMITTED, viewer.user_id, "")
