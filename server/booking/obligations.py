"""What somebody still owes others: coming sessions and seats. Who leaves gives them up first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.booking.models import Booking, Session
from server.booking.states import ACTIVE_BOOKINGS, OPEN_SESSIONS


@dataclass(frozen=True, slots=True)
class Obligation:
    """`path` leads to where it can be given up."""

    kind: Literal["session", "booking"]
    title: str
    starts_at: datetime
    path: str


async def obligations(user_id: int) -> list[Obligation]:
    """What comes first is first: two queries."""
    taught = Session.filter(mentor_id=user_id, status__in=OPEN_SESSIONS)
    booked = Booking.filter(
        learner_id=user_id, status__in=ACTIVE_BOOKINGS, session__status__in=OPEN_SESSIONS
    )
    found = [
        Obligation("session", title, starts_at, f"/sessions/{number}")
        for number, title, starts_at in await taught.values_list("id", "title", "starts_at")
    ]
    found += [
        Obligation("booking", title, starts_at, f"/sessions/{number}")
        for number, title, starts_at in await booked.values_list(
            "session_id", "session__title", "session__starts_at"
        )
    ]
    return sorted(found, key=lambda one: one.starts_at)
