"""REST of the files that are handed round in a room (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web
from typing_extensions import TypedDict

from media.protocol.messages import ChatFile as Handed
from server.classroom.conduct import files
from server.edge.access import require_viewer
from server.edge.api import ok
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.edge.private_files import send_private_file
from server.edge.uploads import posted_file
from server.infra.errors import NotFound


class RoomFileShape(TypedDict):
    """`id` goes into `files` of a `chat` message; `url` gives the file to those who may read that."""

    id: str
    name: str
    media_type: str
    size: int
    url: str


@described(data=RoomFileShape, statuses=(201,))
async def upload(request: web.Request) -> web.StreamResponse:
    """`POST /sessions/{id}/room/files`, multipart with a `file`: to be handed round within a day."""
    viewer, session_id = require_viewer(request), id_in_path(request)
    await files.seat_of(session_id, viewer)
    source = await posted_file(request, "file", files.MAX_BYTES, files.TOO_LARGE)
    part: Any = (await request.post())["file"]
    kept = await files.take_in(session_id, viewer, part.filename, source)
    return ok(_shape(kept), "Ready to be sent.", 201)


def _shape(kept: Handed) -> RoomFileShape:
    return {
        "id": kept.id,
        "name": kept.name,
        "media_type": kept.media_type,
        "size": kept.size,
        "url": kept.url,
    }


@described(media_type="application/octet-stream")
async def file_content(request: web.Request) -> web.StreamResponse:
    """`GET /sessions/{id}/room/files/{file}`, for those who may read the line it went with."""
    viewer, session_id = require_viewer(request), id_in_path(request)
    row = await files.readable(session_id, viewer, _file_id(request))
    return await send_private_file(
        request, files.storage(), row.storage_key, row.size, row.name, row.media_type
    )


def _file_id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["file"])
    except ValueError as error:
        raise NotFound(message=files.NO_FILE) from error
