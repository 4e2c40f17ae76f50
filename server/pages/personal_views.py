"""`/profile/edit/data`: taking one's data along, and leaving for good; it works without scripts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.accounts.closing import GRACE
from server.accounts.names import same
from server.accounts.views import error_lines
from server.booking.obligations import obligations
from server.edge.access import Viewer, require_viewer
from server.edge.api import ok
from server.edge.errors import status_of
from server.edge.keys import SETTINGS
from server.edge.openapi import described
from server.edge.redirects import see_other
from server.edge.sessions import forget_login
from server.edge.templates import read_form, render
from server.infra import clock
from server.infra.errors import Conflict, DomainError, Invalid, Throttled
from server.pages.archive import archive_of
from server.pages.leaving import leave
from server.people.gallery import gallery

PAGE = "/profile/edit/data"
PIECE = 64 * 1024  # bytes that are sent at a time


@dataclass(frozen=True, slots=True)
class Leaving:
    """The account is closed; until `closes_at` logging in takes it back."""

    closes_at: datetime


# --- the export


@described(media_type="application/zip")
async def export(request: web.Request) -> web.StreamResponse:
    """`GET /users/me/export`: a ZIP of JSON files, and the files that were uploaded."""
    person = require_viewer(request)
    folder = request.app[SETTINGS].data_dir / "incoming"
    async with archive_of(person.user_id, gallery().storage, folder) as file:
        response = web.StreamResponse(headers=_headers(person))
        response.content_type = "application/zip"
        response.content_length = await asyncio.to_thread(file.seek, 0, 2)
        await asyncio.to_thread(file.seek, 0)
        await response.prepare(request)
        while piece := await asyncio.to_thread(file.read, PIECE):
            await response.write(piece)
    return response


def _headers(person: Viewer) -> dict[str, str]:
    name = f"peerlearn-{person.username}-{clock.now():%Y-%m-%d}.zip"
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


async def export_page(request: web.Request) -> web.StreamResponse:
    """The button's answer: the file, or the page that says why not."""
    try:
        return await export(request)
    except Throttled as refused:
        return await _page(request, refused)


# --- leaving


async def data_page(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def leave_by_page(request: web.Request) -> web.StreamResponse:
    """Only for who has typed their username."""
    person, typed = require_viewer(request), str((await read_form(request)).get("username", ""))
    try:
        if same(typed.strip()) != same(person.username):
            raise Invalid(fields={"username": f"Type your username, {person.username}, to confirm."})
        await leave(person.user_id)
    except (Invalid, Conflict) as refused:
        return await _page(request, refused, typed)
    await forget_login(request)
    return see_other("/auth/goodbye")


async def goodbye_page(request: web.Request) -> web.StreamResponse:
    return render(request, "accounts/goodbye.html", {"days": GRACE.days})


@described(data=Leaving)
async def leave_by_api(request: web.Request) -> web.Response:
    """`DELETE /users/me`: closes the account; two weeks later what is personal is deleted."""
    closes_at = await leave(require_viewer(request).user_id)
    await forget_login(request)
    return ok(Leaving(closes_at), "Your account is closed. Logging in until then takes it back.")


async def _page(
    request: web.Request, refused: DomainError | None = None, typed: str = ""
) -> web.Response:
    context = {
        "form": {"username": typed},
        "owed": await obligations(require_viewer(request).user_id),
        "days": GRACE.days,
        "errors": error_lines(refused) if refused else {},
    }
    return render(request, "pages/my_data.html", context, status_of(refused) if refused else 200)
