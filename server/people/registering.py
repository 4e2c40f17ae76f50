"""Getting an account as learner, mentor or both, with skills and the page one wanted to go to."""

from __future__ import annotations

from collections.abc import Collection

from tortoise.exceptions import IntegrityError

from server.accounts import service as accounts
from server.accounts.registration import roles_of
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.transitions import record_transition
from server.people.models import MentorProfile
from server.people.onboarding import remember_onward
from server.people.skills import replace_skills, skills_by_slug
from server.people.states import MentorStatus


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
    await register_prepared(clean, await accounts.hashed_password(clean), teach=teach, want=want)
    return clean


async def register_prepared(
    clean: accounts.Registration,
    password_hash: str,
    *,
    teach: Collection[str],
    want: Collection[str],
    onward: str = "",
) -> None:
    """The same for what is clean and hashed already; `onward` is where the first login leads.

    Raises Invalid."""
    try:
        await _create(clean, password_hash, teach, want, onward)
    except IntegrityError:
        await accounts.account_known(clean)


@transactional
async def _create(
    clean: accounts.Registration,
    password_hash: str,
    teach: Collection[str],
    want: Collection[str],
    onward: str,
) -> None:
    user_id = await accounts.create_account(clean, password_hash)
    await replace_skills(user_id, teach=teach, want=want)
    if "mentor" in roles_of(clean):
        await _open_mentor_profile(user_id)
    if onward:
        await remember_onward(user_id, onward)


@transactional
async def take_role(viewer: Viewer, role: str) -> None:
    """Become a learner or a mentor as well.

    Raises Forbidden for other roles."""
    await accounts.take_role(viewer.user_id, role)
    if role == "mentor":
        await _open_mentor_profile(viewer.user_id)


async def _open_mentor_profile(user_id: int) -> None:
    """A profile that waits for review at once; nothing happens when there is one."""
    if await MentorProfile.filter(user_id=user_id).exists():
        return
    now = clock.now()
    profile = await MentorProfile.create(
        user_id=user_id, status=MentorStatus.SUBMITTED, submitted_at=now, updated_at=now
    )
    await record_transition("mentor_profile", profile.id, "", MentorStatus.SUBMITTED, user_id)
