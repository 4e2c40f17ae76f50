"""HTTP to other services: clients that ask nothing inside a transaction."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from aiohttp import ClientSession, TraceConfig, TraceRequestStartParams

from server.infra.db import require_no_transaction


def open_http(**options: Any) -> ClientSession:
    """A client to be closed by its owner; `options` are those of aiohttp."""
    trace = TraceConfig()
    trace.on_request_start.append(_refuse)
    return ClientSession(trace_configs=[trace], **options)


async def _refuse(
    session: ClientSession, context: SimpleNamespace, request: TraceRequestStartParams
) -> None:
    require_no_transaction()
