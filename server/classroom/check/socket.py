"""The check's socket, `/ws/check/{id}/`: a browser's two peers, out and in, at the node of its lesson."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

from aiohttp import WSCloseCode, WSMsgType, web

from media.protocol.checking import CHECK_S, CheckBegun
from media.protocol.messages import FRAME_LIMIT, Close, Error
from server.classroom.budget import Budget, Verdict
from server.classroom.check.door import Tester, admit
from server.classroom.check.trial import Trial
from server.classroom.check.where import node_for
from server.classroom.entry import Refused
from server.classroom.ice import ice_servers
from server.classroom.keys import HUB
from server.edge.keys import SETTINGS
from server.edge.ratelimit import WINDOWS, Limit
from server.edge.sockets import attended
from server.edge.wire import SocketWire
from server.infra import clock
from server.infra.errors import Throttled
from server.infra.metrics import WS_CONNECTIONS

HEARTBEAT_S = 20.0
MOST = Limit("technical_check", 20, timedelta(minutes=10))  # of one person; one takes about 40 s
TOO_OFTEN = Error(code="throttled", message="You checked many times just now. Try again in some minutes.")


async def check_socket(request: web.Request) -> web.WebSocketResponse:
    return await attended(request, _attend, most=FRAME_LIMIT, heartbeat_s=HEARTBEAT_S)


async def _attend(request: web.Request, wire: SocketWire) -> None:
    tester = await admit(request)
    await _count(tester)
    pool = request.app[HUB].nodes
    link = await node_for(tester.session, pool)
    trial = pool.checks.begin(link, tester.user_id, tester.login_id, wire)
    over = asyncio.get_running_loop().call_later(CHECK_S, partial(wire.close, Close.ENDED))
    try:
        with WS_CONNECTIONS.track_inprogress():
            trial.say_plainly(_begun(request, trial))
            await _listen(trial, wire)
    finally:
        over.cancel()
        pool.checks.end(trial)


async def _count(tester: Tester) -> None:
    try:
        await WINDOWS.take(MOST, str(tester.user_id))
    except Throttled as error:
        raise Refused(Close.TOO_MANY, TOO_OFTEN) from error


def _begun(request: web.Request, trial: Trial) -> CheckBegun:
    settings, now_s = request.app[SETTINGS], int(clock.now().timestamp())
    relays = ice_servers(settings.turn_urls, settings.turn_secret, trial.room, now_s)
    return CheckBegun(node=trial.link.node_id, ice_servers=relays)


async def _listen(trial: Trial, wire: SocketWire) -> None:
    """Read until the socket closes."""
    now = asyncio.get_running_loop().time
    budget = Budget(now())
    while (received := await wire.receive()) is not None:
        if received.type is not WSMsgType.TEXT:
            wire.close(WSCloseCode.UNSUPPORTED_DATA)
            return
        verdict = budget.spend(now())
        if verdict is Verdict.TAKE:
            trial.take(received.data)
        elif verdict is Verdict.CLOSE:
            wire.close(Close.TOO_MANY)
