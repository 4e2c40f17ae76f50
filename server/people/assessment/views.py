"""The pages of a questionnaire: what it is, one question a page, a last look, the result.

They work without scripts. Answers are kept as they are given; whoever leaves goes on where they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, DomainError, Invalid, Throttled
from server.people.assessment import service
from server.people.assessment.forms import Step
from server.people.assessment.service import Asked, Standing


async def assessment_page(request: web.Request) -> web.StreamResponse:
    found = await _standing(request)
    if not found.open:
        return _page(request, "start", found)
    number = request.query.get("question", "")
    if number == "end":
        return _page(request, "end", found)
    return _question(request, found, _named(found, number) or _first_open(found))


async def _standing(request: web.Request) -> Standing:
    return await service.standing(require_viewer(request).user_id, request.match_info["skill"])


def _named(found: Standing, number: str) -> Asked | None:
    return next((one for one in found.open if str(one.number) == number), None)


def _first_open(found: Standing) -> Asked:
    """The first question without an answer, else the last one."""
    return next((one for one in found.open if one.answer is None), found.open[-1])


async def change_assessment(request: web.Request) -> web.StreamResponse:
    """One button: `do` is start, answer or finish."""
    person, slug, sent = require_viewer(request), request.match_info["skill"], await read_form(request)
    form = validated(Step, sent)
    try:
        if form.do == "start":
            await service.start(person, slug)
        elif form.do == "finish":
            await service.finish(person, slug)
        elif form.choice is not None:
            await service.answer(person, slug, {form.question: form.choice})
    except (Conflict, Throttled) as refused:
        # pressed twice, or in another window: the page says where things stand now
        found = await _standing(request)
        return (
            see_other(f"/profile/assess/{slug}")
            if found.open
            else _page(request, "start", found, refused)
        )
    except Invalid as refused:
        return await _refused(request, form.question, refused)
    return see_other(_next(slug, form, await _standing(request)))


def _next(slug: str, form: Step, found: Standing) -> str:
    here = f"/profile/assess/{slug}"
    if form.do != "answer" or not found.open:
        return here
    return f"{here}?question={form.question + 1 if form.question < len(found.open) else 'end'}"


async def _refused(request: web.Request, number: int, refused: Invalid) -> web.Response:
    found = await _standing(request)
    return _question(request, found, _named(found, str(number)) or _first_open(found), refused)


def _question(
    request: web.Request, found: Standing, asked: Asked, refused: DomainError | None = None
) -> web.Response:
    return _page(request, "question", found, refused, {"asked": asked})


def _page(
    request: web.Request,
    name: str,
    found: Standing,
    refused: DomainError | None = None,
    more: Mapping[str, Any] | None = None,
) -> web.Response:
    context = {"standing": found, "refused": _words(refused), **(more or {})}
    status = status_of(refused) if refused else 200
    return render(request, f"people/assess_{name}.html", context, status)


def _words(refused: DomainError | None) -> str:
    return next(iter(refused.fields.values()), refused.message) if refused else ""
