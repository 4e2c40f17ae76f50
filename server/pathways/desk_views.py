"""The pages on which a mentor makes pathways; they work without scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from server.accounts.views import error_lines
from server.booking.service import LEVELS
from server.edge.access import Viewer, require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid
from server.pathways import editing
from server.pathways.editing import Direction, Words
from server.pathways.forms import PathwayForm, StepForm
from server.pathways.reading import own_pathways, pathway_page

PAGE = "/dashboard/mentor/pathways"
SAID = {
    "created": "Your pathway is a draft. Add its steps now.",
    "saved": "Saved.",
    "changed": "The steps are changed.",
    "published": "Everybody can see it now.",
    "archived": "Nobody finds it any more. Those who follow it keep it.",
    "deleted": "The draft is gone.",
}
Deed = Callable[[str, Viewer, Mapping[str, Any]], Awaitable[str]]


# --- all of them


async def list_page(request: web.Request) -> web.StreamResponse:
    return await _list(request, {})


async def create(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    try:
        slug = await editing.create(require_viewer(request), _words(sent))
    except Invalid as refused:
        return await _list(request, sent, refused)
    return see_other(f"{PAGE}/{slug}?done=created")


async def _list(
    request: web.Request, form: Mapping[str, Any], refused: DomainError | None = None
) -> web.Response:
    context = {
        "pathways": await own_pathways(require_viewer(request).user_id),
        "form": form,
        "levels": LEVELS,
        "errors": error_lines(refused) if refused else {},
        "flash": None if refused else SAID.get(request.query.get("done", "")),
    }
    return render(request, "pathways/list.html", context, status_of(refused) if refused else 200)


def _words(sent: Mapping[str, Any]) -> Words:
    """Raises Invalid."""
    return Words(**validated(PathwayForm, sent).model_dump())


# --- one of them


async def edit_page(request: web.Request) -> web.StreamResponse:
    return await _edit(request)


async def change(request: web.Request) -> web.StreamResponse:
    """`do` names what."""
    asking, slug = require_viewer(request), request.match_info["slug"]
    await editing.own(slug, asking)
    sent = await read_form(request)
    deed = DEEDS.get(str(sent.get("do", "")), _save)
    try:
        done = await deed(slug, asking, sent)
    except (Invalid, Conflict, Forbidden) as refused:
        return await _edit(request, sent, refused)
    return see_other(f"{PAGE}{'' if done == 'deleted' else '/' + slug}?done={done}")


async def _edit(
    request: web.Request,
    form: Mapping[str, Any] | None = None,
    refused: DomainError | None = None,
) -> web.Response:
    asking, slug = require_viewer(request), request.match_info["slug"]
    row = await editing.own(slug, asking)
    words = {"title": row.title, "description": row.description, "level": row.level}
    context = {
        "pathway": await pathway_page(slug, asking),
        "choices": await editing.choices(slug, asking),
        "form": {**words, **(form or {})},
        "levels": LEVELS,
        "errors": error_lines(refused) if refused else {},
        "flash": None if refused else SAID.get(request.query.get("done", "")),
    }
    return render(request, "pathways/edit.html", context, status_of(refused) if refused else 200)


async def _save(slug: str, viewer: Viewer, sent: Mapping[str, Any]) -> str:
    await editing.rewrite(slug, viewer, _words(sent))
    return "saved"


async def _add(slug: str, viewer: Viewer, sent: Mapping[str, Any]) -> str:
    await editing.add_step(slug, viewer, validated(StepForm, sent).offering)
    return "changed"


async def _move(direction: Direction, slug: str, viewer: Viewer, sent: Mapping[str, Any]) -> str:
    await editing.move_step(slug, viewer, validated(StepForm, sent).offering, direction)
    return "changed"


async def _remove(slug: str, viewer: Viewer, sent: Mapping[str, Any]) -> str:
    await editing.remove_step(slug, viewer, validated(StepForm, sent).offering)
    return "changed"


async def _publish(slug: str, viewer: Viewer, sent: Mapping[str, Any]) -> str:
    await editing.publish(slug, viewer)
    return "published"


async def _archive(slug: str, viewer: Viewer, sent: Mapping[str, Any]) -> str:
    was_draft = (await editing.own(slug, viewer)).status == "draft"
    await editing.archive(slug, viewer)
    return "deleted" if was_draft else "archived"


DEEDS: dict[str, Deed] = {
    "add": _add,
    "up": partial(_move, "up"),
    "down": partial(_move, "down"),
    "remove": _remove,
    "publish": _publish,
    "archive": _archive,
}
