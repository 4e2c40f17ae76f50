"""Answers to the question whether somebody's tracks may be recorded. No answer means no."""

from __future__ import annotations

from uuid import UUID

from server.classroom.models import Consent
from server.infra import clock
from server.infra.db import transactional


@transactional
async def answer(session_id: UUID, user_id: int, given: bool) -> None:
    """Keep an answer; older ones stay on record, the newest one counts."""
    await Consent.create(session_id=session_id, user_id=user_id, given=given, at=clock.now())


async def consent_of(session_id: UUID, user_id: int) -> bool | None:
    """The newest answer, or None where nobody answered."""
    newest = Consent.filter(session_id=session_id, user_id=user_id).order_by("-id").first()
    row = await newest
    return row.given if row else None
