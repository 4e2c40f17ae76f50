"""REST of the technical check."""

from __future__ import annotations

from aiohttp import web

from server.classroom.check import service
from server.classroom.check.door import access
from server.classroom.check.forms import CheckForm
from server.classroom.check.service import CheckResult
from server.edge.access import require_viewer
from server.edge.api import ok, read_json
from server.edge.openapi import described
from server.edge.paths import id_in_path


@described(body=CheckForm, data=CheckResult)
async def keep_check(request: web.Request) -> web.StreamResponse:
    asking, session_id = require_viewer(request), id_in_path(request)
    await access(session_id, asking.user_id)
    form = await read_json(request, CheckForm)
    return ok(await service.keep(session_id, asking.user_id, form), "The result is kept.")
