"""The room socket, `/ws/session/{id}/`: lets somebody in, reads what they say, notices that they left."""

from __future__ import annotations

import asyncio

from aiohttp import WSMessage, WSMsgType, web

from media.protocol.messages import FRAME_LIMIT, Close, Error
from server.classroom.budget import Budget, Verdict
from server.classroom.entry import admit
from server.classroom.keys import HOUSE
from server.classroom.places import Place
from server.classroom.wire import frame_of
from server.edge.sockets import attended
from server.edge.wire import SocketWire
from server.infra.metrics import WS_CONNECTIONS

HEARTBEAT_S = 6.0  # between WebSocket pings, and for each to be answered: who stalls is out in 12 s
GOODBYE = 1000  # the client's own normal closure: it means to leave
SAID = (WSMsgType.TEXT, WSMsgType.BINARY)

TOO_MANY = Error(code="too_many", message="Too many messages. Slow down, or you will be disconnected.")
NO_TEXT = Error(code="malformed", message="Messages are JSON text.")


async def room_socket(request: web.Request) -> web.WebSocketResponse:
    return await attended(request, _attend, most=FRAME_LIMIT, heartbeat_s=HEARTBEAT_S)


async def _attend(request: web.Request, wire: SocketWire) -> None:
    goodbye, place = False, await request.app[HOUSE].enter(await admit(request), wire)
    try:
        with WS_CONNECTIONS.track_inprogress():
            await place.settle()
            goodbye = await _listen(place, wire)
    finally:
        place.leave(clean=goodbye)


async def _listen(place: Place, wire: SocketWire) -> bool:
    """Read until the socket closes; True after a goodbye. Messages are handled one after the other."""
    clock = asyncio.get_running_loop().time
    budget = Budget(clock())
    while (received := await wire.receive()) is not None:
        if received.type not in SAID:
            return received.type is WSMsgType.CLOSE and received.data == GOODBYE
        verdict = budget.spend(clock())
        if verdict is Verdict.TAKE:
            await _take(place, wire, received)
        elif verdict is Verdict.WARN:
            wire.send(frame_of(TOO_MANY))
        elif verdict is Verdict.CLOSE:
            wire.close(Close.TOO_MANY)
    return False


async def _take(place: Place, wire: SocketWire, received: WSMessage) -> None:
    if received.type is WSMsgType.TEXT:
        await place.take(received.data)
    else:
        wire.send(frame_of(NO_TEXT))
