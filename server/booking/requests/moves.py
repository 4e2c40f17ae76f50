"""The one place where a request changes state: guarded by the table and by the old state."""

from __future__ import annotations

from typing import Any

from server.booking.requests.models import SessionRequest
from server.booking.requests.states import MOVES
from server.booking.states import check_move, wrong_state
from server.infra.transitions import record_transition
from server.notifications.service import withdraw


async def move(
    request: SessionRequest, to: str, actor_id: int | None, reason: str = "", **values: Any
) -> None:
    """Move it and set further values with it, inside the caller's transaction. What waits to
    be told of it as it was is taken back. Raises Conflict(wrong_state)."""
    old = request.status
    check_move(MOVES, old, to)
    moved = await SessionRequest.filter(id=request.id, status=old).update(status=to, **values)
    if not moved:
        raise wrong_state(old)
    request.update_from_dict({"status": to, **values})
    await record_transition("request", request.id, old, to, actor_id, reason)
    await withdraw(cause_of(request))


def cause_of(request: SessionRequest) -> str:
    """What waits to be told or done about a request is withdrawn with it."""
    return f"request:{request.id}"
