"""The pages on which people write about themselves: basics, skills, picture, privacy.

They work without scripts; what was typed is kept when something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import available_timezones

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import Viewer, require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paging import Part
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.edge.uploads import posted_file
from server.infra.errors import DomainError, Invalid, Throttled
from server.people import circle, profiles, service
from server.people.forms import BasicPage, ChangePrivacy, SkillsPage
from server.people.gallery import set_picture, use_picture
from server.people.pictures import MAX_BYTES, TOO_LARGE
from server.people.privacy import privacy_of, set_privacy
from server.people.skills import KINDS, skill_rows

BLOCKED_ROWS = 50
LEVEL = "level:"  # level:teach:python
SAID = {
    "saved": "Saved.",
    "removed": "Removed.",
    "picture": "Your new picture is here.",
    "blocked": "You don’t find each other any more. Here you can take it back.",
    "unblocked": "You find each other again.",
}


def _page(
    request: web.Request, name: str, context: Mapping[str, Any], refused: DomainError | None = None
) -> web.Response:
    """The page of that name, with what went wrong or what was done."""
    said = None if refused else SAID.get(request.query.get("done", ""))
    errors = error_lines(refused) if refused else {}
    whole = {"errors": errors, "flash": said, **context}
    return render(request, f"people/edit_{name}.html", whole, status_of(refused) if refused else 200)


def _done(name: str, said: str = "saved") -> web.Response:
    return see_other(f"/profile/edit/{name}?done={said}")


# --- name, about, time zone


async def basic_page(request: web.Request) -> web.StreamResponse:
    person = require_viewer(request)
    about, _ = await profiles.written(person.user_id)
    return _basic(request, {"name": person.name, "about": about, "timezone": person.timezone})


async def change_basic(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    try:
        await profiles.write_basics(require_viewer(request), **validated(BasicPage, sent).model_dump())
    except Invalid as refused:
        return _basic(request, sent, refused)
    return _done("basic")


def _basic(
    request: web.Request, form: Mapping[str, Any], refused: DomainError | None = None
) -> web.Response:
    zones = sorted(available_timezones())
    return _page(request, "basic", {"form": form, "zones": zones}, refused)


# --- skills


async def skills_page(request: web.Request) -> web.StreamResponse:
    return await _skills(request, {})


async def change_skills(request: web.Request) -> web.StreamResponse:
    """Every button keeps the levels that are chosen; some add a skill or take one out besides."""
    sent, person = await read_form(request), require_viewer(request)
    try:
        form = validated(SkillsPage, sent)
        await _keep_skills(person, form, sent)
    except Invalid as refused:
        return await _skills(request, sent, refused)
    return _done("skills", "removed" if form.remove else "saved")


async def _keep_skills(person: Viewer, form: SkillsPage, sent: Mapping[str, Any]) -> None:
    """Raises Invalid."""
    have = await service.own_skills(person.user_id)
    slugs = {kind: list(getattr(have, kind)) for kind in KINDS}
    levels = _levels(sent)
    if form.add:
        wanted = await _chosen(form, form.add)
        slugs[form.add].append(wanted)
        levels[form.add][wanted] = getattr(form, f"{form.add}_level")
    kind, _, gone = form.remove.partition(":")
    if gone in slugs.get(kind, ()):
        slugs[kind].remove(gone)
    await service.replace_skills(person.user_id, **slugs, levels=levels)


async def _chosen(form: SkillsPage, kind: str) -> str:
    """The slug of what was typed or chosen to be added. Raises Invalid naming the field."""
    typed = getattr(form, kind).strip()
    if not typed:
        raise Invalid(fields={kind: "Choose a skill first."})
    return (await service.skills_by_slug([typed], field=kind))[0].slug


def _levels(sent: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for name, level in sent.items():
        kind, _, slug = name.removeprefix(LEVEL).partition(":")
        if name.startswith(LEVEL) and kind in found and slug and isinstance(level, str):
            found[kind][slug] = level
    return found


async def _skills(
    request: web.Request, form: Mapping[str, Any], refused: DomainError | None = None
) -> web.Response:
    rows = await skill_rows(require_viewer(request).user_id)
    context = {
        "form": form,
        "taxonomy": await service.all_skills(),
        "rows": {kind: [row for row in rows if row.kind == kind] for kind in KINDS},
    }
    return _page(request, "skills", context, refused)


# --- picture


async def picture_page(request: web.Request) -> web.StreamResponse:
    return await _picture(request)


async def change_picture(request: web.Request) -> web.StreamResponse:
    person = require_viewer(request)
    sent = await read_form(request)
    if sent.get("do") == "remove":
        await use_picture(person.user_id, "")
        return _done("picture", "removed")
    try:
        await set_picture(person, await posted_file(request, "file", MAX_BYTES, TOO_LARGE))
    except (Invalid, Throttled) as refused:
        return await _picture(request, refused)
    return _done("picture", "picture")


async def _picture(request: web.Request, refused: DomainError | None = None) -> web.Response:
    _, picture = await profiles.written(require_viewer(request).user_id)
    return _page(request, "picture", {"picture": picture}, refused)


# --- privacy


async def privacy_page(request: web.Request) -> web.StreamResponse:
    return await _privacy(request)


async def change_privacy(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    try:
        form = validated(ChangePrivacy, sent)
    except Invalid as refused:
        return await _privacy(request, refused)
    await set_privacy(require_viewer(request).user_id, form.settings())
    return _done("privacy")


async def _privacy(request: web.Request, refused: DomainError | None = None) -> web.Response:
    person, part = require_viewer(request), Part.asked(request, BLOCKED_ROWS)
    blocked, total = await circle.blocked(person.user_id, part.offset, part.per_page)
    context = {
        "form": asdict(await privacy_of(person.user_id)),
        "blocked": blocked,
        "page": part.of(total),
    }
    return _page(request, "privacy", context, refused)
