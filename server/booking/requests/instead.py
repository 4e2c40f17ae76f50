"""What a learner can do whose request came to nothing: who else teaches it, and sessions about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.booking.catalogue import find_sessions
from server.booking.requests.listing import RequestRow
from server.booking.requests.states import RequestStatus
from server.booking.searching import SessionQuery
from server.booking.values import SessionCard
from server.infra.folding import has, searchable
from server.people.mentors import Mentor, MentorQuery, find_mentors
from server.people.models import UserSkill

MOST = 3  # of each
NOT_GIVEN = (RequestStatus.DECLINED, RequestStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Instead:
    mentors: tuple[Mentor, ...] = ()
    sessions: tuple[SessionCard, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.mentors or self.sessions)


async def instead_of(row: RequestRow, viewer_id: int, now: datetime) -> Instead:
    """Nothing for the mentor, for what may still be given, and where the mentor names no skill."""
    if row.role != "learner" or row.status not in NOT_GIVEN:
        return Instead()
    skills = await _skills_of(row)
    if not skills:
        return Instead()
    mentors, _ = await find_mentors(MentorQuery(skills=skills, seen_by=viewer_id), 0, MOST + 2)
    seats = SessionQuery(skills=skills, has_seats=True, seen_by=viewer_id)
    sessions, _ = await find_sessions(seats, now, 0, MOST)
    others = [mentor for mentor in mentors if mentor.user_id != viewer_id]
    others = [mentor for mentor in others if mentor.username != row.mentor.username]
    return Instead(tuple(others[:MOST]), tuple(sessions))


async def _skills_of(row: RequestRow) -> tuple[str, ...]:
    """Those that the mentor teaches and the topic names; where it names none, all of them."""
    taught = UserSkill.filter(user__username=row.mentor.username, kind="teach").order_by("id")
    skills = await taught.values_list("skill__slug", "skill__name")
    topic = searchable(row.topic)
    named = [slug for slug, name in skills if all(has(topic, word) for word in name.split())]
    return tuple(named or [slug for slug, _ in skills])
