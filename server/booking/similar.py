"""What else somebody could book who comes too late for a session."""

from __future__ import annotations

from datetime import datetime

from server.booking.cards import cards
from server.booking.searching import ORDERS, SessionQuery, matching
from server.booking.values import SessionCard


async def similar_sessions(
    session: SessionCard, now: datetime, limit: int, seen_by: int
) -> list[SessionCard]:
    """The next ones with seats left that teach one of its skills; where it names none, its mentor's."""
    mentor = None if session.skill_slugs else session.mentor.username
    query = SessionQuery(has_seats=True, seen_by=seen_by, skills=session.skill_slugs, mentor=mentor)
    found = await matching(query, now)
    found = found.exclude(id=session.id).exclude(mentor_id=seen_by)
    return await cards(found.order_by(*ORDERS["soonest"]).limit(limit), seen_by)
