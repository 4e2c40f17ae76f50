"""REST of sessions (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from server.booking import service
from server.booking.catalogue import own_details
from server.booking.forms import Reason, SeriesForm, SessionChanges, SessionForm
from server.booking.series import plan_series
from server.booking.shapes import SeriesShape, SessionShape, session_shape
from server.edge.access import Viewer, require_viewer, viewer
from server.edge.api import ok, read_json
from server.edge.openapi import described
from server.edge.paths import id_in_path


@described(body=SessionForm, data=SessionShape, statuses=(201,))
async def create_session(request: web.Request) -> web.StreamResponse:
    asking = require_viewer(request)
    form = await read_json(request, SessionForm)
    session_id = await service.create_session(asking, form)
    return await _session(session_id, asking, "The draft is saved.", status=201)


@described(body=SeriesForm, data=SeriesShape, statuses=(201,))
async def create_series(request: web.Request) -> web.StreamResponse:
    asking = require_viewer(request)
    form = await read_json(request, SeriesForm)
    found = await own_details(await plan_series(asking, form), asking.user_id)
    said = "People can find and book them now." if form.publish else "The drafts are saved."
    return ok({"sessions": [session_shape(session) for session in found]}, said, 201)


@described(data=SessionShape)
async def get_session(request: web.Request) -> web.StreamResponse:
    return await _session(id_in_path(request), viewer(request))


@described(body=SessionChanges, data=SessionShape)
async def change_session(request: web.Request) -> web.StreamResponse:
    asking, session_id = require_viewer(request), id_in_path(request)
    await service.change_session(session_id, asking, await read_json(request, SessionChanges))
    return await _session(session_id, asking, "Saved.")


async def delete_session(request: web.Request) -> web.StreamResponse:
    await service.delete_session(id_in_path(request), require_viewer(request))
    return ok(message="The draft is deleted.")


@described(data=SessionShape)
async def publish_session(request: web.Request) -> web.StreamResponse:
    asking, session_id = require_viewer(request), id_in_path(request)
    await service.publish_session(session_id, asking)
    return await _session(session_id, asking, "People can find and book it now.")


@described(data=SessionShape)
async def start_session(request: web.Request) -> web.StreamResponse:
    asking, session_id = require_viewer(request), id_in_path(request)
    await service.start_session(session_id, asking)
    return await _session(session_id, asking, "The session is live.")


@described(data=SessionShape)
async def end_session(request: web.Request) -> web.StreamResponse:
    asking, session_id = require_viewer(request), id_in_path(request)
    await service.end_session(session_id, asking)
    return await _session(session_id, asking, "The session has ended.")


@described(body=Reason, data=SessionShape)
async def cancel_session(request: web.Request) -> web.StreamResponse:
    asking, session_id = require_viewer(request), id_in_path(request)
    why = await read_json(request, Reason)
    await service.cancel_session(session_id, asking, why.reason)
    return await _session(session_id, asking, "The session is cancelled.")


async def _session(
    session_id: UUID, asking: Viewer | None, message: str = "OK", status: int = 200
) -> web.Response:
    return ok(session_shape(await service.get_session(session_id, asking)), message, status)
