"""WebSockets of browsers: opened first, so that a refused client learns why from the close code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import WSCloseCode, hdrs, web

from media.protocol.messages import Close
from server.edge.keys import SETTINGS
from server.edge.wire import CLOSE_TIMEOUT_S, SocketWire
from server.infra.errors import Unavailable

Attend = Callable[[web.Request, SocketWire], Awaitable[None]]

log = structlog.get_logger()


class Refused(Exception):
    """The socket is to be closed with `code`, after the frame `last` where there is more to say."""

    def __init__(self, code: Close | WSCloseCode, last: bytes = b"") -> None:
        super().__init__(code.name)
        self.code = code
        self.last = last


async def attended(
    request: web.Request, attend: Attend, *, most: int, heartbeat_s: float
) -> web.WebSocketResponse:
    """Open the socket and let `attend` read from it until it closes; what that raises closes it.

    `most` is the size of a message in bytes; pings go out every `heartbeat_s` seconds, and one that is
    not answered in as many closes the socket (4408)."""
    socket = web.WebSocketResponse(
        compress=False, autoping=False, max_msg_size=most, timeout=CLOSE_TIMEOUT_S
    )
    await socket.prepare(request)
    assert request.transport is not None
    wire = SocketWire(socket, request.transport, heartbeat_s)
    try:
        await attend(request, wire)
    except Refused as refused:
        if refused.last:
            wire.send(refused.last)
        wire.close(refused.code)
    except Unavailable:
        log.warning("socket can't be served now", path=request.path)
        wire.close(WSCloseCode.TRY_AGAIN_LATER)
    except Exception:  # too late for an error page
        log.exception("socket failed", path=request.path)
        wire.close(WSCloseCode.INTERNAL_ERROR)
    finally:
        await wire.finish()
    return socket


def from_own_page(request: web.Request, *, proven: bool = False) -> bool:
    """A foreign page may not use our visitor's cookie; a program without an Origin brings its token, or
    has `proven` itself otherwise."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return proven or hdrs.AUTHORIZATION in request.headers
    return origin in request.app[SETTINGS].own_origins
