"""JSON of what people can prove: `/api/v1/users/me/credentials`. Files come and go as they are."""

from __future__ import annotations

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.api import ok
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.edge.templates import read_form
from server.people import credentials
from server.people.credential_views import add_sent
from server.people.credentials import OwnCredential


@described(data=list[OwnCredential])
async def own_credentials(request: web.Request) -> web.Response:
    """`GET /users/me/credentials`: the latest first."""
    return ok(await credentials.own_credentials(require_viewer(request).user_id))


@described(data=list[OwnCredential], statuses=(201,))
async def add_credential(request: web.Request) -> web.Response:
    """`POST /users/me/credentials`, multipart: title, issuer?, year?, skill?, level?, file."""
    await add_sent(request, await read_form(request))
    return ok(await credentials.own_credentials(require_viewer(request).user_id), status=201)


@described(data=list[OwnCredential])
async def remove_credential(request: web.Request) -> web.Response:
    """`DELETE /users/me/credentials/{id}`."""
    user_id = require_viewer(request).user_id
    await credentials.remove_credential(user_id, id_in_path(request))
    return ok(await credentials.own_credentials(user_id))
