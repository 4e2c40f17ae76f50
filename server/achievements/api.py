"""JSON: what somebody achieved, checking a certificate, and revoking one."""

from __future__ import annotations

from aiohttp import web

from server.achievements import shelf
from server.achievements.forms import Revoke
from server.achievements.lookup import look_up
from server.achievements.service import NO_CERTIFICATE, revoke
from server.achievements.values import Achievements, Checked
from server.edge.access import require_viewer
from server.edge.api import PagingQuery, ok, read_json, read_query
from server.edge.openapi import described
from server.infra.errors import NotFound
from server.people.api import asker


@described(query=PagingQuery, data=Achievements)
async def achievements(request: web.Request) -> web.Response:
    """`GET /users/{username}/achievements`: what the asker may know, and a page of certificates."""
    asked, username = read_query(request, PagingQuery), request.match_info["username"]
    offset = (asked.page - 1) * asked.per_page
    return ok(await shelf.achievements(username, asker(request), offset, asked.per_page))


@described(data=Checked)
async def certificate(request: web.Request) -> web.Response:
    """`GET /certificates/{code}`: whether it holds, for whoever has the code."""
    found = await look_up(request)
    if found is None:
        raise NotFound(message=NO_CERTIFICATE)
    return ok(shelf.checked(found))


@described(body=Revoke, data=Checked)
async def revoke_certificate(request: web.Request) -> web.StreamResponse:
    """`POST /admin/certificates/{code}/revoke {reason}`."""
    form, staff = await read_json(request, Revoke), require_viewer(request)
    code = request.match_info["code"]
    await revoke(code, staff.user_id, form.reason)
    return await certificate(request)
