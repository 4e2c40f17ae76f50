"""`/ws/notifications/`: what is new, as it happens; `?after=<id>` catches up from there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from media.protocol.messages import Close
from server.edge.access import viewer
from server.edge.keys import SETTINGS
from server.edge.wire import CLOSE_TIMEOUT_S, SocketWire
from server.infra.errors import Unavailable
from server.infra.metrics import WS_CONNECTIONS
from server.notifications import centre
from server.notifications.centre import Known
from server.notifications.listeners import LISTENERS, Listener

HEARTBEAT_S = 20.0  # WebSocket pings; a missing pong closes the socket
MAX_SAID = 1024  # bytes of a message; nothing that is said here is heeded
SAID = (WSMsgType.TEXT, WSMsgType.BINARY)

log = structlog.get_logger()


class Refused(Exception):
    """The socket is to be closed with `code`."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


async def notifications_socket(request: web.Request) -> web.WebSocketResponse:
    """Upgrade first: a refused client learns why from the close code."""
    socket = web.WebSocketResponse(
        compress=False, heartbeat=HEARTBEAT_S, max_msg_size=MAX_SAID, timeout=CLOSE_TIMEOUT_S
    )
    await socket.prepare(request)
    assert request.transport is not None
    wire = SocketWire(socket, request.transport)
    try:
        await _attend(request, wire)
    except Refused as refused:
        wire.close(refused.code)
    except Unavailable:
        wire.close(WSCloseCode.TRY_AGAIN_LATER)
    except Exception:  # too late for an error page
        log.exception("notifications socket failed")
        wire.close(WSCloseCode.INTERNAL_ERROR)
    finally:
        await wire.finish()
    return socket


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
    """A foreign page may not use our visitor's cookie; a program without an Origin brings its token."""
    origin, person = request.headers.get("Origin"), viewer(request)
    own = origin in request.app[SETTINGS].own_origins if origin else "Authorization" in request.headers
    if not own:
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
