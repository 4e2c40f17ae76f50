"""`/ws/notifications/`: what is new, as it happens; `?after=<id>` catches up from there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from media.protocol.messages import Close
from server.edge.access import viewer
from server.edge.sockets import Refused, attended, from_own_page
from server.edge.wire import SocketWire
from server.infra.metrics import WS_CONNECTIONS
from server.notifications import centre
from server.notifications.centre import Known
from server.notifications.listeners import LISTENERS, Listener

HEARTBEAT_S = 20.0  # WebSocket pings; a missing pong closes the socket
MAX_SAID = 1024  # bytes of a message; nothing that is said here is heeded
SAID = (WSMsgType.TEXT, WSMsgType.BINARY)

log = structlog.get_logger()


async def notifications_socket(request: web.Request) -> web.WebSocketResponse:
    return await attended(request, _attend, most=MAX_SAID, heartbeat_s=HEARTBEAT_S)


async def _attend(request: web.Request, wire: SocketWire) -> None:
    listener, listeners = await _admit(request, wire), request.app[LISTENERS]
    listeners.add(listener)
    following = asyncio.create_task(listener.follow(), name="notifications")
    following.add_done_callback(lambda task: _failed(task, wire))
    try:
        with WS_CONNECTIONS.track_inprogress():
            while (received := await wire.receive()) is not None and received.type in SAID:
                pass
    finally:
        listeners.remove(listener)
        following.cancel()
        with suppress(asyncio.CancelledError, Exception):  # what failed was logged
            await following


def _failed(following: asyncio.Task[None], wire: SocketWire) -> None:
    if not following.cancelled() and (error := following.exception()):
        log.error("notifications could not be read", exc_info=error)
        wire.close(WSCloseCode.INTERNAL_ERROR)


async def _admit(request: web.Request, wire: SocketWire) -> Listener:
    """Raises Refused."""
    person = viewer(request)
    if not from_own_page(request):
        raise Refused(Close.NOT_ALLOWED)
    if person is None:
        raise Refused(Close.NOT_SIGNED_IN)
    known = await _known(person.user_id, request.query.get("after", ""))
    return Listener(wire, person.user_id, person.login_id, known)


async def _known(user_id: int, after: str) -> Known:
    """The last notification that the client has; one that doesn't say has them all."""
    with suppress(ValueError):
        found = await centre.known(user_id, UUID(after))
        if found is not None:
            return found
    return await centre.newest(user_id)
