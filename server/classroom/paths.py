"""Ids in addresses. One that can't be an id names nothing, so it is not found."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from server.infra.errors import NotFound


def id_in_path(request: web.Request) -> UUID:
    """The `{id}` of the address. Raises NotFound."""
    try:
        return UUID(request.match_info["id"])
    except ValueError as error:
        raise NotFound from error
