"""A person's profile as others see it, and what its owner writes there."""

from __future__ import annotations

from server.accounts import service as accounts
from server.accounts.values import OPEN_ROLES
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Invalid
from server.people.circle import counts, follows, found
from server.people.contacts import require_no_contacts
from server.people.models import MentorProfile, Profile
from server.people.onboarding import open_profile
from server.people.pictures import LARGE, SMALL, address
from server.people.privacy import follow_list_seen, visible
from server.people.skills import skill_rows
from server.people.states import MentorStatus
from server.people.values import PublicProfile

MAX_ABOUT = 2000


async def public_profile(username: str, viewer_id: int | None) -> PublicProfile:
    """Raises NotFound, also where one has blocked the other."""
    user = await found(username, viewer_id)
    face = (await visible(viewer_id, [user.id]))[user.id]
    mentor = await MentorProfile.get_or_none(user_id=user.id)
    approved = mentor is not None and mentor.status == MentorStatus.APPROVED
    read = mentor if approved or viewer_id == user.id else None  # what nobody has reviewed is not shown
    skills = tuple(row for row in await skill_rows(user.id) if row.kind == "teach")
    circle = await counts(user.id) if await follow_list_seen(viewer_id, user.id) else (None, None)
    return PublicProfile(
        username=user.username,
        name=face.name,
        picture=large(face.picture_url or ""),
        roles=tuple(sorted({grant.role for grant in user.roles} & OPEN_ROLES)),
        headline=read.headline if read else "",
        about=(await written(user.id))[0],
        bio=read.bio if read else "",
        languages=tuple(read.languages) if read else (),
        teaches=tuple(row.slug for row in skills),
        skills=skills,
        approved_mentor=approved,
        followers=circle[0],
        following=circle[1],
        followed=await follows(viewer_id, user.id),
        own=viewer_id == user.id,
        member_since=user.created_at,
        rating=read.rating if read else None,
        rating_count=read.rating_count if read else 0,
    )


def large(url: str) -> str:
    """The address of the large picture beside that of the small one."""
    return url.replace(f"-{SMALL}.webp", f"-{LARGE}.webp")


async def written(user_id: int) -> tuple[str, str]:
    """What a person writes of themselves, and the address of their large picture; both may be empty."""
    profile = await Profile.get_or_none(user_id=user_id)
    if profile is None:
        return "", ""
    return profile.about, address(profile.picture, LARGE) if profile.picture else ""


@transactional
async def write_basics(viewer: Viewer, *, name: str, timezone: str, about: str) -> None:
    """Raises Invalid."""
    await accounts.change_profile(viewer.user_id, name=name, timezone=timezone)
    await write_about(viewer.user_id, about)


@transactional
async def write_about(user_id: int, text: str) -> None:
    """Raises Invalid."""
    if len(text) > MAX_ABOUT:
        raise Invalid(fields={"about": f"Use at most {MAX_ABOUT} characters."})
    require_no_contacts({"about": text})
    await open_profile(user_id)
    await Profile.filter(user_id=user_id).update(about=text.strip(), updated_at=clock.now())
