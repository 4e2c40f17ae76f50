"""What the pages of a draft show: the step's form, where one is on the way, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from aiohttp import web

from server.booking.drafting.drafts import Draft
from server.booking.drafting.planned import PlannedDate
from server.booking.drafting.publishing import checklist, dates_planned
from server.booking.drafting.reading import form_of, steps_to_mend
from server.booking.drafting.schedule import EVERY_WEEKS, both_of, next_valid
from server.booking.drafting.steps import LAST, STEPS, Step, fingerprint, kept_in, listed
from server.booking.forms import DURATIONS, LANGUAGES, LEVELS, MAX_CAPACITY, SessionForm
from server.booking.formtext import number
from server.booking.recurrence import MOST_DATES
from server.booking.times import zone_names
from server.edge.access import Viewer, require_viewer
from server.edge.amounts import settlement_currency
from server.edge.templates import render
from server.infra.clock import now
from server.infra.errors import Invalid
from server.people import service as people

PAGE = "/dashboard/mentor/create"
TEMPLATE = "booking/create.html"
USUAL = {
    "level": "beginner",
    "language": "en",
    "duration_minutes": "60",
    "every_weeks": "",
    "count": "6",
    "capacity": "1",
    "price": "0",
    "policy": "standard",
    "recording": "auto",
}  # what the fields offer first


def step_path(draft_id: UUID, step: Step) -> str:
    return f"{PAGE}/{draft_id}/{step.key}"


async def show(
    request: web.Request,
    draft: Draft | None,
    step: Step,
    *,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    changed: bool = False,
    drafts: Sequence[Draft] = (),
    flash: str | None = None,
    status: int = 200,
) -> web.Response:
    """One step of a draft, or of what is to become one. `typed` is shown in place of what is kept;
    `changed`: it differs from what is kept, which is shown beside it."""
    mentor = require_viewer(request)
    kept = draft.data if draft else {}
    form = {**_usual(mentor), **kept, **(typed or {})}
    context = {
        "draft": draft,
        "drafts": drafts,
        "step": step,
        "steps": _way(draft, step),
        "action": step_path(draft.id, step) if draft else PAGE,
        "seen": fingerprint(step, kept),
        "form": form,
        "errors": dict(errors or {}),
        "kept_instead": _differing(step, kept, form) if changed else {},
        "flash": flash,
        **await _of_step(step, draft, form, mentor),
    }
    if errors and status == 200:
        status = 422
    return render(request, TEMPLATE, context, status)


def _usual(mentor: Viewer) -> dict[str, str]:
    """What the fields offer this mentor first."""
    return {**USUAL, "currency": settlement_currency(), "timezone": mentor.timezone}


def _way(draft: Draft | None, current: Step) -> list[tuple[Step, str]]:
    """Each step with its state: done, current, mend (reached, and something is wrong in it), or ahead."""
    reached = draft.reached if draft else 1
    wrong = steps_to_mend(draft.data, now()) if draft else frozenset()
    return [(step, _state(step, current, reached, wrong)) for step in STEPS]


def _state(step: Step, current: Step, reached: int, wrong: frozenset[str]) -> str:
    if step is current:
        return "current"
    if step.number > reached:
        return "ahead"
    if step is LAST:
        return "open"
    return "mend" if step.key in wrong else "done"


def _differing(step: Step, kept: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, str]:
    """What is kept where something else was typed, by the names of the fields."""
    return {
        name: ", ".join(value) if isinstance(value, list) else str(value)
        for name, value in kept_in(step, kept).items()
        if value != typed.get(name)
    }


# --- what the steps need besides


async def _of_step(
    step: Step, draft: Draft | None, form: Mapping[str, Any], mentor: Viewer
) -> dict[str, Any]:
    if step.key == "basics":
        return {"skills": await people.all_skills(), "languages": _languages(form)}
    if step.key == "learners":
        return {"levels": LEVELS}
    if step.key == "schedule":
        return await _schedule(draft, form, mentor)
    if step.key == "terms":
        return {"max_capacity": MAX_CAPACITY, "currency": settlement_currency()}
    return await _last(draft, mentor) if draft else {}


async def _schedule(draft: Draft | None, form: Mapping[str, Any], mentor: Viewer) -> dict[str, Any]:
    return {
        "zones": [(name, name.replace("_", " ")) for name in sorted(zone_names())],
        "durations": _durations(form),
        "every_weeks": EVERY_WEEKS,
        "most_dates": MOST_DATES,
        "both": [(each.isoformat(), each) for each in both_of(form)],
        "next_valid": next_valid(form),
        "dates": await dates_planned(draft, mentor) if draft else [],
    }


async def _last(draft: Draft, mentor: Viewer) -> dict[str, Any]:
    dates = await dates_planned(draft, mentor)
    conditions = await checklist(draft, mentor, dates)
    hindered = [date for date in dates if date.hindered]
    coming = [date for date in dates if not date.left_out]
    unmet = [condition for condition in conditions if not condition.met]
    return {
        "dates": coming,
        "conditions": conditions,
        "unmet": unmet,
        "hindered": hindered,
        "free_dates": len(coming) - len(hindered),
        "may_leave_out": _only_dates_hinder(unmet, hindered, coming),
        "preview": _preview(draft),
        "skill_names": await _skill_names(draft),
    }


def _only_dates_hinder(
    unmet: Sequence[Any], hindered: Sequence[PlannedDate], coming: Sequence[PlannedDate]
) -> bool:
    """Whether nothing but other lessons on some of several dates stands in the way."""
    return [each.key for each in unmet] == ["free"] and 0 < len(hindered) < len(coming)


def _preview(draft: Draft) -> SessionForm | None:
    """What learners will read; None while that can't be told."""
    try:
        return form_of(draft.data)
    except Invalid:
        return None


async def _skill_names(draft: Draft) -> list[str]:
    chosen = set(listed(draft.data.get("skills")))
    return [skill.name for skill in await people.all_skills() if skill.slug in chosen] if chosen else []


def _languages(form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The list, and what a session that is used again has from the API if that isn't on it."""
    own = str(form.get("language", "en"))
    return [*LANGUAGES, *([] if own in dict(LANGUAGES) else [(own, own)])]


def _durations(form: Mapping[str, Any]) -> list[int]:
    own = number(form.get("duration_minutes"))
    return sorted({*DURATIONS, own}) if isinstance(own, int) and own <= 240 else list(DURATIONS)
