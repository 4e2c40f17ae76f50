"""The page of one session, with its buttons: whatever any feature has to show there comes together here.

After a POST the browser is sent on (303) to a page that says what happened: `?done=` names it.
"""

from __future__ import annotations

from collections.abc import Awaitable
from uuid import UUID

from aiohttp import web

from server.booking import service
from server.booking.catalogue import other_dates
from server.booking.rescheduling.shown import open_move
from server.booking.said import said
from server.booking.states import SEATED
from server.booking.waiting.queue import Place, place_of
from server.calendar.links import links_of
from server.edge.access import Viewer, require_viewer, viewer
from server.edge.errors import status_of
from server.edge.keys import SETTINGS
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.feedback.service import ReviewView, latest_of
from server.infra.clock import now
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid
from server.materials import service as materials
from server.pathways import service as pathways
from server.people.spotlight import mentor_portrait

SHOWN_MORE = 3  # other sessions of the same mentor
SHOWN_DATES = 6  # other dates of the same
SHOWN_REVIEWS = 3  # of any date of it


async def session_page(request: web.Request) -> web.StreamResponse:
    return await _detail(request, id_in_path(request))


async def cancel(request: web.Request) -> web.StreamResponse:
    """The mentor calls the session off, a learner their booking of it."""
    asking, session_id = require_viewer(request), id_in_path(request)
    reason = str((await read_form(request)).get("reason", ""))[:1000]
    session = await service.get_session(session_id, asking)
    if session.mentor_id == asking.user_id:
        action = service.cancel_session(session_id, asking, reason)
        return await _act(request, action, _said_at(session_id, "cancelled"))
    action = service.leave_session(session_id, asking, reason)
    return await _act(request, action, _said_at(session_id, "left"))


async def publish(request: web.Request) -> web.StreamResponse:
    session_id = id_in_path(request)
    action = service.publish_session(session_id, require_viewer(request))
    return await _act(request, action, _said_at(session_id, "published"))


async def start(request: web.Request) -> web.StreamResponse:
    """Go live and walk into the room."""
    session_id = id_in_path(request)
    action = service.start_session(session_id, require_viewer(request))
    return await _act(request, action, f"/sessions/{session_id}/room")


async def _act(request: web.Request, action: Awaitable[object], then: str) -> web.StreamResponse:
    """Do it and go on; a refusal is said on the session's page, beside the button."""
    try:
        await action
    except (Conflict, Forbidden, Invalid) as refused:
        return await _detail(request, id_in_path(request), refused)
    return see_other(then)


def _said_at(session_id: UUID, done: str) -> str:
    return f"/sessions/{session_id}?done={done}"


async def _detail(
    request: web.Request, session_id: UUID, refused: DomainError | None = None
) -> web.Response:
    asking = viewer(request)
    seen_by = asking.user_id if asking else None
    session = await service.get_session(session_id, asking)
    booking = await _booking_of(asking, session)
    context = {
        "session": session,
        "terms": service.terms_of(session, booking),
        "dates": await other_dates(session, now(), SHOWN_DATES, seen_by),
        "booking": booking,
        "move": await open_move(session, asking),
        "place": await _place_of(asking, session_id, booking),
        "mentor": await mentor_portrait(session.mentor_id),
        "pathways": await pathways.places_of(session.offering_id, asking.user_id if asking else None),
        "materials": await materials.shown_on(session, booking, asking),
        "more": await service.also_taught(session, now(), SHOWN_MORE, seen_by),
        "can": service.abilities(session, booking, asking, now()),
        "reviews": await _said_of(session, seen_by),
        "calendar": links_of(session, request.app[SETTINGS].base_url),
        "errors": {"form": _sentence(refused)} if refused else {},
        "flash": said(request),
    }
    return render(request, "booking/detail.html", context, status_of(refused) if refused else 200)


async def _said_of(session: service.SessionDetail, seen_by: int | None) -> list[ReviewView]:
    """The latest that learners said of any date of it: one query, or none where nobody said anything."""
    if not session.rating_count:
        return []
    return await latest_of(seen_by, SHOWN_REVIEWS, offering_id=session.offering_id)


async def _booking_of(asking: Viewer | None, session: service.SessionDetail) -> service.BookingRow | None:
    return await service.booking_for(session, asking.user_id, now()) if asking else None


async def _place_of(
    asking: Viewer | None, session_id: UUID, booking: service.BookingRow | None
) -> Place | None:
    """Who has a seat for good waits for none."""
    if asking is None or (booking is not None and booking.status in SEATED):
        return None
    return await place_of(session_id, asking.user_id)


def _sentence(refused: DomainError) -> str:
    """A refusal as one text; fields that only carry its code add nothing."""
    told = [text for text in refused.fields.values() if text != refused.code]
    return " ".join(told) or refused.message
