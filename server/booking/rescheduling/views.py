"""Pages of other times: proposing one, and answering on the session's page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from aiohttp import web

from server.accounts.views import error_lines
from server.booking import service
from server.booking.formtext import number
from server.booking.hours.choosing import Chooser, choices, chosen_start, day_sent
from server.booking.rescheduling import answering
from server.booking.rescheduling.forms import MoveForm
from server.booking.rescheduling.models import RescheduleProposal
from server.booking.rescheduling.proposing import propose, require_may_propose
from server.booking.rescheduling.shown import move_of
from server.booking.rescheduling.states import HOURS, USUAL_HOURS, MoveStatus
from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.clock import now
from server.infra.errors import Conflict, DomainError, Invalid, Malformed
from server.people.availability import availability_of

DONE = {"accept": "taken", "decline": "not_taken", "withdraw": "stays"}


async def move_page(request: web.Request) -> web.StreamResponse:
    """Who can't move it is shown the session."""
    try:
        await require_may_propose(id_in_path(request), require_viewer(request))
    except Conflict:
        return see_other(f"/sessions/{id_in_path(request)}")
    return await _page(request, {}, first=day_sent(request.query.get("from")))


async def move(request: web.Request) -> web.StreamResponse:
    """Propose the time, or show other days."""
    asking, session_id, sent = require_viewer(request), id_in_path(request), await read_form(request)
    await require_may_propose(session_id, asking)
    button, _, day = str(sent.get("do", "")).partition(":")
    if button == "from":
        return await _page(request, sent, first=day_sent(day))
    try:
        proposal_id = await propose(session_id, asking, _read(sent, asking.timezone))
    except (Conflict, Invalid) as refused:
        return await _page(request, sent, first=day_sent(sent.get("first")), refused=refused)
    status = (await RescheduleProposal.get(public_id=proposal_id)).status
    done = "moved" if status == MoveStatus.APPLIED else "move_proposed"
    return see_other(f"/sessions/{session_id}?done={done}")


def _read(sent: Mapping[str, Any], zone: str) -> MoveForm:
    """A wall time is the proposer's. Raises Invalid."""
    start = chosen_start(sent)
    if not start:
        raise Invalid(fields={"starts_at": "Choose a time, or write one of your own."})
    hours = number(sent.get("answer_within_hours", str(USUAL_HOURS)))
    values = {"starts_at": start, "timezone": zone, "reason": sent.get("reason", "")}
    return validated(MoveForm, {**values, "answer_within_hours": hours})


async def answer(request: web.Request) -> web.StreamResponse:
    """`do` is accept, decline or withdraw."""
    proposal_id, asking = id_in_path(request), require_viewer(request)
    session_id = (await move_of(proposal_id, asking)).session_id
    button = str((await read_form(request)).get("do", ""))
    doing = {
        "accept": answering.accept,
        "decline": answering.decline,
        "withdraw": answering.withdraw,
    }.get(button)
    if doing is None:
        raise Malformed(message="Nothing of the form was pressed.")
    try:
        await doing(proposal_id, asking)
    except Conflict as refused:
        busy = refused.code in ("overlap", "learner_busy")
        return see_other(f"/sessions/{session_id}?done={'move_clash' if busy else 'move_over'}")
    return see_other(f"/sessions/{session_id}?done={DONE[button]}")


async def _page(
    request: web.Request,
    form: Mapping[str, Any],
    *,
    first: date | None,
    refused: DomainError | None = None,
) -> web.Response:
    asking, present = require_viewer(request), now()
    session = await service.get_session(id_in_path(request), asking)
    mine = session.mentor_id == asking.user_id
    hours = await availability_of(session.mentor_id, present.date())
    chooser = Chooser(asking.timezone, session.duration_minutes, None if mine else asking.user_id)
    context = {
        "session": session,
        "mine": mine,
        "form": form,
        "hours": HOURS,
        "usual_hours": USUAL_HOURS,
        "choices": await choices(session.mentor_id, hours, chooser, present, first),
        "errors": _said(refused),
    }
    return render(request, "booking/reschedule.html", context, status_of(refused) if refused else 200)


def _said(refused: DomainError | None) -> dict[str, str]:
    """The refusal beside its fields; one that only carries a code says its sentence."""
    lines = error_lines(refused) if refused else {}
    return {
        name: refused.message if refused and text == refused.code else text
        for name, text in lines.items()
    }
