"""Which part of a lesson each person was there for: measured presence within the time it was held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from server.booking.outcome import held_lesson
from server.classroom.attendance import union_length
from server.classroom.models import AttendanceInterval

Span = tuple[datetime, datetime]
NEVER = timedelta()
# Whoever was there for so long knows what the lesson was like: of a short one, a part of it.
ENOUGH_S = 5 * 60
ENOUGH_OF_IT = Fraction(1, 3)


@dataclass(frozen=True, slots=True)
class Share:
    """How long somebody was there of how long the lesson was held, whole seconds; `share` is of 1."""

    present_s: int
    held_s: int
    share: float


@dataclass(frozen=True, slots=True)
class MeasuredPresence:
    """When a lesson was held, and when each person was there; spans of one person may overlap."""

    held: Span
    spans: Mapping[int, Sequence[Span]]

    def share(self, user_id: int) -> Share:
        return attended_share(self.spans.get(user_id, ()), self.held)


async def measured(session_id: UUID) -> MeasuredPresence | None:
    """None where the lesson was not held or is not over. Four queries."""
    lesson = await held_lesson(session_id)
    if lesson is None:
        return None
    spans = await _spans(session_id, lesson.ended_at)
    stayed = max((end for _, end in spans.get(lesson.mentor_id, ())), default=lesson.ended_at)
    held = held_span(lesson.started_at, lesson.planned_end, lesson.ended_at, stayed)
    return MeasuredPresence(held, spans)


async def shares(session_id: UUID) -> dict[int, Share]:
    """Everybody who was there, by their id; nobody where the lesson was not held or is not over.

    Four queries."""
    found = await measured(session_id)
    return {user_id: found.share(user_id) for user_id in found.spans} if found else {}


async def attended_enough(session_id: UUID) -> frozenset[int]:
    """Who was there long enough to say what a lesson that is over was like, its mentor too."""
    return frozenset(user_id for user_id, share in (await shares(session_id)).items() if enough(share))


def enough(share: Share) -> bool:
    """Whether somebody who was there for so much of it attended a lesson."""
    if not share.held_s or not share.present_s:
        return False
    return share.present_s >= ENOUGH_S or Fraction(share.present_s, share.held_s) >= ENOUGH_OF_IT


async def _spans(session_id: UUID, over_at: datetime) -> Mapping[int, list[Span]]:
    found: dict[int, list[Span]] = defaultdict(list)
    for one in await AttendanceInterval.filter(session_id=session_id):
        found[one.user_id].append((one.started_at, one.ended_at or over_at))
    return found


def held_span(
    started_at: datetime, planned_end: datetime, ended_at: datetime, mentor_until: datetime
) -> Span:
    """From the real start to the real end. What nobody ended is closed by the clock some time after its
    planned end: then it was over at that end, or when its mentor left after it."""
    return started_at, max(started_at, min(ended_at, max(planned_end, mentor_until)))


def attended_share(spans: Iterable[Span], held: Span) -> Share:
    """How much of `held` at least one of the spans covers. What lies outside of it counts nothing."""
    start, end = held
    within = ((max(begin, start), min(until, end)) for begin, until in spans)
    present, length = union_length(span for span in within if span[0] < span[1]), end - start
    part = present / length if length > NEVER else 0.0
    return Share(int(present.total_seconds()), int(length.total_seconds()), part)
