"""What people can show for themselves: certificates, degrees, other evidence. Their files are private."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO
from uuid import UUID

from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid, NotFound
from server.infra.outbox import enqueue
from server.people import evidence
from server.people.contacts import require_no_contacts
from server.people.models import Credential, Skill
from server.people.skills import LEVELS, skills_by_slug

MAX_CREDENTIALS = 20  # of one person
FIRST_YEAR = 1950
UPLOADS = Limit("evidence", 20, timedelta(hours=1))


class CredentialStatus(StrEnum):
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class NewCredential:
    """What somebody says of a piece of evidence. `skill` is a slug or empty; with one, `level` is the
    level that they claim in it."""

    title: str
    issuer: str
    year: int | None
    skill: str
    level: str


@dataclass(frozen=True, slots=True)
class OwnCredential:
    """A credential as its owner sees it; `reason` is the reviewer's."""

    id: UUID
    title: str
    issuer: str
    year: int | None
    skill: str
    level: str
    status: str
    reason: str
    media_type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ShownCredential:
    """The same as everybody sees it: `verified` once a reviewer has seen the evidence."""

    title: str
    issuer: str
    year: int | None
    verified: bool


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """Where the file of a credential is, and what to call it."""

    key: str
    media_type: str
    name: str


async def own_credentials(user_id: int) -> list[OwnCredential]:
    """The latest first."""
    rows = await Credential.filter(user_id=user_id).select_related("skill").order_by("-created_at", "-id")
    return [_own(row) for row in rows]


def _own(row: Credential) -> OwnCredential:
    return OwnCredential(
        id=row.public_id,
        title=row.title,
        issuer=row.issuer,
        year=row.year,
        skill=row.skill.name if row.skill else "",
        level=row.level,
        status=row.status,
        reason=row.reason,
        media_type=row.content_type,
        created_at=row.created_at,
    )


async def shown_credentials(user_id: int) -> list[ShownCredential]:
    """What stands on a person's page, what was verified first; what was rejected doesn't."""
    rows = await Credential.filter(user_id=user_id).exclude(status=CredentialStatus.REJECTED)
    shown = [
        ShownCredential(row.title, row.issuer, row.year, row.status == CredentialStatus.VERIFIED)
        for row in rows
    ]
    return sorted(shown, key=lambda one: (not one.verified, -(one.year or 0), one.title))


async def add_credential(user_id: int, wanted: NewCredential, source: BinaryIO) -> None:
    """Keep a credential with its file; it waits for review.

    Raises Invalid, Conflict (`too_many`), Throttled, StorageDown."""
    skill = await _checked(wanted)
    await _require_room(user_id)
    await WINDOWS.take(UPLOADS, str(user_id))
    kept = await evidence.take_in(source)
    await _write(user_id, wanted, skill, kept)


async def _checked(wanted: NewCredential) -> Skill | None:
    """The skill it is for. Raises Invalid."""
    require_no_contacts({"title": wanted.title, "issuer": wanted.issuer})
    if wanted.year is not None and not FIRST_YEAR <= wanted.year <= clock.now().year:
        raise Invalid(fields={"year": f"Write a year from {FIRST_YEAR} to this one."})
    if not wanted.skill:
        return None
    if wanted.level not in LEVELS:
        raise Invalid(fields={"level": "Choose the level that this shows."})
    return (await skills_by_slug([wanted.skill], field="skill"))[0]


async def _require_room(user_id: int) -> None:
    if await Credential.filter(user_id=user_id).count() >= MAX_CREDENTIALS:
        raise Conflict("too_many", f"You have {MAX_CREDENTIALS} already. Remove one first.")


@transactional
async def _write(user_id: int, wanted: NewCredential, skill: Skill | None, kept: evidence.Kept) -> None:
    await Credential.create(
        user_id=user_id,
        skill_id=skill.id if skill else None,
        title=wanted.title,
        issuer=wanted.issuer,
        year=wanted.year,
        level=wanted.level if skill else "",
        file=kept.key,
        content_type=kept.media_type,
        status=CredentialStatus.SUBMITTED,
        created_at=clock.now(),
    )


@transactional
async def remove_credential(user_id: int, credential_id: UUID) -> None:
    """Its file goes too. A level that it verified stays: it was seen. Raises NotFound."""
    row = await Credential.get_or_none(public_id=credential_id, user_id=user_id)
    if row is None:
        raise NotFound
    await row.delete()
    if row.file:
        await enqueue("people.forget_file", {"key": row.file})


async def own_evidence(user_id: int, credential_id: UUID) -> EvidenceFile:
    """The file of one's own credential. Raises NotFound."""
    return _file(await Credential.get_or_none(public_id=credential_id, user_id=user_id))


async def evidence_of(credential_id: UUID) -> EvidenceFile:
    """The file of anybody's credential, for reviewers. Raises NotFound."""
    return _file(await Credential.get_or_none(public_id=credential_id))


def _file(row: Credential | None) -> EvidenceFile:
    if row is None or not row.file:
        raise NotFound
    return EvidenceFile(row.file, row.content_type, row.title)
