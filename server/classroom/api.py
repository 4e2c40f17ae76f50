"""REST of the classroom (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, Field, StrictBool

from server.classroom import service
from server.classroom.keys import NEWS
from server.edge.access import require_viewer
from server.edge.api import ok, read_json
from server.edge.openapi import described
from server.edge.paths import id_in_path


class ConsentForm(BaseModel):
    """`text_version` names the words that were read; the newest, where it is left out."""

    consent: StrictBool
    text_version: str | None = Field(None, max_length=16)


@described(data=service.IssuedTicket)
async def issue_ticket(request: web.Request) -> web.StreamResponse:
    issued = await service.issue_ticket(id_in_path(request), require_viewer(request))
    return ok(issued, "Use it once, within a minute.")


@described(body=ConsentForm)
async def answer_consent(request: web.Request) -> web.StreamResponse:
    asking, session_id = require_viewer(request), id_in_path(request)
    form = await read_json(request, ConsentForm)
    await service.room_access(session_id, asking.user_id)
    news = request.app[NEWS]
    await news.answer_consent(session_id, asking.user_id, form.consent, form.text_version)
    return ok({"consent": form.consent}, "Your answer is kept.")
