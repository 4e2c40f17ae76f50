"""What other features may have told to people. Each call writes a job; the mail follows the commit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.infra.outbox import enqueue


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
    """Tell a learner, once for each booking, that their seat is theirs. `path` leads to the session."""
    payload = {
        "user_id": user_id,
        "title": title,
        "mentor": mentor,
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "path": path,
    }
    await enqueue(
        "notifications.mail_booking_confirmed", payload, dedupe_key=f"booking-confirmed:{booking_id}"
    )


async def session_cancelled(
    user_id: int, *, session_id: UUID, title: str, starts_at: datetime, path: str
) -> None:
    """Tell a learner, once for each session, that it will not take place."""
    payload = {"user_id": user_id, "title": title, "starts_at": starts_at.isoformat(), "path": path}
    await enqueue(
        "notifications.mail_session_cancelled",
        payload,
        dedupe_key=f"session-cancelled:{session_id}:{user_id}",
    )
