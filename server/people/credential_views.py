"""The page on which people show what they can prove; it works without scripts. Files are downloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import require_viewer
from server.edge.api import validated
from server.edge.attachments import send_attachment
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.edge.uploads import posted_file
from server.infra.errors import Conflict, DomainError, Invalid, Throttled
from server.people import credentials, service
from server.people.evidence import MAX_BYTES, TOO_LARGE
from server.people.forms import CredentialForm
from server.people.gallery import gallery

PAGE = "/profile/edit/credentials"
SAID = {
    "added": "We have it. Somebody looks at it and writes to you.",
    "removed": "Removed, and its file with it.",
}


async def credentials_page(request: web.Request) -> web.StreamResponse:
    return await _page(request, {})


async def add(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    try:
        await add_sent(request, sent)
    except (Invalid, Conflict, Throttled) as refused:
        return await _page(request, sent, refused)
    return see_other(f"{PAGE}?done=added")


async def add_sent(request: web.Request, sent: Mapping[str, Any]) -> None:
    """Raises Invalid, Conflict, Throttled, StorageDown."""
    form = validated(CredentialForm, sent)
    source = await posted_file(request, "file", MAX_BYTES, TOO_LARGE)
    wanted = credentials.NewCredential(**form.model_dump())
    await credentials.add_credential(require_viewer(request).user_id, wanted, source)


async def remove(request: web.Request) -> web.StreamResponse:
    await credentials.remove_credential(require_viewer(request).user_id, id_in_path(request))
    return see_other(f"{PAGE}?done=removed")


async def own_file(request: web.Request) -> web.StreamResponse:
    found = await credentials.own_evidence(require_viewer(request).user_id, id_in_path(request))
    return await _send(request, found)


async def file_for_reviewers(request: web.Request) -> web.StreamResponse:
    return await _send(request, await credentials.evidence_of(id_in_path(request)))


async def _send(request: web.Request, found: credentials.EvidenceFile) -> web.StreamResponse:
    return await send_attachment(request, gallery().storage, found.key, found.media_type, found.name)


async def _page(
    request: web.Request, form: Mapping[str, Any], refused: DomainError | None = None
) -> web.Response:
    context = {
        "credentials": await credentials.own_credentials(require_viewer(request).user_id),
        "most": credentials.MAX_CREDENTIALS,
        "form": form,
        "errors": error_lines(refused) if refused else {},
        "skills": await service.all_skills(),
        "flash": None if refused else SAID.get(request.query.get("done", "")),
    }
    status = status_of(refused) if refused else 200
    return render(request, "people/edit_credentials.html", context, status)
