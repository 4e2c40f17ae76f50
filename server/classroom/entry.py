"""The door of a room: who is there, by what proof, and whether they may come in now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from aiohttp import WSCloseCode, web

from media.protocol.messages import Close, Error
from server.accounts import service as accounts
from server.booking.service import RoomAccess
from server.classroom import seats, tickets
from server.classroom.conduct import rights
from server.classroom.conduct.rights import OPEN
from server.classroom.wire import frame_of
from server.edge import sockets
from server.edge.access import Viewer, viewer
from server.infra import clock
from server.infra.errors import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who may come in. `resume` is the token they came back with."""

    viewer: Viewer
    access: RoomAccess
    resume: str | None


class Refused(sockets.Refused):
    """The socket is to be closed with `code`, after `error` where there is more to say."""

    def __init__(self, code: Close | WSCloseCode, error: Error | None = None) -> None:
        super().__init__(code, frame_of(error) if error else b"")
        self.error = error


async def admit(request: web.Request) -> Entry:
    """Let somebody in who opened a room socket. Raises Refused."""
    _check_origin(request)
    session_id = _session_id(request)
    person, resume = await _identify(request, session_id)
    access = await _access(session_id, person)
    _check_time(access)
    return Entry(person, access, resume)


async def entry_of(session_id: UUID, user_id: int, login_id: int, resume: str | None) -> Entry:
    """Somebody whom another process of ours has let in already. Raises Refused."""
    person = replace(await _by_id(user_id), login_id=login_id)
    return Entry(person, await _access(session_id, person), resume)


def _check_origin(request: web.Request) -> None:
    proven = bool(request.query.keys() & {"ticket", "resume"})
    if not sockets.from_own_page(request, proven=proven):
        raise Refused(
            Close.NOT_ALLOWED, Error(code="foreign_origin", message="This page may not open the room.")
        )


def _session_id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["id"])
    except ValueError as error:
        raise Refused(Close.NO_SESSION) from error


async def _identify(request: web.Request, session_id: UUID) -> tuple[Viewer, str | None]:
    """By ticket, by resume token, by cookie or bearer token, in this order.

    A ticket that is not good is refused whatever else is there; a resume token may have grown old
    (another tab took the seat), then the login decides."""
    ticket, resume = request.query.get("ticket"), request.query.get("resume")
    if ticket is not None:
        return await _by_id(await tickets.redeem(session_id, ticket)), None
    present = viewer(request)
    user_id = await seats.resumed_user(session_id, resume) if resume else None
    if user_id is not None and (present is None or present.user_id == user_id):
        return present or await _by_id(user_id), resume
    if present is None:
        raise Refused(Close.NOT_SIGNED_IN)
    return present, None


async def _by_id(user_id: int | None) -> Viewer:
    if user_id is None:
        raise Refused(Close.NOT_SIGNED_IN)
    try:
        return await accounts.get_viewer(user_id)
    except NotFound as error:
        raise Refused(Close.NOT_SIGNED_IN) from error


async def _access(session_id: UUID, person: Viewer) -> RoomAccess:
    try:
        return await rights.room_access(session_id, person.user_id)
    except NotFound as error:
        raise Refused(Close.NO_SESSION) from error
    except Forbidden as error:
        raise Refused(Close.NOT_ALLOWED, Error(code=error.code, message=error.message)) from error


def _check_time(access: RoomAccess) -> None:
    status, now = access.session.status, clock.now()
    if status not in OPEN | {"draft"}:
        raise Refused(Close.ENDED)
    if status == "draft":
        raise Refused(Close.NOT_ALLOWED, Error(code="wrong_state", message="Publish the session first."))
    if status == "published" and now < access.opens_at:
        raise Refused(
            Close.NOT_ALLOWED,
            Error(code="too_early", message="The room opens 15 minutes before the start."),
        )
