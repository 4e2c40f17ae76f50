"""Larger bodies for the few addresses that take files, from people who are signed in.

Files of a form go to disk while they arrive, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, cast

from aiohttp import web
from aiohttp.typedefs import Handler

from server.edge.access import viewer
from server.edge.forms import posted
from server.infra.errors import Invalid

UPLOADS: web.AppKey[Mapping[tuple[str, str], int]] = web.AppKey("uploads", dict)


@web.middleware
async def uploads_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the body be as large as the route says; to be asked before anything reads it."""
    resource = request.match_info.route.resource
    most = request.app[UPLOADS].get((request.method, resource.canonical)) if resource else None
    if most and viewer(request):
        request = request.clone(client_max_size=most)
    return await handler(request)


async def posted_file(request: web.Request, name: str, most: int, too_large: str) -> BinaryIO:
    """The file of a posted form.

    Raises UnsupportedType, Malformed, Invalid naming the field."""
    part = (await posted(request)).get(name)
    if not isinstance(part, web.FileField) or not part.filename:
        raise Invalid(fields={name: "Choose a file."})
    file = cast(BinaryIO, part.file)
    if file.seek(0, 2) > most:
        raise Invalid(fields={name: too_large})
    file.seek(0)
    return file
