"""`/ws/sessions/{id}/seats/`: how many seats a session has left, as it changes; for guests, too."""

from __future__ import annotations

from collections.abc import AsyncIterator

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from media.protocol.messages import Close
from server.booking import service as booking
from server.discovery.watching import WATCHING, Watcher, Watching, close_sockets
from server.edge.access import viewer
from server.edge.clients import client_address, network_of
from server.edge.keys import SETTINGS
from server.edge.paths import id_in_path
from server.edge.wire import CLOSE_TIMEOUT_S, SocketWire
from server.infra.errors import NotFound, Unavailable
from server.infra.metrics import WS_CONNECTIONS
from server.infra.processes import PROCESSES

HEARTBEAT_S = 25.0  # WebSocket pings; a missing pong closes the socket
MAX_SAID = 128  # bytes of a message; nothing that is said here is heeded, and saying anything ends it

log = structlog.get_logger()


async def seats_socket(request: web.Request) -> web.WebSocketResponse:
    """Upgrade first: a refused client learns why from the close code."""
    socket = web.WebSocketResponse(
        compress=False, heartbeat=HEARTBEAT_S, max_msg_size=MAX_SAID, timeout=CLOSE_TIMEOUT_S
    )
    await socket.prepare(request)
    assert request.transport is not None
    wire = SocketWire(socket, request.transport)
    try:
        await _attend(request, wire)
    except NotFound:
        wire.close(Close.NO_SESSION)
    except Unavailable:
        wire.close(WSCloseCode.TRY_AGAIN_LATER)
    except Exception:  # too late for an error page
        log.exception("seats socket failed")
        wire.close(WSCloseCode.INTERNAL_ERROR)
    finally:
        await wire.finish()
    return socket


async def _attend(request: web.Request, wire: SocketWire) -> None:
    """Raises NotFound where this viewer may not see the session."""
    if not _is_own(request):
        wire.close(Close.NOT_ALLOWED)
        return
    asking, watching = viewer(request), request.app[WATCHING]
    session = await booking.get_session(id_in_path(request), asking)
    address = network_of(client_address(request))
    watcher = Watcher(wire, session.id, asking.user_id if asking else None, address)
    if not watching.add(watcher):
        wire.close(Close.TOO_MANY)
        return
    try:
        with WS_CONNECTIONS.track_inprogress():
            received = await wire.receive()
            if received is not None and received.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                wire.close(WSCloseCode.POLICY_VIOLATION)
    finally:
        watching.remove(watcher)


def _is_own(request: web.Request) -> bool:
    """A foreign page may not use our visitor's cookie; a program without an Origin brings its token."""
    origin = request.headers.get("Origin")
    return origin in request.app[SETTINGS].own_origins if origin else "Authorization" in request.headers


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    """Sockets hear of seats in whichever process they change, and close before this one stops."""
    watching = app[WATCHING] = Watching(app[PROCESSES].bus)
    app.on_shutdown.append(close_sockets)
    await watching.start()
    yield
    await watching.stop()
