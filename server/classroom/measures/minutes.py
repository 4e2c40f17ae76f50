"""Minutes of media on their way into the database: entries of the room journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from media.protocol import control
from server.classroom.journal import Journal
from server.classroom.measures.legs import MINUTE, Leg, joined, leg_of, minute_of, whole_minute
from server.classroom.measures.models import QualityMinute
from server.classroom.models import Seat

MOMENT = timedelta(seconds=1)  # without media that nobody notices


def nothing() -> None:
    """Nobody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Minute:
    """A journal entry. `acknowledge` lets whoever said it forget it; of somebody who is gone by now
    nothing is kept."""

    session_id: UUID
    participant: str
    at: datetime
    leg: Leg
    acknowledge: Callable[[], None] = nothing

    async def write(self) -> None:
        seat = await Seat.get_or_none(session_id=self.session_id, public_id=self.participant)
        if seat is None:
            return
        key = {"session_id": self.session_id, "seat_id": seat.id, "at": self.at}
        await QualityMinute.get_or_create({"leg": Leg().model_dump(mode="json")}, **key)
        row = await QualityMinute.filter(**key).select_for_update().get()
        row.leg = joined(Leg.model_validate(row.leg), self.leg).model_dump(mode="json")
        await row.save(update_fields=["leg"])

    def kept(self) -> None:
        self.acknowledge()

    def failed(self) -> None:
        """It is said again."""


class Minutes:
    """Takes what nodes say of their minutes, and notes how long people were without media since a node
    was lost, which no node tells."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._clock = clock
        self._lost: dict[tuple[str, str], datetime] = {}  # room, participant: since when

    def said(self, minute: control.QualityMinute, acknowledge: Callable[[], None]) -> None:
        known = _ids(minute)
        if known is None:  # not of a room of ours: nobody wants it
            acknowledge()
            return
        at = minute_of(minute, self._clock())
        self._journal.add(Minute(known, minute.participant, at, leg_of(minute), acknowledge))

    def media_lost(self, room: str, participant: str) -> None:
        """The node of somebody who was connected is gone."""
        self._lost.setdefault((room, participant), self._clock())

    def media_back(self, room: str, participant: str) -> None:
        """They are connected again, or left."""
        since, now = self._lost.pop((room, participant), None), self._clock()
        if since is None or now - since < MOMENT:
            return
        for at, leg in outage(since, now, uuid4().hex):
            self._journal.add(Minute(UUID(room), participant, at, leg))


def outage(since: datetime, until: datetime, id: str) -> list[tuple[datetime, Leg]]:
    """The minutes of a time without any node."""
    found, at = [], whole_minute(since)
    while at < until:
        span = round((min(until, at + MINUTE) - max(since, at)).total_seconds() * 1000)
        found.append((at, Leg(parts=[f"{id}-{at:%H%M}"], span_ms=span, faults={"node": span})))
        at += MINUTE
    return found


def _ids(minute: control.QualityMinute) -> UUID | None:
    """The session's id, if it and the participant's are ids of ours."""
    try:
        UUID(minute.participant)
        return UUID(minute.room)
    except ValueError:
        return None
