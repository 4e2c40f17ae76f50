"""Getting an account, step by step or by one form with everything; it works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from zoneinfo import available_timezones

from aiohttp import web

from server.accounts import service as accounts
from server.accounts.forms import Register
from server.accounts.requests import client_of
from server.accounts.values import OPEN_ROLES
from server.accounts.views import error_lines
from server.edge.access import viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.keys import SETTINGS
from server.edge.redirects import safe_next, see_other
from server.edge.templates import read_form, render
from server.infra.errors import DomainError, Invalid, Throttled
from server.people import role_views, service, wizard, wizard_steps
from server.people.api import registration_of
from server.people.wizard import Draft, Step

PAGE = "/auth/register"
Sent = Mapping[str, Any]


async def register_page(request: web.Request) -> web.StreamResponse:
    """Where it was left, or `?step=`. `?role=` chooses for a start; `?next=` is where it all leads.

    Who has an account takes up the role with it."""
    target, role = safe_next(request.query.get("next"), default=""), request.query.get("role", "")
    if person := viewer(request):
        lacking = role in OPEN_ROLES - person.roles
        return see_other(role_views.PAGE if lacking else target or "/dashboard/")
    draft = _invited(wizard.draft_of(request), role, target)
    step = draft.nearest(request.query.get("step", draft.at))
    return wizard.remember(request, draft, await _page(request, draft, step))


def _invited(draft: Draft, role: str, target: str) -> Draft:
    """What the link said that led here; who has chosen otherwise before is asked again."""
    changes: dict[str, Any] = {}
    if len(target) <= wizard.MAX_ONWARD and target:
        changes["onward"] = target
    if role in OPEN_ROLES and role not in draft.roles:
        changes |= {"roles": sorted({*draft.roles, role}), "at": "roles"}
    return draft.model_copy(update=changes)


async def register(request: web.Request) -> web.StreamResponse:
    """A step of it, or everything at once."""
    sent = await read_form(request)
    if "step" not in sent:
        return await _at_once(request, sent)
    draft = wizard_steps.detected(wizard.draft_of(request), sent)
    if sent.get("do") == "restart":
        return wizard.forget(request, see_other(PAGE))
    step = draft.nearest(str(sent["step"]))
    return await (_go_back if sent.get("do") == "back" else _go_on)(request, draft, step, sent)


# --- step by step


async def _go_on(request: web.Request, draft: Draft, step: Step, sent: Sent) -> web.Response:
    if step == "finish":
        return await _finish(request, draft, sent)
    try:
        done = await _take(request, draft, step, sent)
    except (Invalid, Throttled) as refused:
        return await _page(request, draft, step, sent, refused)
    if sent.get("do") == "add":
        return _at(request, done, step)
    return _at(request, done, wizard.after(step))


async def _take(request: web.Request, draft: Draft, step: Step, sent: Sent) -> Draft:
    """Raises Invalid, Throttled."""
    if step == "roles":
        return wizard_steps.choose_roles(draft, sent)
    if step == "account":
        return await wizard_steps.name_account(draft, sent, client_of(request))
    return await wizard_steps.choose_skills(draft, sent)


async def _go_back(request: web.Request, draft: Draft, step: Step, sent: Sent) -> web.Response:
    """What was typed is kept, as far as it can be; it is asked for again on the way forward."""
    try:
        if step != "finish":
            draft = await _take(request, draft, step, sent)
    except (Invalid, Throttled):
        draft = wizard_steps.typed(draft, sent)
    return _at(request, draft, wizard.before(step))


def _at(request: web.Request, draft: Draft, step: Step) -> web.Response:
    draft = draft.model_copy(update={"at": step})
    return wizard.remember(request, draft, see_other(f"{PAGE}?step={step}"))


async def _finish(request: web.Request, draft: Draft, sent: Sent) -> web.Response:
    """A name that was taken meanwhile leads back to where it is asked for."""
    try:
        await _count(request)
        clean = await wizard_steps.finish(draft, sent)
    except (Invalid, Throttled) as refused:
        named = {"username", "email", "name"} & refused.fields.keys()
        return await _page(request, draft, "account" if named else "finish", sent, refused)
    return wizard.forget(request, _check_mail(clean.email, draft.onward))


async def _page(
    request: web.Request,
    draft: Draft,
    step: Step,
    sent: Sent | None = None,
    refused: DomainError | None = None,
) -> web.Response:
    """The step, with what was sent where it was not accepted."""
    sent = sent or {}
    context = {
        "step": step,
        "steps": wizard.STEPS,
        "draft": draft,
        "form": {**draft.model_dump(), **{name: value for name, value in sent.items() if value}},
        "taxonomy": await service.all_skills() if step in ("skills", "finish") else [],
        "zones": sorted(available_timezones()) if step == "finish" else [],
        "errors": error_lines(refused) if refused else {},
    }
    return render(request, "accounts/register.html", context, status_of(refused) if refused else 200)


# --- everything at once


async def _at_once(request: web.Request, sent: Sent) -> web.Response:
    """What programs send that fill in the page's form; what was wrong is said at the first step that
    asks for it."""
    target = safe_next(sent.get("next"), default="")
    try:
        form = validated(Register, sent)
        await _count(request)
        clean = await service.register(registration_of(form))
    except (Invalid, Throttled) as refused:
        roles = [role for role in wizard_steps.listed(sent, "role") if role in OPEN_ROLES]
        draft = wizard_steps.typed(Draft(roles=roles or ["learner"], onward=target), sent)
        page = await _page(request, draft, "account", sent, refused)
        return wizard.remember(request, draft, page)
    return _check_mail(clean.email, target)


async def _count(request: web.Request) -> None:
    development = request.app[SETTINGS].development
    await accounts.count_registration(client_of(request), development=development)


def _check_mail(email: str, target: str) -> web.Response:
    query = {"email": email, **({"next": target} if target else {})}
    return see_other("/auth/check-mail?" + urlencode(query))
