"""JSON of what waits for a reviewer besides new mentors: changes to profiles, and evidence."""

from __future__ import annotations

from aiohttp import web

from server.admin.api import ReviewReason
from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_json
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.infra.errors import NotFound
from server.people import revisions, verification
from server.people.credentials import CredentialStatus
from server.people.revisions import Revision, RevisionStatus
from server.people.verification import WaitingCredential

MAX_ID = 2**63 - 1


@described(paged=True, item=Revision)
async def waiting_revisions(request: web.Request) -> web.Response:
    """`GET /admin/revisions`: changes to approved profiles that wait for review."""
    part = paging(request)
    found = await revisions.waiting_revisions(part.offset, part.per_page)
    return ok(page_of(found, part.page, part.per_page, await revisions.count_revisions()))


@described(body=ReviewReason, data=Revision)
async def approve_revision(request: web.Request) -> web.Response:
    """`POST /admin/revisions/{revision}/approve`."""
    return await _review_revision(request, RevisionStatus.APPROVED)


@described(body=ReviewReason, data=Revision)
async def reject_revision(request: web.Request) -> web.Response:
    """`POST /admin/revisions/{revision}/reject {reason}`."""
    return await _review_revision(request, RevisionStatus.REJECTED)


async def _review_revision(request: web.Request, verdict: RevisionStatus) -> web.Response:
    form, number = await read_json(request, ReviewReason), revision_in_path(request)
    actor = require_viewer(request)
    return ok(await revisions.review_revision(actor, number, verdict, form.reason or ""))


def revision_in_path(request: web.Request) -> int:
    """Raises NotFound for what is no number of a row."""
    text = request.match_info["revision"]
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= MAX_ID):
        raise NotFound
    return int(text)


@described(paged=True, item=WaitingCredential)
async def waiting_credentials(request: web.Request) -> web.Response:
    """`GET /admin/credentials`: evidence that waits for review."""
    part = paging(request)
    found = await verification.waiting_credentials(part.offset, part.per_page)
    return ok(page_of(found, part.page, part.per_page, await verification.count_credentials()))


@described(body=ReviewReason, data=WaitingCredential)
async def approve_credential(request: web.Request) -> web.Response:
    """`POST /admin/credentials/{id}/approve`: the level claimed by it is verified."""
    return await _review_credential(request, CredentialStatus.VERIFIED)


@described(body=ReviewReason, data=WaitingCredential)
async def reject_credential(request: web.Request) -> web.Response:
    """`POST /admin/credentials/{id}/reject {reason}`."""
    return await _review_credential(request, CredentialStatus.REJECTED)


async def _review_credential(request: web.Request, verdict: CredentialStatus) -> web.Response:
    form, public_id = await read_json(request, ReviewReason), id_in_path(request)
    actor = require_viewer(request)
    return ok(await verification.review_credential(actor, public_id, verdict, form.reason or ""))
