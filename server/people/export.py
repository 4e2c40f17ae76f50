"""What people wrote of themselves and chose, for them to take along, and how it goes."""

from __future__ import annotations

from typing import Any

from server.infra.outbox import enqueue
from server.infra.personal import KeptFile, Rows, erased, exported
from server.people.gallery import key_of
from server.people.models import (
    Assessment,
    AvailabilityOverride,
    AvailabilityRule,
    Block,
    Credential,
    Follow,
    MentorProfile,
    MentorRevision,
    PrivacySetting,
    Profile,
    UserSkill,
)
from server.people.pictures import LARGE

ROWS = (
    Rows(Profile, "user_id", "profile"),
    Rows(UserSkill, "user_id", "skills"),
    Rows(Assessment, "user_id", "assessments"),
    Rows(Credential, "user_id", "credentials"),
    Rows(MentorProfile, "user_id", "mentor_profile"),
    Rows(MentorRevision, "user_id", "mentor_profile_changes"),
    Rows(AvailabilityRule, "user_id", "weekly_hours"),
    Rows(AvailabilityOverride, "user_id", "other_hours"),
    Rows(PrivacySetting, "user_id", "privacy"),
    Rows(Follow, "follower_id", "following"),
    Rows(Follow, "followed_id", "followers"),
    Rows(Block, "blocker_id", "blocked"),
    Rows(Block, "blocked_id", why="who blocked somebody is the other's to know"),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def files(user_id: int) -> list[KeptFile]:
    """The picture, and the evidence for credentials."""
    found = []
    profile = await Profile.get_or_none(user_id=user_id)
    if profile and profile.picture:
        found.append(KeptFile("picture.webp", key_of(profile.picture, LARGE)))
    for row in await Credential.filter(user_id=user_id).exclude(file="").order_by("id"):
        found.append(KeptFile(f"credentials/{row.public_id}", row.file))
    return found


async def erase(user_id: int) -> None:
    """The files follow the commit."""
    profile = await Profile.get_or_none(user_id=user_id)
    if profile and profile.picture:
        await enqueue("people.forget_picture", {"picture": profile.picture})
    for key in await Credential.filter(user_id=user_id).exclude(file="").values_list("file", flat=True):
        await enqueue("people.forget_file", {"key": key})
    await erased(ROWS, user_id)
