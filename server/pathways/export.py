"""The pathways that somebody made and those that they follow."""

from __future__ import annotations

from typing import Any

from server.infra.personal import Rows, erased, exported
from server.pathways.models import Pathway, PathwayEnrolment
from server.pathways.values import PathwayStatus

ROWS = (
    Rows(Pathway, "mentor_id", "pathways", stay="learners look up what they have completed"),
    Rows(PathwayEnrolment, "learner_id", "pathways_followed"),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    """Drafts nobody has seen go; nobody finds the others any more."""
    own = Pathway.filter(mentor_id=user_id)
    await own.filter(status=PathwayStatus.DRAFT).delete()
    await own.update(status=PathwayStatus.ARCHIVED)
    await erased(ROWS, user_id)
