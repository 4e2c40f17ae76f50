"""Pages of requests: asking a mentor, and answering one another. They work without scripts: a button that
looks for other days brings the page again with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from server.accounts.views import error_lines
from server.booking.forms import DURATIONS, Minutes
from server.booking.formtext import number
from server.booking.hours.choosing import Choices, Chooser, choices, chosen_in, chosen_start, day_sent
from server.booking.paying import taking_payments
from server.booking.requests import answering
from server.booking.requests.asking import ask, asked_mentor
from server.booking.requests.forms import Declining, Proposal, RequestForm
from server.booking.requests.instead import instead_of
from server.booking.requests.listing import RequestRow, get_request, mentors_requests
from server.booking.requests.states import price_of
from server.booking.times import read_start
from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.clock import now
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid, Malformed, Throttled
from server.people.availability import availability_of

MENTORS_PAGE = "/dashboard/mentor/requests"
USUAL_MINUTES = 60
MINUTES: TypeAdapter[int] = TypeAdapter(Minutes)
REFUSALS = (Conflict, Forbidden, Invalid, Throttled)
TABS = (("waiting", "Waiting"), ("answered", "Answered"))
SAID = {
    "asked": "Your request is sent. You hear from us as soon as it is answered.",
    "accepted": "The lesson is booked.",
    "declined": "Declined. The other one is told.",
    "proposed": "Your time is proposed. You hear from us as soon as it is answered.",
    "withdrawn": "Your request is taken back.",
}


# --- asking


async def request_form(request: web.Request) -> web.StreamResponse:
    """`?starts_at=&minutes=&topic=` is what somebody chose already."""
    asked = request.query
    form = {"duration_minutes": asked.get("minutes", ""), "topic": asked.get("topic", "")}
    start = _instant(asked.get("starts_at", ""))
    day = start.astimezone(ZoneInfo(require_viewer(request).timezone)).date() if start else None
    return await _form(request, form, first=day, start=start)


def _instant(text: str) -> datetime | None:
    """None where it is none."""
    try:
        return read_start(text, "UTC")
    except Invalid:
        return None


async def ask_mentor(request: web.Request) -> web.StreamResponse:
    """Send the request, or show other days."""
    asking, sent = require_viewer(request), await read_form(request)
    button, _, day = str(sent.get("do", "")).partition(":")
    if button in ("look", "from"):
        return await _form(request, sent, first=day_sent(day))
    values = {**sent, "starts_at": chosen_start(sent)}
    values["duration_minutes"] = number(sent.get("duration_minutes", USUAL_MINUTES))
    try:
        _require_time(values["starts_at"])
        asked = await ask(asking, request.match_info["username"], validated(RequestForm, values))
    except REFUSALS as refused:
        return await _form(request, sent, first=day_sent(sent.get("first")), refused=refused)
    return see_other(f"/requests/{asked.request_id}?done=asked")


def _require_time(text: str) -> None:
    if not text:
        raise Invalid(fields={"starts_at": "Choose a time, or write one of your own."})


async def _form(
    request: web.Request,
    form: Mapping[str, Any],
    *,
    first: Any,
    start: datetime | None = None,
    refused: DomainError | None = None,
) -> web.Response:
    """`start` is one that was chosen elsewhere."""
    asking, present = require_viewer(request), now()
    who = await asked_mentor(request.match_info["username"], asking)
    minutes = _minutes(str(form.get("duration_minutes", "")))
    hours = await availability_of(who.mentor.user_id, present.date())
    chooser = Chooser(asking.timezone, minutes, asking.user_id)
    found = await choices(who.mentor.user_id, hours, chooser, present, first)
    chosen = chosen_in(found, start, asking.timezone) if start else {}
    context = {
        "mentor": who.mentor,
        "form": {**form, **chosen, "duration_minutes": minutes},
        "minutes": minutes,
        "durations": sorted({*DURATIONS, minutes}),
        "price_minor": price_of(who.mentor.rate_minor, minutes),
        "paid": taking_payments(),
        "choices": found,
        "errors": _said(refused),
    }
    return render(request, "booking/request_form.html", context, status_of(refused) if refused else 200)


def _minutes(text: str) -> int:
    """As long as it was asked for, where a lesson can be so long."""
    try:
        return MINUTES.validate_python(number(text))
    except ValidationError:
        return USUAL_MINUTES


def _said(refused: DomainError | None) -> dict[str, str]:
    """The refusal beside its fields; one that only carries a code says its sentence."""
    if refused is None:
        return {}
    lines = error_lines(refused)
    return {name: refused.message if text == refused.code else text for name, text in lines.items()}


# --- answering


async def mentor_requests(request: web.Request) -> web.StreamResponse:
    asked = request.query.get("tab", "")
    tab = asked if asked in dict(TABS) else "waiting"
    found = await mentors_requests(require_viewer(request).user_id, now(), waiting=tab == "waiting")
    context = {
        "tabs": [(key, words, f"{MENTORS_PAGE}?tab={key}") for key, words in TABS],
        "tab": tab,
        "requests": found,
        "flash": SAID.get(request.query.get("done", "")),
    }
    return render(request, "booking/requests.html", context)


async def request_page(request: web.Request) -> web.StreamResponse:
    return await _page(request, id_in_path(request), {}, first=day_sent(request.query.get("from")))


async def answer(request: web.Request) -> web.StreamResponse:
    """What the button says with `do`: accept, free, decline, propose, withdraw, or days to look at."""
    request_id, sent = id_in_path(request), await read_form(request)
    asking = require_viewer(request)
    await get_request(request_id, asking)
    button, _, day = str(sent.get("do", "")).partition(":")
    if button == "from":
        return await _page(request, request_id, sent, first=day_sent(day))
    try:
        done = await _do(button, request_id, request, sent)
    except REFUSALS as refused:
        shown = day_sent(sent.get("first"))
        return await _page(request, request_id, sent, first=shown, refused=refused)
    return see_other(done)


async def _do(button: str, request_id: UUID, request: web.Request, sent: Mapping[str, Any]) -> str:
    """Gives where it goes on."""
    asking, here = require_viewer(request), f"/requests/{request_id}"
    match button:
        case "accept" | "free":
            session_id = await answering.accept(request_id, asking, free=button == "free")
            return f"/sessions/{session_id}?done=accepted"
        case "decline":
            word = validated(Declining, {"message": sent.get("message", "")}).message
            await answering.decline(request_id, asking, word)
            return f"{here}?done=declined"
        case "propose":
            start = chosen_start(sent)
            _require_time(start)
            wanted = validated(Proposal, {"starts_at": start, "message": sent.get("word", "")})
            await answering.propose(request_id, asking, wanted)
            return f"{here}?done=proposed"
        case "withdraw":
            await answering.withdraw(request_id, asking)
            return f"{here}?done=withdrawn"
    raise Malformed(message="Nothing of the form was pressed.")


async def _page(
    request: web.Request,
    request_id: UUID,
    form: Mapping[str, Any],
    *,
    first: Any,
    refused: DomainError | None = None,
) -> web.Response:
    asking, present = require_viewer(request), now()
    row = await get_request(request_id, asking)
    asked = row.role == "mentor" and row.can_accept(present)
    context = {
        "request": row,
        "open": row.open(present),
        "can_accept": row.can_accept(present),
        "paid": taking_payments(),
        "choices": await _other_times(asking.user_id, asking.timezone, row, first) if asked else None,
        "instead": await instead_of(row, asking.user_id, present),
        "form": form,
        "errors": _said(refused),
        "flash": SAID.get(request.query.get("done", "")),
    }
    return render(request, "booking/request.html", context, status_of(refused) if refused else 200)


async def _other_times(mentor_id: int, zone: str, row: RequestRow, first: Any) -> Choices:
    hours = await availability_of(mentor_id, now().date())
    chooser = Chooser(zone, row.duration_minutes, None)
    return await choices(mentor_id, hours, chooser, now(), first)
