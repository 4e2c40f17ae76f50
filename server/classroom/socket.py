"""The room socket, `/ws/session/{id}/`: lets somebody in, reads what they say, notices that they left."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from media.protocol.codec import MessageError
from media.protocol.messages import FRAME_LIMIT, Close, Error, decode_client
from server.classroom.budget import Budget, Verdict
from server.classroom.dispatch import dispatch
from server.classroom.entry import Refused, admit
from server.classroom.hub import Hub
from server.classroom.keys import HUB
from server.classroom.room import Member, Room
from server.classroom.wire import CLOSE_TIMEOUT_S, Wire, frame_of
from server.infra.metrics import WS_CONNECTIONS

HEARTBEAT_S = 20.0  # WebSocket pings; a missing pong closes the socket
GOODBYE = 1000  # the client's own normal closure: it means to leave
SAID = (WSMsgType.TEXT, WSMsgType.BINARY)

TOO_MANY = Error(code="too_many", message="Too many messages. Slow down, or you will be disconnected.")
INTERNAL = Error(code="internal", message="This did not work. It has been noted.")

log = structlog.get_logger()


async def room_socket(request: web.Request) -> web.WebSocketResponse:
    """Upgrade first: a refused client learns why from the close code."""
    socket = web.WebSocketResponse(
        compress=False, heartbeat=HEARTBEAT_S, max_msg_size=FRAME_LIMIT, timeout=CLOSE_TIMEOUT_S
    )
    await socket.prepare(request)
    assert request.transport is not None
    wire = Wire(socket, request.transport)
    try:
        await _attend(request, wire)
    except Refused as refused:
        if refused.error is not None:
            wire.send(frame_of(refused.error))
        wire.close(refused.code)
    except Exception:  # too late for an error page
        log.exception("room socket failed", path=request.path)
        wire.close(WSCloseCode.INTERNAL_ERROR)
    finally:
        await wire.finish()
    return socket


async def _attend(request: web.Request, wire: Wire) -> None:
    hub, goodbye = request.app[HUB], False
    room, member = await hub.enter(await admit(request), wire)
    try:
        with WS_CONNECTIONS.track_inprogress():
            await hub.settle(room)
            goodbye = await _listen(hub, room, member, wire)
    finally:
        hub.left(room, member, wire, clean=goodbye)


async def _listen(hub: Hub, room: Room, member: Member, wire: Wire) -> bool:
    """Read until the socket closes; True after a goodbye. Messages are handled one after the other."""
    clock = asyncio.get_running_loop().time
    budget = Budget(clock())
    while (received := await wire.receive()) is not None:
        if received.type not in SAID:
            return received.type is WSMsgType.CLOSE and received.data == GOODBYE
        verdict = budget.spend(clock())
        if verdict is Verdict.TAKE:
            await _handle(hub, room, member, wire, received)
        elif verdict is Verdict.WARN:
            wire.send(frame_of(TOO_MANY))
        elif verdict is Verdict.CLOSE:
            wire.close(Close.TOO_MANY)
    return False


async def _handle(hub: Hub, room: Room, member: Member, wire: Wire, received: WSMessage) -> None:
    """Do what one message asks; what is wrong with it is answered, and the socket stays open."""
    try:
        if received.type is not WSMsgType.TEXT:
            raise MessageError("malformed", "Messages are JSON text.")
        await dispatch(hub, room, member, decode_client(received.data))
    except MessageError as error:
        said = Error(code=error.code, message=error.message, re=error.re)
        wire.send(frame_of(said))
    except Exception:  # a mistake of ours must not cost somebody the lesson
        log.exception("room message failed", room=room.id)
        wire.send(frame_of(INTERNAL))
