"""Pages of what was measured: the calls that somebody had, and how one of them went."""

from __future__ import annotations

from aiohttp import web

from server.classroom.measures import calls, door, service
from server.classroom.measures.forms import CallsQuery
from server.classroom.measures.pictures import pictures
from server.edge.access import require_viewer
from server.edge.api import read_query
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.templates import render
from server.infra.errors import Invalid, NotFound

PER_PAGE = 20
PAGE = "/communication/calls"


async def calls_page(request: web.Request) -> web.StreamResponse:
    """`?with=&page=`; a person who can't be asked for is nobody's filter."""
    try:
        met = read_query(request, CallsQuery).met
    except Invalid:
        met = ""
    part, asking = Part.asked(request, PER_PAGE), require_viewer(request)
    found, total = await calls.calls(asking.user_id, met, part.offset, part.per_page)
    context = {
        "calls": found,
        "page": part.of(total),
        "people": await calls.people_met(asking.user_id),
        "met": met,
        "desk": "mentor" if "mentor" in asking.roles else "learner",
    }
    return render(request, "classroom/calls.html", context)


async def call_page(request: web.Request) -> web.StreamResponse:
    """One lesson's quality: the reader's own, and with `?of=` somebody else's for its mentor."""
    session_id, asking = id_in_path(request), require_viewer(request)
    session, mentor = await door.lesson_of(session_id, asking.user_id)
    quality = await service.quality(session_id)
    own = quality.of(asking.user_id)
    told = quality.people if mentor else [own] if own else []
    of = request.query.get("of", own.participant if own else "")
    shown = next((one for one in told if one.participant == of), None)
    if shown is None and "of" in request.query:
        raise NotFound(message=door.NO_CALL)
    context = {
        "session": session,
        "people": told,
        "shown": shown,
        "own": own,
        "sentences": shown.said_to(asking.user_id) if shown else [],
        "at_fault": quality.at_fault,
        "pictures": pictures(shown, asking.timezone) if shown else None,
        "desk": "mentor" if "mentor" in asking.roles else "learner",
    }
    return render(request, "classroom/call.html", context)
