"""What people are told about requests, in the transaction of the change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.booking.cards import session_path
from server.booking.models import Booking, Session
from server.booking.requests.models import SessionRequest
from server.booking.requests.moves import cause_of
from server.notifications.service import notify
from server.people.privacy import name_among_members


def request_path(request: SessionRequest) -> str:
    return f"/requests/{request.public_id}"


async def received(request: SessionRequest) -> None:
    """The mentor is asked."""
    about = {"message": request.message, "price_minor": request.price_minor, "currency": request.currency}
    await _tell_mentor(request, "request_received", {**about, **_asked(request)})


async def proposed(request: SessionRequest, word: str) -> None:
    """The learner is offered another time."""
    assert request.proposed_starts_at is not None
    length = timedelta(minutes=request.duration_minutes)
    starts_at = request.proposed_starts_at
    times = {"starts_at": starts_at, "ends_at": starts_at + length, "until": request.expires_at}
    await _tell_learner(request, "request_proposed", {**times, "message": word})


async def accepted(request: SessionRequest, session: Session, booking: Booking, actor_id: int) -> None:
    """The learner has a lesson, or a seat that waits to be paid. Both hear of it: who accepted as well,
    whose calendar the lesson belongs in."""
    times: dict[str, Any] = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    if booking.hold_expires_at is not None:
        times |= {"until": booking.hold_expires_at}
    path = session_path(session.id)
    about = {**times, "asked": actor_id != request.learner_id}
    await _tell_learner(request, "request_accepted", {**about, "to_mentor": False}, path=path)
    await _tell_mentor(request, "request_accepted", {**about, "to_mentor": True}, path=path)


async def declined(request: SessionRequest, word: str, actor_id: int) -> None:
    """The other one of the two hears of it."""
    tell = _tell_mentor if actor_id == request.learner_id else _tell_learner
    about = {"message": word, "to_mentor": actor_id == request.learner_id}
    await tell(request, "request_declined", {**_asked(request), **about})


async def expired(request: SessionRequest, *, to_learner: bool) -> None:
    """Who has waited for the answer hears of it."""
    tell = _tell_learner if to_learner else _tell_mentor
    await tell(request, "request_expired", {**_asked(request), "to_mentor": not to_learner})


def _asked(request: SessionRequest) -> dict[str, Any]:
    starts_at = request.starts_at
    ends_at = starts_at + timedelta(minutes=request.duration_minutes)
    return {"starts_at": starts_at, "ends_at": ends_at, "until": request.expires_at}


async def _tell_mentor(request: SessionRequest, kind: str, about: dict[str, Any], path: str = "") -> None:
    await _tell(request, request.mentor_id, request.learner_id, kind, about, path)


async def _tell_learner(
    request: SessionRequest, kind: str, about: dict[str, Any], path: str = ""
) -> None:
    await _tell(request, request.learner_id, request.mentor_id, kind, about, path)


async def _tell(
    request: SessionRequest, user_id: int, other_id: int, kind: str, about: dict[str, Any], path: str
) -> None:
    await notify(
        user_id,
        kind,
        {"title": request.topic, "who": await name_among_members(other_id), **about},
        path=path or request_path(request),
        dedupe_key=str(request.public_id),
        actor_id=other_id,
        cause=cause_of(request),
    )
