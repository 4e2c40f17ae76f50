"""Who may check for a session: its mentor and who has a seat, from booking on until it is over."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from media.protocol.messages import Close, Error
from server.booking.service import RoomAccess, SessionCard
from server.classroom.conduct import rights
from server.classroom.conduct.rights import OPEN
from server.classroom.entry import Refused
from server.edge import sockets
from server.edge.access import viewer
from server.infra.errors import Conflict, Forbidden, NotFound

OVER = "There is nothing to check any more: this session is not ahead."


@dataclass(frozen=True, slots=True)
class Tester:
    """Somebody who may check now."""

    user_id: int
    login_id: int
    session: SessionCard


async def access(session_id: UUID, user_id: int) -> RoomAccess:
    """Raises NotFound, Forbidden, and Conflict `wrong_state` where there is no lesson ahead."""
    found = await rights.room_access(session_id, user_id)
    if found.session.status not in OPEN:
        raise Conflict("wrong_state", message=OVER)
    return found


async def admit(request: web.Request) -> Tester:
    """Let somebody in who opened a check's socket. Raises Refused."""
    if not sockets.from_own_page(request):
        raise Refused(
            Close.NOT_ALLOWED, Error(code="foreign_origin", message="This page may not check for you.")
        )
    person = viewer(request)
    if person is None:
        raise Refused(Close.NOT_SIGNED_IN)
    try:
        found = await access(UUID(request.match_info["id"]), person.user_id)
    except (ValueError, NotFound) as error:
        raise Refused(Close.NO_SESSION) from error
    except Forbidden as error:
        raise Refused(Close.NOT_ALLOWED, Error(code=error.code, message=error.message)) from error
    except Conflict as error:
        raise Refused(Close.ENDED, Error(code="wrong_state", message=error.message)) from error
    return Tester(person.user_id, person.login_id, found.session)
