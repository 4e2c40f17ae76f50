"""Legal hold: the staff keeps a recording beyond its time, while something about it is looked into.
Nobody deletes it meanwhile, and no time ends it. Whether hold or end came first is for the database."""

from __future__ import annotations

from uuid import UUID

from server.edge.access import Viewer
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid, NotFound
from server.notifications.service import withdraw
from server.recordings.keeping.removing import cause_of
from server.recordings.keeping.retention import NOTICE_BEFORE, plan_notice
from server.recordings.models import Recording
from server.recordings.shelf import NO_RECORDING
from server.recordings.states import GONE

LONGEST_REASON = 500  # characters


@transactional
async def hold(recording_id: UUID, actor: Viewer, reason: str) -> None:
    """Raises NotFound, Invalid, Conflict(wrong_state) where it is held already, or its files are gone."""
    said = _said(reason)
    free = Recording.filter(id=recording_id, held_at__isnull=True).exclude(state__in=GONE)
    if not await free.update(held_at=clock.now(), held_by_id=actor.user_id, hold_reason=said):
        await _refuse(recording_id)
    await withdraw(cause_of(recording_id))
    await audit.record(actor.user_id, "recording.held", "recording", recording_id, reason=said)


@transactional
async def lift(recording_id: UUID, actor: Viewer, reason: str) -> None:
    """What is over by now stays for another week, and its mentor hears of that.

    Raises NotFound, Invalid, Conflict(wrong_state) where it is not held."""
    said = _said(reason)
    held = Recording.filter(id=recording_id, held_at__isnull=False)
    recording = await held.select_for_update().get_or_none()
    if recording is None:
        await _refuse(recording_id)
        return
    expires_at = recording.expires_at and max(recording.expires_at, clock.now() + NOTICE_BEFORE)
    await held.update(held_at=None, held_by_id=None, hold_reason="", expires_at=expires_at)
    if expires_at is not None:
        await plan_notice(recording_id, expires_at)
    await audit.record(actor.user_id, "recording.released", "recording", recording_id, reason=said)


def _said(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise Invalid(fields={"reason": "Say why: it is kept in the audit log."})
    if len(said) > LONGEST_REASON:
        raise Invalid(fields={"reason": f"At most {LONGEST_REASON} characters."})
    return said


async def _refuse(recording_id: UUID) -> None:
    """Read after the fact."""
    recording = await Recording.get_or_none(id=recording_id)
    if recording is None:
        raise NotFound(message=NO_RECORDING)
    if recording.state in GONE:
        raise Conflict("wrong_state", "The files of this recording are gone already.")
    if recording.held_at is not None:
        raise Conflict("wrong_state", "This recording is held already.")
    raise Conflict("wrong_state", "This recording is not held.")
