"""The pages on which a session is created, one step each. They work without scripts: every button sends
the step, what was typed is kept first, right or wrong, and then the browser is sent on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from server.booking.drafting import page
from server.booking.drafting.copying import draft_from
from server.booking.drafting.drafts import (
    Draft,
    DraftChanged,
    begin_draft,
    drafts_of,
    get_draft,
    keep_step,
    throw_away,
)
from server.booking.drafting.page import step_path
from server.booking.drafting.publishing import publish_draft
from server.booking.drafting.reading import problems_in
from server.booking.drafting.steps import (
    BY_KEY,
    FIRST,
    LAST,
    Step,
    after,
    before,
    is_blank,
    listed,
    sent_in,
)
from server.booking.formtext import said_errors
from server.edge.access import require_viewer
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form
from server.infra.clock import now
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound

PAGE = page.PAGE
SAID = {
    "kept": "Your draft is kept. Go on whenever you like.",
    "thrown": "The draft is gone.",
}
NEXT, BACK, KEEP, LATER = "next", "back", "keep", "later"


async def start_page(request: web.Request) -> web.StreamResponse:
    """The first step of a new session, and the drafts to go on with."""
    mentor = require_viewer(request)
    drafts = await drafts_of(mentor.user_id)
    return await page.show(
        request, None, FIRST, drafts=drafts, flash=SAID.get(request.query.get("done", ""))
    )


async def start(request: web.Request) -> web.StreamResponse:
    """A draft is made of the first words that come."""
    mentor, posted = require_viewer(request), await read_form(request)
    values = sent_in(FIRST, posted)
    if is_blank(values):
        errors = problems_in(FIRST, values, now()) if _pressed(posted) == NEXT else {}
        return await page.show(request, None, FIRST, typed=values, errors=errors)
    try:
        draft = await begin_draft(mentor, values, onward=_pressed(posted) == NEXT)
    except Conflict as refused:
        return await page.show(
            request, None, FIRST, typed=values, errors=said_errors(refused), status=status_of(refused)
        )
    return await _kept(request, draft, FIRST, posted)


async def resume(request: web.Request) -> web.StreamResponse:
    """To where the draft was left."""
    draft = await get_draft(id_in_path(request), require_viewer(request))
    return _finished(draft) or see_other(step_path(draft.id, draft.step))


async def discard(request: web.Request) -> web.StreamResponse:
    await throw_away(id_in_path(request), require_viewer(request))
    return see_other(f"{PAGE}?done=thrown")


async def step_page(request: web.Request) -> web.StreamResponse:
    draft = await get_draft(id_in_path(request), require_viewer(request))
    step = _step(request)
    if step.number > draft.reached:
        return see_other(step_path(draft.id, draft.step))
    return _finished(draft) or await page.show(request, draft, step)


async def change(request: web.Request) -> web.StreamResponse:
    """Keep the step and go where the button says; or publish."""
    mentor, posted, step = require_viewer(request), await read_form(request), _step(request)
    draft = await get_draft(id_in_path(request), mentor)
    if done := _finished(draft):
        return done
    if step is LAST:
        return await _publish(request, draft, posted)
    values, button = _values(step, posted), _pressed(posted)
    try:
        seen = str(posted.get("seen", ""))
        kept = await keep_step(draft.id, mentor, step, values, seen, onward=button == NEXT)
    except DraftChanged as changed:
        return await page.show(request, changed.draft, step, typed=values, changed=True, status=409)
    return await _kept(request, kept, step, posted)


def _values(step: Step, posted: Mapping[str, Any]) -> dict[str, Any]:
    """As typed; a button that offers another time puts it in."""
    values, button = sent_in(step, posted), _pressed(posted)
    return {**values, "starts_at": button[4:20]} if button.startswith("use:") else values


async def _kept(
    request: web.Request, draft: Draft, step: Step, posted: Mapping[str, Any]
) -> web.StreamResponse:
    """Where to, now that it is kept."""
    button = _pressed(posted)
    if button == BACK:
        return see_other(step_path(draft.id, before(step)))
    if button == LATER:
        return see_other(f"{PAGE}?done=kept")
    if button.startswith("go:"):
        aim = BY_KEY.get(button[3:], step)
        return see_other(step_path(draft.id, aim if aim.number <= draft.reached else draft.step))
    if button == KEEP or button.startswith("use:"):
        return await page.show(request, draft, step)
    if errors := problems_in(step, draft.data, now()):
        return await page.show(request, draft, step, errors=errors, status=422)
    return see_other(step_path(draft.id, after(step)))


async def _publish(request: web.Request, draft: Draft, posted: Mapping[str, Any]) -> web.StreamResponse:
    leave_out = listed(posted.get("leave_out"))
    try:
        session_id = await publish_draft(draft.id, require_viewer(request), leave_out)
    except (Conflict, Forbidden, Invalid) as refused:
        errors = {"form": refused.message} if isinstance(refused, Conflict) else said_errors(refused)
        return await page.show(request, draft, LAST, errors=errors, status=status_of(refused))
    return see_other(f"/sessions/{session_id}?done=published")


async def again(request: web.Request) -> web.StreamResponse:
    """A session's words in a new draft: as another date of the same, or as something new."""
    same = (await read_form(request)).get("as") == "date"
    draft = await draft_from(id_in_path(request), require_viewer(request), same_offering=same)
    return see_other(step_path(draft.id, BY_KEY["schedule"] if same else FIRST))


def _pressed(posted: Mapping[str, Any]) -> str:
    return str(posted.get("do", NEXT))


def _step(request: web.Request) -> Step:
    """Raises NotFound."""
    try:
        return BY_KEY[request.match_info["step"]]
    except KeyError as error:
        raise NotFound from error


def _finished(draft: Draft) -> web.StreamResponse | None:
    return see_other(f"/sessions/{draft.session_id}") if draft.session_id else None
