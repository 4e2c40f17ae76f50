"""Changes to what an approved mentor says of themselves: they wait for review, and what is shown stays.

Headline and bio are read by everybody and hold whatever people write, so they wait; languages, skills
and the rate are chosen or counted, and change at once. A change of what waits is a new revision: nobody
approves a text that they have not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from server.edge.access import Viewer
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid, NotFound
from server.infra.transitions import record_transition
from server.notifications.service import notify
from server.people.differences import Piece, differing
from server.people.models import MentorProfile, MentorRevision

KEY_PARTS = ("headline", "bio")
PAGE = "/profile/edit/mentor"


class RevisionStatus(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PartChange:
    """One part of a profile (`headline`, `bio`), as it is shown and as it would be."""

    part: str
    old: str
    new: str

    def pieces(self) -> tuple[list[Piece], list[Piece]]:
        return differing(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Revision:
    """A pending or decided change; `changes` are against what is shown now."""

    id: int
    username: str
    name: str
    status: str
    reason: str
    created_at: datetime
    changes: tuple[PartChange, ...]


# --- the mentor's side


async def latest_revision(user_id: int) -> Revision | None:
    """The change that waits, or the last one if it was not accepted: its mentor reads why."""
    row = await MentorRevision.filter(user_id=user_id).order_by("-id").select_related("user").first()
    if row is None or row.status not in {RevisionStatus.SUBMITTED, RevisionStatus.REJECTED}:
        return None
    return _revision(row, await MentorProfile.get(user_id=user_id))


def _revision(row: MentorRevision, shown: MentorProfile) -> Revision:
    changes = tuple(
        PartChange(part, str(getattr(shown, part)), str(row.content[part]))
        for part in KEY_PARTS
        if part in row.content
    )
    return Revision(
        row.id, row.user.username, row.user.name, row.status, row.reason, row.created_at, changes
    )


async def hold_back(profile: MentorProfile, given: Mapping[str, Any]) -> dict[str, Any]:
    """What of `given` changes at once. The rest becomes the pending revision, in the place of an earlier
    one; what says the same as is shown needs none. Call it in a transaction, with the profile locked."""
    key = {part: given[part] for part in KEY_PARTS if part in given}
    if key:
        pending = await _pending(profile.user_id)
        await _answer_refusal(profile.user_id)
        wanted = {**(pending.content if pending else {}), **key}
        content = {part: text for part, text in wanted.items() if text != getattr(profile, part)}
        if pending is None or content != pending.content:
            await _replace(profile.user_id, pending, content)
    return {name: value for name, value in given.items() if name not in KEY_PARTS}


async def _answer_refusal(user_id: int) -> None:
    """Whoever writes again has read why the last change was not accepted."""
    refused = MentorRevision.filter(user_id=user_id, status=RevisionStatus.REJECTED)
    await refused.update(status=RevisionStatus.WITHDRAWN)


async def _pending(user_id: int) -> MentorRevision | None:
    return await MentorRevision.get_or_none(user_id=user_id, status=RevisionStatus.SUBMITTED)


async def _replace(user_id: int, pending: MentorRevision | None, content: Mapping[str, object]) -> None:
    if pending:
        await _move(pending, RevisionStatus.WITHDRAWN, user_id)
    if content:
        row = await MentorRevision.create(user_id=user_id, content=dict(content), created_at=clock.now())
        await record_transition("mentor_revision", row.id, "", RevisionStatus.SUBMITTED, user_id)


@transactional
async def withdraw_revision(viewer: Viewer) -> None:
    """Raises Conflict where nothing waits (any more)."""
    pending = await _pending(viewer.user_id)
    if pending is None:
        raise Conflict(message="No change of yours waits for review.")
    await _move(pending, RevisionStatus.WITHDRAWN, viewer.user_id)


async def _move(row: MentorRevision, new: RevisionStatus, actor_id: int | None, reason: str = "") -> None:
    """The one place where the state of a revision changes; a lost race raises Conflict."""
    waiting = MentorRevision.filter(id=row.id, status=RevisionStatus.SUBMITTED)
    if not await waiting.update(status=new, reason=reason, decided_at=clock.now()):
        raise Conflict(message="This change does not wait for review any more.")
    await record_transition("mentor_revision", row.id, RevisionStatus.SUBMITTED, new, actor_id, reason)


# --- the reviewers' side


async def count_revisions() -> int:
    return await MentorRevision.filter(status=RevisionStatus.SUBMITTED, user__status="active").count()


async def waiting_revisions(offset: int, limit: int) -> list[Revision]:
    """Those who wait longest come first. Two queries."""
    rows = (
        await MentorRevision.filter(status=RevisionStatus.SUBMITTED, user__status="active")
        .select_related("user")
        .order_by("created_at", "id")
        .offset(offset)
        .limit(limit)
    )
    profiles = await MentorProfile.filter(user_id__in=[row.user_id for row in rows])
    shown = {profile.user_id: profile for profile in profiles}
    return [_revision(row, shown[row.user_id]) for row in rows]


@transactional
async def review_revision(
    actor: Viewer, revision_id: int, verdict: RevisionStatus, reason: str = ""
) -> Revision:
    """Show what was changed from now on, or send it back with a reason; its mentor is told.

    Raises NotFound, Invalid without a reason, Conflict when it was decided, withdrawn or changed."""
    assert verdict in {RevisionStatus.APPROVED, RevisionStatus.REJECTED}
    row = await MentorRevision.get_or_none(id=revision_id).select_related("user")
    if row is None:
        raise NotFound
    words = reason.strip()
    if verdict is RevisionStatus.REJECTED and not words:
        raise Invalid(fields={"reason": "Say why: the mentor reads it."})
    shown = await MentorProfile.filter(user_id=row.user_id).select_for_update().get()
    decided = _revision(row, shown)
    await _move(row, verdict, actor.user_id, words)
    if verdict is RevisionStatus.APPROVED:
        await MentorProfile.filter(id=shown.id).update(**row.content, updated_at=clock.now())
    await audit.record(actor.user_id, f"revision.{verdict}", "mentor_revision", row.id, reason=words)
    about = {"verdict": verdict.value, "reason": words}
    await notify(row.user_id, "revision_reviewed", about, path=PAGE, dedupe_key=str(row.id))
    return Revision(
        decided.id, decided.username, decided.name, verdict, words, decided.created_at, decided.changes
    )
