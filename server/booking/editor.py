"""The form that creates and changes a session."""

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
    SessionForm,
)
from server.booking.formtext import empty_form, form_of, number, shown, values_of
from server.booking.times import zone_names
from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid
from server.people import service as people

TEMPLATE = "booking/create.html"
FIELD_IDS = {"price_minor": "price"}  # where the form's names differ from the API's


async def create_page(request: web.Request) -> web.StreamResponse:
    return await _page(request, empty_form(require_viewer(request).timezone))


async def create(request: web.Request) -> web.StreamResponse:
    """Save a draft; with `action=publish` it is published too."""
    asking, posted = require_viewer(request), await read_form(request)
    try:
        session_id = await service.create_session(asking, validated(SessionForm, values_of(posted)))
    except (Invalid, Conflict) as refused:
        return await _page(request, shown(posted), refused)
    return await _saved(request, session_id, posted, "drafted")


async def edit_page(request: web.Request) -> web.StreamResponse:
    session = await _own(request)
    return await _page(request, form_of(session), session=session)


async def edit(request: web.Request) -> web.StreamResponse:
    asking, posted, session = require_viewer(request), await read_form(request), await _own(request)
    try:
        changes = validated(SessionChanges, values_of(posted))
        await service.change_session(session.id, asking, changes)
    except (Invalid, Conflict) as refused:
        return await _page(request, shown(posted), refused, session)
    return await _saved(request, session.id, posted, "saved")


async def _saved(
    request: web.Request, session_id: UUID, posted: Mapping[str, Any], done: str
) -> web.StreamResponse:
    """On to the session's page. Where it can't be published the form says why; what was written is kept
    as a draft by then, so the form goes on as its editor."""
    asking = require_viewer(request)
    if posted.get("action") == "publish":
        try:
            await service.publish_session(session_id, asking)
        except (Conflict, Forbidden, Invalid) as refused:
            session = await service.get_session(session_id, asking)
            return await _page(request, shown(posted), refused, session)
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
    form: Mapping[str, Any],
    refused: DomainError | None = None,
    session: service.SessionDetail | None = None,
) -> web.Response:
    context = {
        "session": session,
        "action": f"{session.url}/edit" if session else "/dashboard/mentor/create",
        "form": form,
        "errors": said_errors(refused) if refused else {},
        "skills": await people.all_skills(),
        "timezones": [(name, name.replace("_", " ")) for name in sorted(zone_names())],
        "levels": LEVELS,
        "languages": _offered_languages(form),
        "durations": _offered_durations(form),
        "max_capacity": MAX_CAPACITY,
    }
    return render(request, TEMPLATE, context, status_of(refused) if refused else 200)


def _offered_languages(form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The list, and what this session has from the API if that isn't on it."""
    own = str(form.get("language", "en"))
    return [*LANGUAGES, *([] if own in dict(LANGUAGES) else [(own, own)])]


def _offered_durations(form: Mapping[str, Any]) -> list[int]:
    own = number(form.get("duration_minutes"))
    return sorted({*DURATIONS, own}) if isinstance(own, int) else list(DURATIONS)


def said_errors(refused: DomainError) -> dict[str, str]:
    """The refusal beside its fields. A field that only carries a code gets the sentence instead; a
    part of a list speaks for the list; the form asks for a price in major units."""
    if not refused.fields:
        return {"form": refused.message}
    return {
        FIELD_IDS.get(name, name.partition(".")[0]): refused.message if text == refused.code else text
        for name, text in refused.fields.items()
    }
