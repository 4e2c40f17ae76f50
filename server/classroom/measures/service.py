"""What was measured of a lesson, for its pages, for the feedback on it and for what is decided by it
later. All of it are the media node's or the server's own figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.classroom import attendance
from server.classroom.measures import quality as reports
from server.classroom.measures.models import Engagement
from server.classroom.measures.quality import PersonsQuality, Quality
from server.classroom.models import Seat
from server.infra import clock

__all__ = ["PersonsQuality", "Quality", "TakingPart", "engagement", "node_at_fault", "quality"]


async def quality(session_id: UUID) -> Quality:
    """How everybody's media were, and whose side it was where they were not good."""
    return await reports.report(session_id)


async def node_at_fault(session_id: UUID) -> bool:
    """Whether the media node spoilt the lesson for somebody. A technical rating of such a lesson says
    nothing about its mentor."""
    return reports.node_failed(await reports.report(session_id))


@dataclass(frozen=True, slots=True)
class TakingPart:
    """How much one person took part, by the end or until now. `share` is theirs of all that was said,
    from 0 to 1; None where nobody was heard."""

    user_id: int
    participant: str
    name: str
    role: str
    talk_ms: int
    present_ms: int
    share: float | None
    hands: int = 0
    reactions: int = 0
    lines: int = 0
    votes: int = 0
    lost: int = 0


async def engagement(session_id: UUID) -> Sequence[TakingPart]:
    """Everybody who was in the room, the mentor first. Three queries."""
    present = await attendance.time_present(session_id, clock.now())
    rows = {row.seat_id: row for row in await Engagement.filter(session_id=session_id)}
    seats = await Seat.filter(session_id=session_id).order_by("id")
    total = sum(row.talk_ms for row in rows.values())
    people = []
    for seat in seats:
        row, here = rows.get(seat.id), present.get(seat.user_id)
        if row is None and here is None:
            continue
        row = row or Engagement(session_id=session_id, seat_id=seat.id)
        people.append(
            TakingPart(
                user_id=seat.user_id,
                participant=str(seat.public_id),
                name=seat.name,
                role=seat.role,
                talk_ms=row.talk_ms,
                present_ms=round(here.total_seconds() * 1000) if here else 0,
                share=row.talk_ms / total if total else None,
                hands=row.hands,
                reactions=row.reactions,
                lines=row.lines,
                votes=row.votes,
                lost=row.lost,
            )
        )
    return sorted(people, key=lambda one: one.role != "mentor")
