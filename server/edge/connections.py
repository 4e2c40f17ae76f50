"""Requests that can't be read as HTTP: aiohttp's parser refuses them before any view or middleware is
asked. They get the envelope and an id, too, whatever address they meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler, _ErrInfo

from server.edge.api import error_answer
from server.edge.errors import InternalError
from server.edge.headers import ALWAYS
from server.infra.errors import DomainError, Malformed

log = structlog.get_logger()


class Connection(RequestHandler):
    """One client's connection."""

    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """A body that stops being one in the middle fails the view that waits for its rest: the parser
        only queues its failure behind that view, which would wait until the client leaves."""
        super().data_received(data)
        request = self._current_request
        if request and not request.content.is_eof() and self._parser_failed():
            self._messages.pop()
            request.content.set_exception(web.RequestPayloadError("the body is not valid HTTP"))
            request.content.feed_eof()
            self.close()

    def _parser_failed(self) -> bool:
        return bool(self._messages) and isinstance(self._messages[-1][0], _ErrInfo)

    def log_exception(self, *words: Any, **options: Any) -> None:
        """A broken body was answered already; that its rest can't be read is no mistake of ours."""
        if not isinstance(options.get("exc_info"), web.RequestPayloadError):
            super().log_exception(*words, **options)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what the parser refused, or what failed outside of the middleware that answers
        failures; nothing more is read from this client. `message` quotes the client and is not told."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already")
        if status < 500:
            log.info("not HTTP", remote=request.remote, reason=type(exc).__name__)
            return _last_answer(Malformed(message="The request is not valid HTTP."), status)
        log.error("request failed outside of its view", path=request.path, exc_info=exc)
        return _last_answer(InternalError(), status)


def _last_answer(error: DomainError, status: int) -> web.Response:
    answer = error_answer(error, status)
    answer.headers.update({**ALWAYS, "X-Request-ID": uuid4().hex, "Cache-Control": "no-store"})
    answer.force_close()
    return answer


Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def _answering(handle: Handle) -> Handle:
    """What is raised before any middleware is asked, answered: an `Expect` that nobody knows."""

    async def answering(request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await handle(request)
        except web.HTTPExpectationFailed as error:
            return _last_answer(Malformed(message="Expect may be 100-continue."), error.status)

    return answering


class Server(web.Server):
    """aiohttp's own with our connections."""

    def __init__(self, made: web.Server) -> None:
        super().__init__(
            _answering(made.request_handler),
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            loop=made._loop,
            **made._kwargs,
        )

    def __call__(self) -> RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """Serves an application by such connections."""

    async def _make_server(self) -> web.Server:
        return Server(await super()._make_server())
