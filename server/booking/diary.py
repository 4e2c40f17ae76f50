"""Reading bookings: what a learner has booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.booking.cards import cards_by_id
from server.booking.models import Booking
from server.booking.paying import payment_page, payment_statuses
from server.booking.policy import Term, counted_from, policy_named, read_policy, terms
from server.booking.states import (
    ACTIVE_BOOKINGS,
    CANCELLED_BOOKINGS,
    OPEN_SESSIONS,
    SEATED,
    BookingStatus,
    SessionStatus,
)
from server.booking.times import doors_open_at
from server.booking.values import BookingRow, SessionCard, SessionDetail
from server.booking.waiting.queue import offers_among
from server.edge.access import Viewer
from server.infra.errors import NotFound

BookingTab = Literal["upcoming", "past", "cancelled"]

ROW_COLUMNS = (
    "public_id",
    "status",
    "session_id",
    "price_minor",
    "currency",
    "hold_expires_at",
    "refund_minor",
    "policy",
    "created_at",
)
ENDED_BOOKINGS = (*CANCELLED_BOOKINGS, BookingStatus.EXPIRED)  # seats that are nobody's any more
TAB_CONDITIONS: dict[str, Q] = {
    "upcoming": Q(status__in=ACTIVE_BOOKINGS, session__status__in=OPEN_SESSIONS),
    "past": ~Q(status__in=ENDED_BOOKINGS) & ~Q(session__status__in=OPEN_SESSIONS),
    "cancelled": Q(status__in=ENDED_BOOKINGS),
}
TAB_ORDERS = {"upcoming": "session__starts_at", "past": "-session__starts_at", "cancelled": "-created_at"}


@dataclass(frozen=True, slots=True)
class BookingPage:
    items: list[BookingRow]
    total: int


async def learner_bookings(
    learner_id: int, tab: BookingTab, now: datetime, limit: int = 100
) -> list[BookingRow]:
    """One tab of a learner's bookings: three queries."""
    return await _rows(_tab(learner_id, tab).limit(limit), now, learner_id)


async def tab_of_bookings(
    learner_id: int, tab: BookingTab, now: datetime, offset: int, limit: int
) -> BookingPage:
    """A part of one tab, and how many bookings it has in all."""
    own = _tab(learner_id, tab)
    return BookingPage(await _rows(own.offset(offset).limit(limit), now, learner_id), await own.count())


def _tab(learner_id: int, tab: BookingTab) -> QuerySet[Booking]:
    return Booking.filter(TAB_CONDITIONS[tab], learner_id=learner_id).order_by(TAB_ORDERS[tab], "id")


async def all_bookings(learner_id: int, now: datetime, offset: int, limit: int) -> BookingPage:
    """A page of all of a learner's bookings, newest first."""
    own = Booking.filter(learner_id=learner_id)
    total = await own.count()
    items = await _rows(own.order_by("-created_at", "-id").offset(offset).limit(limit), now, learner_id)
    return BookingPage(items, total)


async def get_booking(booking_id: UUID, viewer: Viewer, now: datetime) -> BookingRow:
    """A booking of the viewer's own. Raises NotFound."""
    own = Booking.filter(public_id=booking_id, learner_id=viewer.user_id)
    found = await _rows(own, now, viewer.user_id)
    if not found:
        raise NotFound(message="There is no such booking.")
    return found[0]


async def booking_for(session: SessionCard, learner_id: int, now: datetime) -> BookingRow | None:
    """The learner's newest booking of one session that was not called off: one query, or two."""
    own = Booking.filter(session_id=session.id, learner_id=learner_id)
    latest = own.exclude(status__in=ENDED_BOOKINGS).order_by("-id").limit(1)
    rows: Sequence[dict[str, Any]] = await latest.values(*ROW_COLUMNS)
    found = await _booking_rows(rows, {session.id: session}, now)
    return found[0] if found else None


async def _rows(query: QuerySet[Booking], now: datetime, learner_id: int) -> list[BookingRow]:
    rows: Sequence[dict[str, Any]] = await query.values(*ROW_COLUMNS)
    sessions = await cards_by_id((row["session_id"] for row in rows), learner_id)
    return await _booking_rows(rows, sessions, now)


async def _booking_rows(
    rows: Sequence[dict[str, Any]], sessions: Mapping[UUID, SessionCard], now: datetime
) -> list[BookingRow]:
    held = [row["public_id"] for row in rows if row["status"] == BookingStatus.HELD]
    offered = await offers_among(held) if held else frozenset()
    paid = await payment_statuses([row["public_id"] for row in rows if row["price_minor"]])
    return [
        replace(
            _booking_row(row, sessions[row["session_id"]], now),
            offered=row["public_id"] in offered,
            payment_status=paid.get(row["public_id"]),
        )
        for row in rows
    ]


def _booking_row(row: dict[str, Any], session: SessionCard, now: datetime) -> BookingRow:
    confirmed, held = (row["status"] == each for each in (BookingStatus.CONFIRMED, BookingStatus.HELD))
    recorded = _recorded(session, row["status"] in SEATED)
    return BookingRow(
        id=row["public_id"],
        status=row["status"],
        session=session,
        price_minor=row["price_minor"],
        currency=row["currency"],
        hold_expires_at=row["hold_expires_at"],
        created_at=row["created_at"],
        can_join=confirmed and room_open(session, now),
        can_cancel=(confirmed or held) and session.status == SessionStatus.PUBLISHED,
        join_url=f"{session.url}/room",
        recordings_url=f"{session.url}/recordings" if recorded else None,
        pay_url=payment_page(row["public_id"]) if held and row["price_minor"] else None,
        refund_minor=row["refund_minor"],
        terms=terms(read_policy(row["policy"]), counted_from(row["policy"], session.starts_at)),
    )


def terms_of(session: SessionDetail, booking: BookingRow | None) -> tuple[Term, ...]:
    """What giving a seat back gives back: as it was promised to who has one, else as it would be now."""
    return booking.terms if booking else terms(policy_named(session.policy), session.starts_at)


def room_open(session: SessionCard, now: datetime) -> bool:
    """Open from 15 minutes before the start for as long as the session can run."""
    return session.status in OPEN_SESSIONS and now >= doors_open_at(session.starts_at)


def _recorded(session: SessionCard, seated: bool) -> bool:
    return seated and session.status == SessionStatus.ENDED and session.recording == "auto"
