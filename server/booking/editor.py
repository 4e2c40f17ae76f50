"""The form that changes a session; creating one goes step by step, in `drafting`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aiohttp import web

from server.booking import service
from server.booking.forms import (
    DURATIONS,
    LANGUAGES,
    LEVELS,
    MAX_CAPACITY,
    SessionChanges,
)
from server.booking.formtext import form_of, number, said_errors, shown, values_of
from server.booking.times import zone_names
from server.edge.access import require_viewer
from server.edge.amounts import settlement_currency
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid
from server.people import service as people

TEMPLATE = "booking/edit.html"


async def edit_page(request: web.Request) -> web.StreamResponse:
    session = await _own(request)
    return await _page(request, session, form_of(session))


async def edit(request: web.Request) -> web.StreamResponse:
    asking, posted, session = require_viewer(request), await read_form(request), await _own(request)
    try:
        changes = validated(SessionChanges, values_of(posted))
        await service.change_session(session.id, asking, changes)
    except (Invalid, Conflict) as refused:
        return await _page(request, session, shown(posted), refused)
    return await _saved(request, session.id, posted)


async def _saved(request: web.Request, session_id: UUID, posted: Mapping[str, Any]) -> web.StreamResponse:
    """On to the session's page; with `action=publish` it is published too. Where it can't be, the form
    says why: what was written is kept by then."""
    asking, done = require_viewer(request), "saved"
    if posted.get("action") == "publish":
        try:
            await service.publish_session(session_id, asking)
        except (Conflict, Forbidden, Invalid) as refused:
            session = await service.get_session(session_id, asking)
            return await _page(request, session, shown(posted), refused)
        done = "published"
    return see_other(f"/sessions/{session_id}?done={done}")


async def _own(request: web.Request) -> service.SessionDetail:
    """Raises NotFound, Forbidden."""
    asking = require_viewer(request)
    session = await service.get_session(id_in_path(request), asking)
    if session.mentor_id != asking.user_id:
        raise Forbidden(message="Only the mentor of this session can change it.")
    return session


async def _page(
    request: web.Request,
    session: service.SessionDetail,
    form: Mapping[str, Any],
    refused: DomainError | None = None,
) -> web.Response:
    context = {
        "session": session,
        "action": f"{session.url}/edit",
        "form": form,
        "errors": said_errors(refused) if refused else {},
        "skills": await people.all_skills(),
        "timezones": [(name, name.replace("_", " ")) for name in sorted(zone_names())],
        "levels": LEVELS,
        "languages": _offered_languages(form),
        "durations": _offered_durations(form),
        "max_capacity": MAX_CAPACITY,
        "currency": settlement_currency(),
    }
    return render(request, TEMPLATE, context, status_of(refused) if refused else 200)


def _offered_languages(form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The list, and what this session has from the API if that isn't on it."""
    own = str(form.get("language", "en"))
    return [*LANGUAGES, *([] if own in dict(LANGUAGES) else [(own, own)])]


def _offered_durations(form: Mapping[str, Any]) -> list[int]:
    own = number(form.get("duration_minutes"))
    return sorted({*DURATIONS, own}) if isinstance(own, int) else list(DURATIONS)
