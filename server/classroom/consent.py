"""Answers to the question whether somebody's tracks may be recorded. No answer means no."""

from __future__ import annotations

from uuid import UUID

from server.classroom.consent_text import CURRENT
from server.classroom.models import Consent
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict


def check_text(given: bool, version: str | None) -> None:
    """Whether an answer is to what is asked now; a program that names no version has read the newest.

    Raises Conflict `consent_outdated` for a yes to other words; a no holds whatever was asked."""
    if given and version not in (None, CURRENT.version):
        raise Conflict(
            "consent_outdated", "What you are asked has changed. Load the page again to read it."
        )


@transactional
async def answer(session_id: UUID, user_id: int, given: bool, version: str | None = None) -> None:
    """Keep an answer and the version of the words; older ones stay on record, the newest one counts."""
    await Consent.create(
        session_id=session_id,
        user_id=user_id,
        given=given,
        text_version=(version or CURRENT.version)[:16],
        at=clock.now(),
    )


async def consent_of(session_id: UUID, user_id: int) -> bool | None:
    """The newest answer, or None where none is to what is asked now: a yes to other words is none."""
    newest = Consent.filter(session_id=session_id, user_id=user_id).order_by("-id").first()
    row = await newest
    if row is None or (row.given and row.text_version != CURRENT.version):
        return None
    return row.given
