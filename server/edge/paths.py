"""Ids in addresses. One that can't be an id names nothing, so it is not found."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from server.infra.errors import NotFound


def id_in_path(request: web.Request) -> UUID:
    """The `{id}` of the address. Raises NotFound."""
    return as_id(request.match_info["id"])


def as_id(text: str) -> UUID:
    """Raises NotFound."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
