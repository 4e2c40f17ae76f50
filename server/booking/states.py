"""The states of a session and of a booking, and the moves between them. Pure.

`moves.py` is the one place that moves a row; it asks these tables. Moves whose feature is still to be
built are left out: a move that is not listed can't happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from server.infra.errors import Conflict


class SessionStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"
    MISSED = "missed"


class BookingStatus(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    NO_SHOW_LEARNER = "no_show_learner"
    NO_SHOW_MENTOR = "no_show_mentor"
    EXPIRED = "expired"
    CANCELLED_BY_LEARNER = "cancelled_by_learner"
    CANCELLED_BY_MENTOR = "cancelled_by_mentor"


# People can find and enter these.
OPEN_SESSIONS = (SessionStatus.PUBLISHED, SessionStatus.LIVE)
# These occupy a seat; `booking_active` in the database is the same set.
ACTIVE_BOOKINGS = (BookingStatus.HELD, BookingStatus.CONFIRMED)
# Their learner's, also when the lesson is over and it is settled who was there.
SEATED = (BookingStatus.CONFIRMED, BookingStatus.ATTENDED, BookingStatus.NO_SHOW_LEARNER)
CANCELLED_BOOKINGS = (BookingStatus.CANCELLED_BY_LEARNER, BookingStatus.CANCELLED_BY_MENTOR)

SESSION_MOVES: Mapping[str, frozenset[str]] = {
    SessionStatus.DRAFT: frozenset({SessionStatus.PUBLISHED}),
    SessionStatus.PUBLISHED: frozenset(
        {SessionStatus.LIVE, SessionStatus.CANCELLED, SessionStatus.MISSED}
    ),
    SessionStatus.LIVE: frozenset({SessionStatus.ENDED}),
}

BOOKING_MOVES: Mapping[str, frozenset[str]] = {
    BookingStatus.HELD: frozenset(
        {
            BookingStatus.CONFIRMED,
            BookingStatus.EXPIRED,
            BookingStatus.CANCELLED_BY_LEARNER,
            BookingStatus.CANCELLED_BY_MENTOR,
        }
    ),
    BookingStatus.CONFIRMED: frozenset(
        {
            BookingStatus.CANCELLED_BY_LEARNER,
            BookingStatus.CANCELLED_BY_MENTOR,
            BookingStatus.NO_SHOW_MENTOR,
            BookingStatus.ATTENDED,
            BookingStatus.NO_SHOW_LEARNER,
        }
    ),
    BookingStatus.EXPIRED: frozenset({BookingStatus.CONFIRMED}),  # paid late, and the seat was free
}


def check_move(moves: Mapping[str, frozenset[str]], old: str, new: str) -> None:
    """Raises Conflict(wrong_state) where the table doesn't list the move."""
    if new not in moves.get(old, frozenset()):
        raise wrong_state(old)


def wrong_state(status: str) -> Conflict:
    return Conflict("wrong_state", f"That can't be done any more: this is {status.replace('_', ' ')}.")
