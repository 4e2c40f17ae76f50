"""A mentor's own sessions, a page of one tab at a time, or all of them."""

from __future__ import annotations

from tortoise.queryset import QuerySet

from server.booking.cards import cards
from server.booking.catalogue import TAB_STATES, MentorTab
from server.booking.models import Session
from server.booking.states import SessionStatus
from server.booking.values import SessionCard


async def tab_of_sessions(
    mentor_id: int, tab: MentorTab, offset: int, limit: int
) -> tuple[list[SessionCard], int]:
    """What is ahead soonest first, what is over newest first; and how many there are in all."""
    own = Session.filter(mentor_id=mentor_id, status__in=TAB_STATES[tab])
    order = "starts_at" if tab in ("upcoming", "drafts") else "-starts_at"
    return await cards(_part(own, order, offset, limit), mentor_id), await own.count()


async def all_taught(mentor_id: int, limit: int) -> list[SessionCard]:
    """All but drafts, newest first."""
    own = Session.filter(mentor_id=mentor_id).exclude(status=SessionStatus.DRAFT)
    return await cards(_part(own, "-starts_at", 0, limit), mentor_id)


def _part(own: QuerySet[Session], order: str, offset: int, limit: int) -> QuerySet[Session]:
    return own.order_by(order, "id").offset(offset).limit(limit)
