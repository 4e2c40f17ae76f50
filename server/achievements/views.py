"""Pages of certificates and badges. They work without scripts; no search engine keeps certificates."""

from __future__ import annotations

import asyncio

from aiohttp import web

from server.accounts.requests import client_of
from server.accounts.views import error_lines
from server.achievements import service, shelf
from server.achievements.forms import Revoke
from server.achievements.lookup import PRINTS, look_up
from server.achievements.paper import Sheet, print_sheet
from server.achievements.service import NO_CERTIFICATE, set_listed
from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.keys import SETTINGS
from server.edge.paging import Part
from server.edge.ratelimit import WINDOWS
from server.edge.redirects import safe_next, see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, Invalid, NotFound
from server.people.api import asker

PER_PAGE = 24  # certificates
UNSEARCHED = {"X-Robots-Tag": "noindex, nofollow"}


async def certificate_page(request: web.Request) -> web.StreamResponse:
    """Whether a certificate holds, for whoever has its code; of a code that nobody has it says that."""
    found = await look_up(request)
    if found is None:
        response = render(request, "achievements/unknown.html", {}, 404)
    else:
        response = render(
            request, "achievements/certificate.html", {"certificate": found, "form": {}, "errors": {}}
        )
    response.headers.update(UNSEARCHED)
    return response


async def certificate_file(request: web.Request) -> web.StreamResponse:
    """The sheet to print, for whoever has the code: it says nothing that the page does not. One that was
    revoked is not printed any more."""
    found = await look_up(request)
    if found is None:
        raise NotFound(message=NO_CERTIFICATE)
    if found.revoked_at is not None:
        return see_other(found.path)
    await WINDOWS.take(PRINTS, client_of(request).network)
    address = request.app[SETTINGS].base_url + found.path
    sheet = Sheet(found.code, address, found.content, found.issued_at)
    pdf = await asyncio.to_thread(print_sheet, sheet)
    name = f'inline; filename="certificate-{found.code}.pdf"'
    headers = {"Content-Disposition": name, **UNSEARCHED}
    return web.Response(body=pdf, content_type="application/pdf", headers=headers)


async def change_listed(request: web.Request) -> web.StreamResponse:
    """`do` is list or unlist: whether the certificate stands on its owner's profile."""
    sent, person = await read_form(request), require_viewer(request)
    code = request.match_info["code"]
    await set_listed(code, person.user_id, sent.get("do") == "list")
    return see_other(safe_next(sent.get("next"), f"/certificates/{code}"))


async def revoke(request: web.Request) -> web.StreamResponse:
    """By staff, with a reason that its owner reads."""
    sent, staff = await read_form(request), require_viewer(request)
    found = await look_up(request)
    if found is None:
        raise NotFound(message=NO_CERTIFICATE)
    try:
        form = validated(Revoke, {"reason": str(sent.get("reason", "")).strip()})
        await service.revoke(found.code, staff.user_id, form.reason)
    except (Invalid, Conflict) as refused:
        context = {"certificate": found, "form": sent, "errors": error_lines(refused)}
        return render(request, "achievements/certificate.html", context, status_of(refused))
    return see_other(found.path)


async def achievements_page(request: web.Request) -> web.StreamResponse:
    part = Part.asked(request, PER_PAGE)
    found = await shelf.achievements(
        request.match_info["username"], asker(request), part.offset, PER_PAGE
    )
    context = {"achievements": found, "page": part.of(found.total)}
    return render(request, "achievements/achievements.html", context)
