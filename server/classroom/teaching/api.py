"""REST of what a lesson left behind, and its files: parse, call one function, answer."""

from __future__ import annotations

from aiohttp import web

from server.booking.service import RoomAccess
from server.classroom.conduct.rights import room_access
from server.classroom.teaching.artefacts import Artefacts, artefacts, notes_text
from server.classroom.teaching.loading import load_desk
from server.classroom.teaching.sketch import svg
from server.edge.access import require_viewer
from server.edge.api import ok
from server.edge.attachments import disposition
from server.edge.openapi import described
from server.edge.paths import id_in_path


@described(data=Artefacts)
async def lesson_artefacts(request: web.Request) -> web.StreamResponse:
    access = await _access(request)
    return ok(await artefacts(access.session.id, host=access.role == "mentor"))


async def notes_markdown(request: web.Request) -> web.StreamResponse:
    access = await _access(request)
    text = notes_text(await load_desk(access.session.id))
    heading = f"# {access.session.title}\n\n"
    return _file(heading + text + "\n", "text/markdown", f"{access.session.title} notes.md")


async def notes_plain(request: web.Request) -> web.StreamResponse:
    access = await _access(request)
    text = notes_text(await load_desk(access.session.id))
    return _file(text + "\n", "text/plain", f"{access.session.title} notes.txt")


async def board_picture(request: web.Request) -> web.StreamResponse:
    access = await _access(request)
    desk = await load_desk(access.session.id)
    title = f"{access.session.title}: the whiteboard"
    picture = svg((one.item for one in desk.board.live()), title)
    return _file(picture, "image/svg+xml", f"{access.session.title} whiteboard.svg")


async def _access(request: web.Request) -> RoomAccess:
    return await room_access(id_in_path(request), require_viewer(request).user_id)


def _file(text: str, media_type: str, name: str) -> web.Response:
    headers = {"Content-Disposition": disposition(name, "lesson")}
    return web.Response(text=text, content_type=media_type, charset="utf-8", headers=headers)
