"""The two of a request answer one another: accept, decline, propose another time, take it back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from server.booking import busy
from server.booking.requests import ending, notices
from server.booking.requests.asking import require_no_contacts
from server.booking.requests.forms import Proposal
from server.booking.requests.lesson import make_lesson
from server.booking.requests.listing import MENTORS_ALONE
from server.booking.requests.models import SessionRequest
from server.booking.requests.moves import move
from server.booking.requests.states import OPEN, RequestStatus, ends_at
from server.booking.states import wrong_state
from server.booking.times import check_ahead, read_start
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, NotFound
from server.people.privacy import blocked_between

NO_REQUEST = "There is no such request."
TOO_LATE = "The time to answer is over. Ask for another lesson."
NOT_YOUR_TURN = "It is the other one’s turn to answer."


@transactional
async def accept(request_id: UUID, viewer: Viewer, *, free: bool = False) -> UUID:
    """The mentor says yes to what was asked, or the learner to what was proposed. `free`: the mentor
    charges nothing. Gives the id of the session.

    Raises NotFound, Forbidden, Conflict (wrong_state, overlap, learner_busy, payments_closed)."""
    request = await _open_request(request_id, viewer)
    if viewer.user_id != _whose_turn(request):
        raise Conflict("wrong_state", NOT_YOUR_TURN)
    starts_at = request.proposed_starts_at or request.starts_at
    gift = free and viewer.user_id == request.mentor_id
    price_minor = 0 if gift else request.price_minor
    session, booking = await make_lesson(request, starts_at, viewer.user_id, price_minor)
    await move(
        request,
        RequestStatus.ACCEPTED,
        viewer.user_id,
        session_id=session.id,
        price_minor=price_minor,
        answered_at=now(),
    )
    await notices.accepted(request, session, booking, viewer.user_id)
    return session.id


@transactional
async def decline(request_id: UUID, viewer: Viewer, word: str = "") -> None:
    """The mentor says no, or the learner to what was proposed. Raises NotFound, Conflict, Invalid."""
    require_no_contacts({"message": word})
    request = await _open_request(request_id, viewer)
    if viewer.user_id == request.learner_id and request.status == RequestStatus.REQUESTED:
        raise Conflict("wrong_state", NOT_YOUR_TURN)
    await _answer(request, RequestStatus.DECLINED, viewer, word)
    await notices.declined(request, word, viewer.user_id)


@transactional
async def propose(request_id: UUID, viewer: Viewer, wanted: Proposal) -> None:
    """The mentor offers another time instead.

    Raises NotFound, Forbidden, Conflict (wrong_state, overlap), Invalid."""
    require_no_contacts({"message": wanted.message})
    request = await _open_request(request_id, viewer)
    if viewer.user_id != request.mentor_id:
        raise Forbidden(message=MENTORS_ALONE)
    starts_at = read_start(wanted.starts_at, wanted.timezone or viewer.timezone)
    check_ahead(starts_at, now())
    over = starts_at + timedelta(minutes=request.duration_minutes)
    if await busy.busy_among([viewer.user_id], starts_at, over):
        raise Conflict("overlap", busy.TAKEN, {"starts_at": busy.TAKEN})
    await move(
        request,
        RequestStatus.PROPOSED,
        viewer.user_id,
        wanted.message,
        proposed_starts_at=starts_at,
        answer=wanted.message,
        expires_at=ends_at(now(), starts_at),
    )
    await ending.plan_expiry(request)
    await notices.proposed(request, wanted.message)


@transactional
async def withdraw(request_id: UUID, viewer: Viewer) -> None:
    """The learner takes it back. Raises NotFound, Conflict(wrong_state)."""
    request = await _open_request(request_id, viewer)
    if viewer.user_id != request.learner_id:
        raise Conflict("wrong_state", "Only the learner can take this back. You can decline it.")
    await move(request, RequestStatus.WITHDRAWN, viewer.user_id, answered_at=now())


async def _answer(request: SessionRequest, to: RequestStatus, viewer: Viewer, word: str) -> None:
    await move(request, to, viewer.user_id, word, answer=word, answered_at=now())


async def _open_request(request_id: UUID, viewer: Viewer) -> SessionRequest:
    """Kept from others until the transaction ends. Raises NotFound, Conflict(wrong_state)."""
    request = await SessionRequest.filter(public_id=request_id).select_for_update().get_or_none()
    if request is None or viewer.user_id not in (request.mentor_id, request.learner_id):
        raise NotFound(message=NO_REQUEST)
    if await blocked_between(request.mentor_id, request.learner_id):
        raise NotFound(message=NO_REQUEST)
    if request.status not in OPEN:
        raise wrong_state(request.status)
    if now() >= request.expires_at:
        raise Conflict("wrong_state", TOO_LATE)
    return request


def _whose_turn(request: SessionRequest) -> int:
    """Who is asked whether to accept."""
    return request.mentor_id if request.status == RequestStatus.REQUESTED else request.learner_id
