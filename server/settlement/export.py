"""What was decided about a person's lessons, and what they objected to, for them to take along."""

from __future__ import annotations

from typing import Any

from server.infra.personal import Rows, erased, exported
from server.settlement.models import Issue, Verdict

KEPT = "it says why money went where it did, as long as the books are kept"
OTHERS = ("evidence",)  # has the other side's times, too

ROWS = (
    Rows(Verdict, "learner_id", "verdicts", secret=OTHERS, stay=KEPT),
    Rows(Verdict, "mentor_id", "verdicts_as_mentor", secret=(*OTHERS, "own_min"), stay=KEPT),
    Rows(Issue, "opener_id", "issues_raised", secret=("taken_by_id", "decided_by_id"), stay=KEPT),
    Rows(Issue, "taken_by_id", why="who works on it, kept with the case", stay=KEPT),
    Rows(Issue, "decided_by_id", why="who decided it, kept with the case", stay=KEPT),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    await erased(ROWS, user_id)
