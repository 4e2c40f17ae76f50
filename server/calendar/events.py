"""Which lessons stand in somebody's calendar, as events, in three queries at most.

Everybody's event of one session has the session's UID, so that mail, feed and file never show it twice.
Its SEQUENCE is the session's, and one more for each time that this person's seat went or came again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.booking.cards import session_path
from server.booking.models import Booking, Session
from server.booking.policy import Policy, policy_named, read_policy
from server.booking.states import CANCELLED_BOOKINGS, BookingStatus, SessionStatus
from server.calendar.ics import Event
from server.edge.templates import render_text
from server.people.privacy import columns, shown

KEPT = timedelta(days=90)  # past lessons stay in the feed so long
KEPT_CANCELLED = timedelta(days=30)  # and those that were called off: programs must see that they were
MOST = 1000  # events of one feed
TEXT = "calendar/event.txt"

COLUMNS = (
    "id",
    "mentor_id",
    "title",
    "starts_at",
    "ends_at",
    "status",
    "price_minor",
    "policy",
    "ics_uid",
    "ics_sequence",
)
WITHOUT_SEAT = (BookingStatus.EXPIRED, *CANCELLED_BOOKINGS)


@dataclass(frozen=True, slots=True)
class Seat:
    """What the bookings of one person say of one session: how often their seat came or went after the
    first time, and whether it is gone. `price_minor` and `policy` are as they were when it was taken."""

    changes: int = 0
    gone: bool = False
    price_minor: int | None = None
    policy: Mapping[str, Any] | None = None


def sender_of(base_url: str) -> str:
    """Whom events come from."""
    return f"no-reply@{urlsplit(base_url).hostname}"


async def event_for(session_id: UUID, user_id: int | None, base_url: str) -> Event | None:
    """One session in this person's calendar; who has no seat gets it as it is. None for a draft."""
    rows = await _rows(Session.filter(id=session_id), base_url, user_id)
    return rows[0] if rows else None


async def takes_part(session_id: UUID, user_id: int) -> bool:
    """Whether it is, or was, a lesson of theirs."""
    seats = Booking.filter(session_id=session_id, learner_id=user_id).exclude(_never_theirs())
    return await seats.exists() or await Session.filter(id=session_id, mentor_id=user_id).exists()


async def was_booked(session_id: UUID) -> bool:
    """Whether anybody ever had a seat."""
    return await Booking.filter(session_id=session_id).exclude(_never_theirs()).exists()


async def events_of(user_id: int, now: datetime, base_url: str) -> list[Event]:
    """All that stands in this person's feed, the latest first."""
    seats = Booking.filter(learner_id=user_id).exclude(_never_theirs())
    booked = await seats.filter(session__ends_at__gte=now - KEPT).values_list("session_id", flat=True)
    mine = Q(id__in=list(booked)) | Q(mentor_id=user_id) if booked else Q(mentor_id=user_id)
    sessions = Session.filter(mine, ends_at__gte=now - KEPT)
    events = await _rows(sessions.order_by("-starts_at", "id").limit(MOST), base_url, user_id)
    return [event for event in events if not event.cancelled or event.ends_at >= now - KEPT_CANCELLED]


def _never_theirs() -> Q:
    """A seat that is held, or was and never became theirs, stands in no calendar."""
    held = Q(hold_expires_at__isnull=False, confirmed_at__isnull=True)
    return Q(status=BookingStatus.HELD) | (held & Q(status__in=WITHOUT_SEAT))


async def _rows(query: QuerySet[Session], base_url: str, user_id: int | None) -> list[Event]:
    dated = query.exclude(status=SessionStatus.DRAFT)
    rows: Sequence[dict[str, Any]] = await dated.values(*COLUMNS, *columns("mentor__"))
    seats = await _seats((row["id"] for row in rows), user_id)
    return [_event(row, seats.get(row["id"], Seat()), base_url, user_id) for row in rows]


async def _seats(session_ids: Iterable[UUID], user_id: int | None) -> Mapping[UUID, Seat]:
    ids = list(session_ids)
    if user_id is None or not ids:
        return {}
    bookings = Booking.filter(learner_id=user_id, session_id__in=ids).exclude(_never_theirs())
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in await bookings.order_by("id").values("session_id", "status", "price_minor", "policy"):
        found[row["session_id"]].append(row)
    return {session_id: _seat(rows) for session_id, rows in found.items()}


def _seat(rows: Sequence[Mapping[str, Any]]) -> Seat:
    latest = rows[-1]
    seat = seat_of([row["status"] for row in rows])
    return replace(seat, price_minor=latest["price_minor"], policy=latest["policy"])


def seat_of(history: Sequence[str]) -> Seat:
    """From the states of one person's bookings of one session, the oldest first. Each after the first
    came when the one before had gone: two changes."""
    gone = history[-1] in WITHOUT_SEAT
    return Seat(changes=2 * (len(history) - 1) + gone, gone=gone)


def _event(row: Mapping[str, Any], seat: Seat, base_url: str, user_id: int | None) -> Event:
    host, page = shown(row, user_id, "mentor__").name, base_url + session_path(row["id"])
    about = {
        "teaching": row["mentor_id"] == user_id,
        "host": host,
        "page": page,
        "price_minor": row["price_minor"] if seat.price_minor is None else seat.price_minor,
        "steps": _promised(row, seat).steps,
    }
    return Event(
        uid=row["ics_uid"],
        sequence=row["ics_sequence"] + seat.changes,
        title=row["title"],
        text=render_text(TEXT, about).strip(),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        host=host,
        page=page,
        room=f"{page}/room",
        cancelled=seat.gone or row["status"] == SessionStatus.CANCELLED,
    )


def _promised(row: Mapping[str, Any], seat: Seat) -> Policy:
    """What the seat was taken by; a change of the session's own policy since then does not count."""
    return policy_named(row["policy"]) if seat.policy is None else read_policy(seat.policy)
