"""The room socket, `/ws/session/{id}/`: lets somebody in, reads what they say, notices that they left."""

from __future__ import annotations

import asyncio

import aiohttp
import structlog
from aiohttp import WSCloseCode, web

from media.protocol.codec import MessageError
from media.protocol.messages import FRAME_LIMIT, Close, Error, decode_client
from server.classroom.budget import Budget, Verdict
from server.classroom.dispatch import dispatch
from server.classroom.entry import Refused, admit
from server.classroom.hub import Hub
from server.classroom.keys import HUB
from server.classroom.outlet import Outlet, frame_of
from server.classroom.room import Member, Room
from server.infra.metrics import WS_CONNECTIONS

HEARTBEAT_S = 20.0  # WebSocket pings; a missing pong closes the socket
GOODBYE = 1000  # the client's own normal closure: it means to leave

log = structlog.get_logger()


async def room_socket(request: web.Request) -> web.WebSocketResponse:
    """Upgrade first: a refused client learns why from the close code."""
    socket = web.WebSocketResponse(
        compress=False, heartbeat=HEARTBEAT_S, max_msg_size=FRAME_LIMIT, timeout=2.0
    )
    await socket.prepare(request)
    assert request.transport is not None
    outlet = Outlet(socket, request.transport)
    try:
        await _attend(request, socket, outlet)
    except Refused as refused:
        if refused.error is not None:
            outlet.send(frame_of(refused.error))
        outlet.close(refused.code)
    except Exception:  # too late for an error page
        log.exception("room socket failed", path=request.path)
        outlet.close(WSCloseCode.INTERNAL_ERROR)
    finally:
        await outlet.finish()
    return socket


async def _attend(request: web.Request, socket: web.WebSocketResponse, outlet: Outlet) -> None:
    hub = request.app[HUB]
    room, member = await hub.enter(await admit(request), outlet)
    try:
        with WS_CONNECTIONS.track_inprogress():
            await _listen(hub, room, member, socket, outlet)
    finally:
        hub.left(room, member, outlet, clean=not outlet.closing and socket.close_code == GOODBYE)


async def _listen(
    hub: Hub, room: Room, member: Member, socket: web.WebSocketResponse, outlet: Outlet
) -> None:
    """Read until the socket closes. Messages are handled one after the other."""
    clock = asyncio.get_running_loop().time
    budget = Budget(clock())
    async for received in socket:
        verdict = budget.spend(clock())
        if verdict is Verdict.TAKE:
            answer = await _answer(hub, room, member, received)
        elif verdict is Verdict.CLOSE:
            outlet.close(Close.TOO_MANY)
            break
        else:
            answer = _TOO_MANY if verdict is Verdict.WARN else None
        if answer is not None:
            outlet.send(frame_of(answer))


def _sayable(text: str | None) -> str | None:
    """What somebody wrote, without lone surrogates: JSON can hold them, UTF-8 can't."""
    return text.encode("utf-8", "replace").decode() if text else None


_TOO_MANY = Error(code="too_many", message="Too many messages. Slow down, or you will be disconnected.")


async def _answer(hub: Hub, room: Room, member: Member, received: aiohttp.WSMessage) -> Error | None:
    """Handle one message; what is wrong with it is the answer, and the socket stays open."""
    try:
        if received.type is not aiohttp.WSMsgType.TEXT:
            raise MessageError("malformed", "Messages are JSON text.")
        await dispatch(hub, room, member, decode_client(received.data))
    except MessageError as error:
        return Error(code=error.code, message=error.message, re=_sayable(error.re))
    except Exception:  # a mistake of ours must not cost somebody the lesson
        log.exception("room message failed", room=room.id)
        return Error(code="internal", message="This did not work. It has been noted.")
    return None
