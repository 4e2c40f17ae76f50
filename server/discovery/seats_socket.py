"""`/ws/sessions/{id}/seats/`: how many seats a session has left, as it changes; for guests, too."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import WSCloseCode, WSMsgType, web

from media.protocol.messages import Close
from server.booking import service as booking
from server.discovery.watching import WATCHING, Watcher, Watching, close_sockets
from server.edge.access import viewer
from server.edge.clients import client_address, network_of
from server.edge.paths import id_in_path
from server.edge.sockets import Refused, attended, from_own_page
from server.edge.wire import SocketWire
from server.infra.errors import NotFound
from server.infra.metrics import WS_CONNECTIONS
from server.infra.processes import PROCESSES

HEARTBEAT_S = 25.0  # WebSocket pings; a missing pong closes the socket
MAX_SAID = 128  # bytes of a message; nothing that is said here is heeded, and saying anything ends it


async def seats_socket(request: web.Request) -> web.WebSocketResponse:
    return await attended(request, _attend, most=MAX_SAID, heartbeat_s=HEARTBEAT_S)


async def _attend(request: web.Request, wire: SocketWire) -> None:
    """Raises Refused."""
    if not from_own_page(request):
        raise Refused(Close.NOT_ALLOWED)
    asking, watching = viewer(request), request.app[WATCHING]
    try:
        session = await booking.get_session(id_in_path(request), asking)
    except NotFound as error:
        raise Refused(Close.NO_SESSION) from error
    address = network_of(client_address(request))
    watcher = Watcher(wire, session.id, asking.user_id if asking else None, address)
    if not watching.add(watcher):
        raise Refused(Close.TOO_MANY)
    try:
        with WS_CONNECTIONS.track_inprogress():
            received = await wire.receive()
            if received is not None and received.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                wire.close(WSCloseCode.POLICY_VIOLATION)
    finally:
        watching.remove(watcher)


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    """Sockets hear of seats in whichever process they change, and close before this one stops."""
    watching = app[WATCHING] = Watching(app[PROCESSES].bus)
    app.on_shutdown.append(close_sockets)
    await watching.start()
    yield
    await watching.stop()
