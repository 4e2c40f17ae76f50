"""How much each person took part in a lesson so far. PURE: times are instants that are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from media.protocol.codec import Message
from media.protocol.conduct import LostMeSend, ReactionSend
from media.protocol.measures import PersonsPart, Pulse
from media.protocol.messages import ChatSend
from media.protocol.teaching import PollVoteSend

NONE = timedelta()


@dataclass(slots=True)
class Part:
    """One person's. `came_at` and `speaks_since` are None while they are away, or silent."""

    participant: str
    seat_id: int
    talked: timedelta = NONE
    present: timedelta = NONE
    hands: int = 0
    reactions: int = 0
    lines: int = 0
    votes: int = 0
    lost: int = 0
    came_at: datetime | None = None
    speaks_since: datetime | None = None
    hand_at: datetime | None = None
    voted_in: set[str] = field(default_factory=set)

    def come(self, now: datetime) -> None:
        self.came_at = self.came_at or now

    def go(self, now: datetime) -> None:
        self.speak(False, now)
        if self.came_at is not None:
            self.present += now - self.came_at
            self.came_at = None

    def speak(self, speaks: bool, now: datetime) -> None:
        if speaks:
            self.speaks_since = self.speaks_since or now
        elif self.speaks_since is not None:
            self.talked += now - self.speaks_since
            self.speaks_since = None

    def talked_by(self, now: datetime) -> timedelta:
        return self.talked + (now - self.speaks_since if self.speaks_since else NONE)

    def shown(self, now: datetime) -> PersonsPart:
        here = now - self.came_at if self.came_at else NONE
        return PersonsPart(
            participant=self.participant,
            talk_ms=milliseconds(self.talked_by(now)),
            present_ms=milliseconds(self.present + here),
            hands=self.hands,
            lines=self.lines,
            votes=self.votes,
            reactions=self.reactions,
        )


def milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


# --- what people do: by the message that did it, once it was taken


def _voted(part: Part, message: PollVoteSend) -> None:
    """Another answer to the same question is no second vote."""
    if message.chosen and message.poll not in part.voted_in:
        part.votes += 1
        part.voted_in.add(message.poll)


def _reacted(part: Part, message: ReactionSend) -> None:
    part.reactions += 1


def _wrote(part: Part, message: ChatSend) -> None:
    """What is said to one person alone is between the two."""
    part.lines += message.to is None


def _was_lost(part: Part, message: LostMeSend) -> None:
    part.lost += 1


COUNTED: dict[type[Message], Callable[[Part, Message], None]] = {
    PollVoteSend: _voted,  # type: ignore[dict-item]
    ReactionSend: _reacted,  # type: ignore[dict-item]
    ChatSend: _wrote,  # type: ignore[dict-item]
    LostMeSend: _was_lost,  # type: ignore[dict-item]
}


class Parts:
    """Everybody's in one room, by participant."""

    def __init__(self, known: dict[str, Part] | None = None) -> None:
        self._parts = known or {}

    @property
    def all(self) -> list[Part]:
        return list(self._parts.values())

    def of(self, participant: str, seat_id: int) -> Part:
        part = self._parts.get(participant)
        if part is None:
            part = self._parts[participant] = Part(participant, seat_id)
        return part

    def count(self, participant: str, message: Message) -> None:
        """Somebody did something."""
        part, act = self._parts.get(participant), COUNTED.get(type(message))
        if part is not None and act is not None:
            act(part, message)

    def raise_hand(self, participant: str, at: datetime) -> None:
        """Their hand is up since `at`: each time counts once, however often it is said."""
        part = self._parts.get(participant)
        if part is not None and part.hand_at != at:
            part.hand_at = at
            part.hands += 1

    def speak(self, participant: str, speaks: bool, now: datetime) -> None:
        if participant in self._parts:
            self._parts[participant].speak(speaks, now)

    def fall_silent(self, now: datetime) -> None:
        for part in self._parts.values():
            part.speak(False, now)

    def to_all(self, now: datetime) -> Pulse:
        """For those who lead the room."""
        parts = self._parts.values()
        return Pulse(people=[part.shown(now) for part in parts], lost=sum(part.lost for part in parts))

    def to_one(self, participant: str, now: datetime) -> Pulse:
        """For anybody else: their own alone."""
        part = self._parts[participant]
        return Pulse(people=[part.shown(now)], lost=part.lost)
