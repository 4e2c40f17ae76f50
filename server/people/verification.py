"""The review of evidence: who waits, and the verdict, which alone makes a level verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.edge.access import Viewer
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.transitions import record_transition
from server.notifications.service import notify
from server.people.credentials import CredentialStatus
from server.people.models import Credential, UserSkill

PAGE = "/profile/edit/credentials"


@dataclass(frozen=True, slots=True)
class WaitingCredential:
    """A piece of evidence as reviewers see it. `skill` and `level` are what its owner claims by it;
    `listed` whether the skill is on one of their lists now."""

    id: UUID
    username: str
    name: str
    title: str
    issuer: str
    year: int | None
    skill: str
    level: str
    listed: bool
    status: str
    reason: str
    has_file: bool
    media_type: str
    created_at: datetime


async def count_credentials() -> int:
    return await Credential.filter(status=CredentialStatus.SUBMITTED, user__status="active").count()


async def waiting_credentials(offset: int, limit: int) -> list[WaitingCredential]:
    """Those who wait longest come first. Two queries."""
    rows = (
        await Credential.filter(status=CredentialStatus.SUBMITTED, user__status="active")
        .select_related("user", "skill")
        .order_by("created_at", "id")
        .offset(offset)
        .limit(limit)
    )
    skills = await UserSkill.filter(user_id__in=[row.user_id for row in rows])
    listed = {(row.user_id, row.skill_id) for row in skills}
    return [_waiting(row, (row.user_id, row.skill_id) in listed) for row in rows]


def _waiting(row: Credential, listed: bool) -> WaitingCredential:
    return WaitingCredential(
        id=row.public_id,
        username=row.user.username,
        name=row.user.name,
        title=row.title,
        issuer=row.issuer,
        year=row.year,
        skill=row.skill.name if row.skill else "",
        level=row.level,
        listed=listed,
        status=row.status,
        reason=row.reason,
        has_file=bool(row.file),
        media_type=row.content_type,
        created_at=row.created_at,
    )


@transactional
async def review_credential(
    actor: Viewer, credential_id: UUID, verdict: CredentialStatus, reason: str = ""
) -> WaitingCredential:
    """Verify it, and with it the level claimed, or reject it with a reason; its owner is told.

    Raises NotFound, Forbidden for one's own, Invalid without a reason, Conflict when it was decided."""
    assert verdict in {CredentialStatus.VERIFIED, CredentialStatus.REJECTED}
    row = await Credential.get_or_none(public_id=credential_id).select_related("user", "skill")
    if row is None:
        raise NotFound
    if row.user_id == actor.user_id:
        raise Forbidden(message="Somebody else has to look at your own evidence.")
    words = reason.strip()
    if verdict is CredentialStatus.REJECTED and not words:
        raise Invalid(fields={"reason": "Say why: its owner reads it."})
    await _decide(row, verdict, actor, words)
    listed = verdict is CredentialStatus.VERIFIED and await _verify_level(row)
    await _tell(row)
    return _waiting(row, listed)


async def _decide(row: Credential, verdict: CredentialStatus, actor: Viewer, reason: str) -> None:
    """A lost race raises Conflict."""
    waiting = Credential.filter(id=row.id, status=CredentialStatus.SUBMITTED)
    if not await waiting.update(status=verdict, reason=reason, decided_at=clock.now()):
        raise Conflict(message="Somebody has decided this already.")
    await record_transition("credential", row.public_id, row.status, verdict, actor.user_id, reason)
    await audit.record(actor.user_id, f"credential.{verdict}", "credential", row.public_id, reason=reason)
    row.status, row.reason = verdict, reason


async def _verify_level(row: Credential) -> bool:
    """Whether it stands on a list of theirs now."""
    if row.skill_id is None:
        return False
    skills = UserSkill.filter(user_id=row.user_id, skill_id=row.skill_id)
    changed = await skills.update(level=row.level, level_basis="verified", verified_at=clock.now())
    return bool(changed)


async def _tell(row: Credential) -> None:
    about = {"verdict": row.status, "reason": row.reason, "title": row.title}
    await notify(row.user_id, "credential_reviewed", about, path=PAGE, dedupe_key=str(row.public_id))
