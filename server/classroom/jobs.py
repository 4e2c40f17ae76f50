"""What others tell the classroom: a session went live, or is over; logins of somebody ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.accounts import service as accounts
from server.booking import service as booking
from server.classroom import running, seats, state, tickets
from server.infra.errors import NotFound
from server.infra.outbox import job


@job("classroom.session_started")
async def session_started(payload: dict[str, Any]) -> None:
    news = running.news()
    if news is not None:
        await news.session_started(UUID(payload["session_id"]))


@job("classroom.session_ended")
async def session_ended(payload: dict[str, Any]) -> None:
    """Ended, cancelled or missed: people are told which, and the room is closed for good."""
    session_id, news = UUID(payload["session_id"]), running.news()
    if news is None:
        await state.close(session_id)
        return
    await news.session_ended(session_id, await _reason(session_id))


@accounts.follows_ended_logins
async def logins_ended(ended: accounts.Ended) -> None:
    """Whoever came in by one of them leaves all rooms, in all processes, and has no other way back."""
    await tickets.withdraw(ended.user_id)
    await seats.forget_resume_tokens(ended.user_id)
    news = running.news()
    if news is not None:
        await news.logins_ended(ended)


async def _reason(session_id: UUID) -> str:
    try:
        return (await booking.get_session(session_id, None)).status
    except NotFound:
        return "ended"
