"""What others tell the classroom: a session went live, or is over; logins ended, or a seat was lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.accounts import service as accounts
from server.booking import service as booking
from server.classroom import alerts, running, seats, state, tickets
from server.classroom.conduct import files, rights
from server.infra.errors import NotFound
from server.infra.outbox import Lane, job, periodic


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


@job("classroom.seat_lost")
async def seat_lost(payload: dict[str, Any]) -> None:
    """A booking was cancelled, or its money given back: whoever sits in the room by it leaves."""
    session_id, user_id, news = UUID(payload["session_id"]), payload["user_id"], running.news()
    why = await rights.objection(session_id, user_id)
    if why is not None and news is not None:
        await news.seat_lost(session_id, user_id, why)


@job("classroom.recording_interrupted")
async def recording_interrupted(payload: dict[str, Any]) -> None:
    """A media node can't write: its operators are to look at its disk while the lesson goes on."""
    session_id = UUID(payload["session_id"])
    await alerts.recording_interrupted(session_id, payload["reason"], payload["node_url"])


@job("classroom.forget_files", lane=Lane.LONG)
async def forget_files(payload: dict[str, Any]) -> None:
    for key in payload["keys"]:
        await files.storage().delete(str(key))


@periodic("classroom.drop_unsent_files", every=timedelta(hours=1))
async def drop_unsent(payload: dict[str, object]) -> None:
    """Files that were uploaded and never handed round."""
    await files.drop_unsent()


async def _reason(session_id: UUID) -> str:
    try:
        return (await booking.get_session(session_id, None)).status
    except NotFound:
        return "ended"
