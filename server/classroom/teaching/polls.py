"""The polls of one lesson: what may be asked, chosen, and seen by whom. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from media.protocol.codec import MessageError
from media.protocol.teaching import POLLS_MOST, PollView
from server.edge.api import timestamp


@dataclass(frozen=True, slots=True)
class AskedPoll:
    """A poll with what was chosen, by seat; the dictionary is shared by its later states."""

    id: str
    question: str
    answers: tuple[str, ...]
    many: bool
    asked_at: datetime
    closed_at: datetime | None = None
    shown_at: datetime | None = None
    votes: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def counts(self) -> list[int]:
        """How many chose each answer."""
        chosen = [number for numbers in self.votes.values() for number in numbers]
        return [chosen.count(number) for number in range(len(self.answers))]

    def voters(self) -> int:
        return sum(1 for numbers in self.votes.values() if numbers)


class Polls:
    """All polls of a lesson by id, in the order they were asked."""

    def __init__(self, polls: Iterable[AskedPoll] = ()) -> None:
        self._polls = {poll.id: poll for poll in polls}

    def all(self) -> list[AskedPoll]:
        return list(self._polls.values())

    def ask(self, question: str, answers: Sequence[str], many: bool, now: datetime) -> AskedPoll:
        """Raises MessageError `too_many_polls`."""
        if len(self._polls) >= POLLS_MOST:
            raise MessageError("too_many_polls", f"{POLLS_MOST} polls are the most: remove one.", "poll")
        return self._keep(AskedPoll(str(uuid4()), question, tuple(answers), many, now))

    def close(self, id: str, now: datetime) -> AskedPoll:
        poll = self._find(id, "poll")
        return self._keep(replace(poll, closed_at=poll.closed_at or now))

    def show(self, id: str, now: datetime) -> AskedPoll:
        """Everybody sees what came out from now on."""
        poll = self._find(id, "poll")
        return self._keep(replace(poll, shown_at=poll.shown_at or now))

    def remove(self, id: str) -> AskedPoll:
        poll = self._find(id, "poll")
        del self._polls[id]
        return poll

    def vote(self, id: str, seat_id: int, chosen: Sequence[int]) -> AskedPoll:
        """The latest choice of a seat counts. Raises MessageError `no_poll`, `poll_closed`, `invalid`."""
        poll = self._find(id, "poll-vote")
        if poll.closed_at is not None:
            raise MessageError("poll_closed", "This poll is closed.", "poll-vote")
        numbers = tuple(sorted(set(chosen)))
        if numbers and numbers[-1] >= len(poll.answers):
            raise MessageError("invalid", "There is no such answer.", "poll-vote")
        if len(numbers) > 1 and not poll.many:
            raise MessageError("invalid", "Choose one answer.", "poll-vote")
        poll.votes[seat_id] = numbers
        return poll

    def _find(self, id: str, re: str) -> AskedPoll:
        if id not in self._polls:
            raise MessageError("no_poll", "This poll is not there any more.", re)
        return self._polls[id]

    def _keep(self, poll: AskedPoll) -> AskedPoll:
        self._polls[poll.id] = poll
        return poll


def sees_counts(poll: AskedPoll, *, host: bool) -> bool:
    return host or poll.shown_at is not None


def view_of(poll: AskedPoll, mine: tuple[int, ...], *, counted: bool) -> PollView:
    """The poll for somebody who chose `mine`; who chose what is seen by nobody else."""
    return PollView(
        id=poll.id,
        question=poll.question,
        answers=list(poll.answers),
        many=poll.many,
        asked_at=timestamp(poll.asked_at),
        closed_at=timestamp(poll.closed_at) if poll.closed_at else None,
        shown_at=timestamp(poll.shown_at) if poll.shown_at else None,
        mine=list(mine),
        counts=poll.counts() if counted else None,
        votes=poll.voters(),
    )
