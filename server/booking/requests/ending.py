"""Requests that nobody answers in time end by themselves: by their own job, or by the sweep if that was
lost."""

from __future__ import annotations

from tortoise.expressions import Q

from server.booking.requests import notices
from server.booking.requests.models import SessionRequest
from server.booking.requests.moves import cause_of, move
from server.booking.requests.states import OPEN, RequestStatus
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.outbox import enqueue

EXPIRED = "booking.request_expired"
AT_ONCE = 500  # of one sweep


async def plan_expiry(request: SessionRequest) -> None:
    await enqueue(EXPIRED, {"request_id": request.id}, run_at=request.expires_at, cause=cause_of(request))


@transactional
async def expire(request_id: int) -> bool:
    """End it if its time is over and it is still open. True if it was."""
    request = await SessionRequest.filter(id=request_id).select_for_update().get_or_none()
    if request is None or request.status not in OPEN or now() < request.expires_at:
        return False
    waited_for = request.status
    await move(request, RequestStatus.EXPIRED, None, "nobody answered in time", answered_at=now())
    await notices.expired(request, to_learner=waited_for == RequestStatus.REQUESTED)
    return True


async def expire_overdue() -> int:
    """Every request whose time is over; returns how many there were."""
    return await _expire_all(Q())


async def expire_overdue_of(learner_id: int) -> int:
    """Those that this learner asked."""
    return await _expire_all(Q(learner_id=learner_id))


async def _expire_all(whose: Q) -> int:
    overdue = SessionRequest.filter(whose, status__in=OPEN, expires_at__lte=now())
    ids = await overdue.order_by("expires_at").limit(AT_ONCE).values_list("id", flat=True)
    return sum([await expire(int(str(request_id))) for request_id in ids])


async def end_all_of(user_id: int) -> None:
    """Somebody leaves: nobody waits for them, and they for nobody."""
    for column, to in (("learner_id", RequestStatus.WITHDRAWN), ("mentor_id", RequestStatus.DECLINED)):
        for request in await SessionRequest.filter(**{column: user_id, "status__in": OPEN}):
            await move(request, to, None, "the account was closed", answered_at=now())
