"""The page on which a mentor writes their profile and sends it in again; it works without scripts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from server.accounts.views import error_lines
from server.edge import languages
from server.edge.access import require_viewer
from server.edge.amounts import amount_text, settlement_currency
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, DomainError, Invalid
from server.people import service
from server.people.forms import MentorPage
from server.people.models import MentorProfile
from server.people.revisions import KEY_PARTS, Revision, latest_revision, withdraw_revision
from server.people.values import SkillView

LISTS = ("languages", "skills")
SAID = {
    "saved": "Your profile is saved.",
    "withdrawn": "Taken back. Your profile stays as it is.",
}


async def mentor_page(request: web.Request) -> web.StreamResponse:
    asking = require_viewer(request)
    profile = await service.own_profile(asking.user_id)
    written = {
        **_texts(profile, await latest_revision(asking.user_id)),
        "languages": profile.languages if profile else [],
        "skills": (await service.own_skills(asking.user_id)).teach,
        **_rate(profile),
    }
    return await _page(request, written)


async def change_mentor(request: web.Request) -> web.StreamResponse:
    """Keep it; one that was sent back waits for review again, of an approved one the change waits."""
    sent = _listed(await read_form(request))
    try:
        form = validated(MentorPage, sent)
        await service.write_profile(
            require_viewer(request),
            form.skills,
            headline=form.headline,
            bio=form.bio,
            languages=form.languages,
            rate_minor=form.rate_minor,
            currency=form.currency,
        )
    except (Invalid, Conflict) as refused:
        return await _page(request, sent, refused)
    return see_other("/profile/edit/mentor?done=saved")


async def withdraw_change(request: web.Request) -> web.StreamResponse:
    """Take back what waits for review; nothing happens where nothing does any more."""
    with contextlib.suppress(Conflict):
        await withdraw_revision(require_viewer(request))
    return see_other("/profile/edit/mentor?done=withdrawn")


def _texts(profile: MentorProfile | None, revision: Revision | None) -> dict[str, str]:
    """What stands in the form: what they wrote last, whether it is shown yet or not."""
    shown = {part: str(getattr(profile, part)) if profile else "" for part in KEY_PARTS}
    return {**shown, **{change.part: change.new for change in (revision.changes if revision else ())}}


def _rate(profile: MentorProfile | None) -> dict[str, str]:
    """The rate as it is typed; empty where none is said."""
    currency = settlement_currency()
    said = profile.rate_minor if profile and profile.currency == currency else None
    return {"rate": "" if said is None else amount_text(said, currency), "currency": currency}


def _listed(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Boxes: none ticked is no field, one is a text, more are a list."""
    boxes = {name: sent.get(name, []) for name in LISTS}
    return {**sent, **{name: [one] if isinstance(one, str) else one for name, one in boxes.items()}}


async def _page(
    request: web.Request, form: Mapping[str, Any], refused: DomainError | None = None
) -> web.Response:
    user_id = require_viewer(request).user_id
    context = {
        "profile": await service.own_profile(user_id),
        "revision": await latest_revision(user_id),
        "form": form,
        "errors": _said(refused) if refused else {},
        "skills": await service.all_skills(),
        "languages": _languages(form["languages"]),
        "currency": settlement_currency(),
        "flash": None if refused else SAID.get(request.query.get("done", "")),
    }
    return render(request, "people/mentor_profile.html", context, status_of(refused) if refused else 200)


def _said(refused: DomainError) -> dict[str, str]:
    """A part of a list (`languages.0`) speaks for the list."""
    return {name.partition(".")[0]: text for name, text in error_lines(refused).items()}


def _languages(chosen: Iterable[str]) -> list[SkillView]:
    """Those that are offered, and those chosen elsewhere."""
    offered = dict(languages.offered())
    names = {**{tag: languages.language_name(tag) for tag in chosen}, **offered}
    return [SkillView(tag, name) for tag, name in names.items()]
