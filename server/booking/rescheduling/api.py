"""REST of other times (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from aiohttp import web
from typing_extensions import TypedDict

from server.booking.rescheduling import answering
from server.booking.rescheduling.forms import MoveForm
from server.booking.rescheduling.proposing import propose, require_may_propose
from server.booking.rescheduling.shown import move_of
from server.edge.access import Viewer, require_viewer
from server.edge.api import ok, read_json
from server.edge.openapi import described
from server.edge.paths import id_in_path


class MoveShape(TypedDict):
    """Another time for a session: `open`, or `applied` where it has moved. `answer` is the viewer's own;
    of `asked` people with a seat `answered` have said something."""

    id: UUID
    session_id: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    old_starts_at: datetime
    expires_at: datetime
    reason: str
    answer: str
    asked: int
    answered: int


@described(body=MoveForm, data=MoveShape)
async def propose_move(request: web.Request) -> web.StreamResponse:
    """Where nobody has a seat the session moves at once."""
    asking, session_id = require_viewer(request), id_in_path(request)
    await require_may_propose(session_id, asking)
    proposal_id = await propose(session_id, asking, await read_json(request, MoveForm))
    return await _move(request, proposal_id, "The other time is proposed.")


@described(data=MoveShape)
async def get_move(request: web.Request) -> web.StreamResponse:
    return await _move(request, id_in_path(request))


@described(data=MoveShape)
async def accept_move(request: web.Request) -> web.StreamResponse:
    return await _answer(request, answering.accept, "You take the new time.")


@described(data=MoveShape)
async def decline_move(request: web.Request) -> web.StreamResponse:
    return await _answer(request, answering.decline, "You don't take the new time.")


@described(data=MoveShape)
async def withdraw_move(request: web.Request) -> web.StreamResponse:
    return await _answer(request, answering.withdraw, "The session stays where it is.")


async def _answer(
    request: web.Request, doing: Callable[[UUID, Viewer], Awaitable[None]], said: str
) -> web.Response:
    await doing(id_in_path(request), require_viewer(request))
    return await _move(request, id_in_path(request), said)


async def _move(request: web.Request, proposal_id: UUID, message: str = "OK") -> web.Response:
    move = await move_of(proposal_id, require_viewer(request))
    data: MoveShape = {
        "id": move.id,
        "session_id": move.session_id,
        "status": move.status,
        "starts_at": move.starts_at,
        "ends_at": move.ends_at,
        "old_starts_at": move.old_starts_at,
        "expires_at": move.expires_at,
        "reason": move.reason,
        "answer": move.answer,
        "asked": move.asked,
        "answered": move.answered,
    }
    return ok(data, message)
