"""What other features may have told to people. Each call writes a job; the mail follows the commit.

`path` leads to the page that the mail is about; times are shown in the addressee's own zone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from server.infra.outbox import enqueue

# Instants: text in the job, instants again in the template.
TIMES = frozenset({"starts_at", "ends_at", "at"})


async def tell(user_id: int, mail: str, about: dict[str, Any], *, dedupe_key: str) -> None:
    """Send one person `web/templates/email/<mail>.mail` once for each `dedupe_key`."""
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in about.items()
    }
    payload = {"user_id": user_id, "mail": mail, "about": plain}
    await enqueue("notifications.mail", payload, dedupe_key=f"{mail}:{dedupe_key}")


async def booking_confirmed(
    user_id: int,
    *,
    booking_id: UUID,
    title: str,
    mentor: str,
    starts_at: datetime,
    ends_at: datetime,
    path: str,
) -> None:
    """Tell a learner that their seat is theirs."""
    about = {
        "title": title,
        "mentor": mentor,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "path": path,
    }
    await tell(user_id, "booking_confirmed", about, dedupe_key=str(booking_id))


async def seat_booked(
    mentor_id: int,
    *,
    booking_id: UUID,
    title: str,
    learner: str,
    starts_at: datetime,
    ends_at: datetime,
    path: str,
) -> None:
    """Tell a mentor who has booked a seat."""
    about = {
        "title": title,
        "learner": learner,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "path": path,
    }
    await tell(mentor_id, "booking_confirmed_mentor", about, dedupe_key=str(booking_id))


async def booking_cancelled(
    user_id: int, *, booking_id: UUID, title: str, who: str, starts_at: datetime, path: str
) -> None:
    """Tell the other side that `who` has given a booking up."""
    about = {"title": title, "who": who, "starts_at": starts_at, "path": path}
    await tell(user_id, "booking_cancelled", about, dedupe_key=f"{booking_id}:{user_id}")


async def session_cancelled(
    user_id: int, *, session_id: UUID, title: str, starts_at: datetime, path: str
) -> None:
    """Tell a learner that a session will not take place."""
    about = {"title": title, "starts_at": starts_at, "path": path}
    await tell(user_id, "session_cancelled", about, dedupe_key=f"{session_id}:{user_id}")


async def recording_ready(
    user_id: int, *, session_id: UUID, title: str, starts_at: datetime, path: str
) -> None:
    """Tell somebody who was there that the recording can be watched."""
    about = {"title": title, "starts_at": starts_at, "path": path}
    await tell(user_id, "recording_ready", about, dedupe_key=f"{session_id}:{user_id}")
