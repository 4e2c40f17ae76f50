"""Finding sessions: one by its id, those that everybody can find, a mentor's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from tortoise.expressions import F, Subquery
from tortoise.queryset import QuerySet

from server.booking.cards import cards, details
from server.booking.models import Session
from server.booking.searching import ORDERS, SessionQuery, listed, matching, ordered
from server.booking.states import OPEN_SESSIONS, SessionStatus
from server.booking.times import OVERTIME
from server.booking.values import SessionCard, SessionDetail
from server.booking.visibility import NO_SESSION, may_see, require_no_block
from server.edge.access import Viewer
from server.infra.errors import NotFound

MentorTab = Literal["upcoming", "drafts", "past", "cancelled"]

TAB_STATES: dict[MentorTab, tuple[SessionStatus, ...]] = {
    "upcoming": OPEN_SESSIONS,
    "drafts": (SessionStatus.DRAFT,),
    "past": (SessionStatus.ENDED, SessionStatus.MISSED),
    "cancelled": (SessionStatus.CANCELLED,),
}
TAB_LENGTH = 100  # rows of one tab


# --- one session


async def get_session(session_id: UUID, viewer: Viewer | None) -> SessionDetail:
    """Raises NotFound, also for somebody else's draft, or where one has blocked the other."""
    found = await details(Session.filter(id=session_id), viewer.user_id if viewer else None)
    if not found or not may_see(found[0].mentor_id, found[0].status, viewer):
        raise NotFound(message=NO_SESSION)
    await require_no_block(session_id, found[0].mentor_id, viewer)
    return found[0]


async def own_details(session_ids: Sequence[UUID], mentor_id: int) -> list[SessionDetail]:
    """Some of a mentor's own, by their times."""
    own = Session.filter(id__in=list(session_ids), mentor_id=mentor_id)
    return await details(own.order_by(*ORDERS["soonest"]), mentor_id)


# --- what everybody can find


async def find_sessions(
    query: SessionQuery, now: datetime, offset: int, limit: int
) -> tuple[list[SessionCard], int]:
    """A page of the sessions that can still be entered, and how many there are in all."""
    page, total = await _page(query, now, offset, limit)
    return await cards(page, query.seen_by) if page else [], total


async def find_details(
    query: SessionQuery, now: datetime, offset: int, limit: int
) -> tuple[list[SessionDetail], int]:
    """The same with the texts that only a session's own page shows."""
    page, total = await _page(query, now, offset, limit)
    return await details(page, query.seen_by) if page else [], total


async def count_sessions(query: SessionQuery, now: datetime) -> int:
    """How many of them there are."""
    return await (await matching(query, now)).count()


async def _page(
    query: SessionQuery, now: datetime, offset: int, limit: int
) -> tuple[QuerySet[Session] | None, int]:
    """None for a page after the last."""
    found = await matching(query, now)
    total = await found.count()
    if offset >= total:
        return None, total
    page = ordered(found, query.sort).offset(offset).limit(limit)
    return page if _read_off(query) else _by_id(page, query), total


def _read_off(query: SessionQuery) -> bool:
    """Whether an index has them in their order. Anything else is sorted."""
    return query.sort == "soonest" and not query.q


def _by_id(page: QuerySet[Session], query: SessionQuery) -> QuerySet[Session]:
    """The same rows: ids alone are sorted, and mentors are joined to those of the page alone."""
    return ordered(Session.filter(id__in=Subquery(page.values("id"))), query.sort)


async def featured_sessions(
    now: datetime, limit: int, *, seen_by: int | None = None, but_own: bool = False
) -> list[SessionCard]:
    """The next sessions that still have a seat, for this viewer; without those that they teach."""
    found = listed(seen_by, now).filter(seats_taken__lt=F("capacity"))
    if but_own:
        found = found.exclude(mentor_id=seen_by)
    return await cards(found.order_by(*ORDERS["soonest"]).limit(limit), seen_by)


async def other_dates(
    session: SessionCard, now: datetime, limit: int, seen_by: int | None = None
) -> list[SessionCard]:
    """When else the same is taught, full or not."""
    if session.offering_id is None:
        return []
    same = listed(seen_by, now).filter(offering_id=session.offering_id)
    return await cards(same.exclude(id=session.id).order_by(*ORDERS["soonest"]).limit(limit), seen_by)


async def also_taught(
    session: SessionDetail, now: datetime, limit: int, seen_by: int | None = None
) -> list[SessionCard]:
    """What else its mentor teaches soon, with seats left; other dates of the same are not among it."""
    theirs = listed(seen_by, now).filter(mentor_id=session.mentor_id, seats_taken__lt=F("capacity"))
    theirs = theirs.exclude(id=session.id)
    if session.offering_id is not None:
        theirs = theirs.exclude(offering_id=session.offering_id)
    return await cards(theirs.order_by(*ORDERS["soonest"]).limit(limit), seen_by)


async def taught_next(
    mentor_id: int, now: datetime, limit: int, seen_by: int | None
) -> list[SessionCard]:
    """What a mentor teaches next that can still be entered, full or not."""
    theirs = listed(seen_by, now).filter(mentor_id=mentor_id)
    return await cards(theirs.order_by(*ORDERS["soonest"]).limit(limit), seen_by)


# --- a mentor's own


async def mentor_sessions(mentor_id: int, tab: MentorTab) -> list[SessionCard]:
    """One tab of a mentor's sessions: what is ahead soonest first, what is over newest first."""
    own = Session.filter(mentor_id=mentor_id, status__in=TAB_STATES[tab])
    ahead = tab in ("upcoming", "drafts")
    order = "starts_at" if ahead else "-starts_at"
    return await cards(own.order_by(order, "id").limit(TAB_LENGTH), mentor_id)


async def next_taught(mentor_id: int, now: datetime) -> SessionCard | None:
    """The mentor's running or next session."""
    ahead = Session.filter(mentor_id=mentor_id, status__in=OPEN_SESSIONS, ends_at__gt=now - OVERTIME)
    found = await cards(ahead.order_by("starts_at").limit(1), mentor_id)
    return found[0] if found else None


async def lessons_ahead(mentor_id: int, now: datetime) -> list[datetime]:
    """When the sessions begin that the mentor still has to teach."""
    ahead = Session.filter(mentor_id=mentor_id, status__in=OPEN_SESSIONS, starts_at__gt=now)
    return [row["starts_at"] for row in await ahead.values("starts_at")]
