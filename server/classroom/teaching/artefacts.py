"""What a lesson left behind, for those who were in it: read from the database, whether or not its room
is up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.classroom.teaching.desk import Desk
from server.classroom.teaching.loading import load_desk
from server.classroom.teaching.polls import AskedPoll, sees_counts
from server.edge.api import timestamp


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """`votes` is None while the mentor has not shown the results."""

    text: str
    votes: int | None


@dataclass(frozen=True, slots=True)
class PollResult:
    question: str
    answers: tuple[PollAnswer, ...]
    many: bool
    votes: int
    asked_at: str
    shown: bool


@dataclass(frozen=True, slots=True)
class KeptObjective:
    text: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Artefacts:
    """`notes` is the text of all paragraphs; `board` has each item as it stands on the wire."""

    polls: tuple[PollResult, ...]
    notes: str
    board: tuple[dict[str, Any], ...]
    objectives: tuple[KeptObjective, ...]
    takeaways: str
    homework: str


async def artefacts(session_id: UUID, *, host: bool = False) -> Artefacts:
    """What everybody of the lesson may read; `host`: also results that were not shown. Seven queries."""
    desk = await load_desk(session_id)
    return Artefacts(
        polls=tuple(_result(poll, host=host) for poll in desk.polls.all()),
        notes=notes_text(desk),
        board=tuple(one.item.model_dump(mode="json") for one in desk.board.live()),
        objectives=tuple(KeptObjective(one.text, one.reached) for one in desk.objective_views()),
        takeaways=desk.ending.takeaways,
        homework=desk.ending.homework,
    )


def notes_text(desk: Desk) -> str:
    """A blank line between paragraphs."""
    return "\n\n".join(one.text.strip() for one in desk.notes.live() if one.text.strip())


def _result(poll: AskedPoll, *, host: bool) -> PollResult:
    counted = sees_counts(poll, host=host)
    answers = zip(poll.answers, poll.counts(), strict=True)
    return PollResult(
        question=poll.question,
        answers=tuple(PollAnswer(text, votes if counted else None) for text, votes in answers),
        many=poll.many,
        votes=poll.voters(),
        asked_at=timestamp(poll.asked_at),
        shown=poll.shown_at is not None,
    )
