"""The page of what waits for a reviewer: new mentors, changes to their profiles, evidence. No scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from server.accounts.views import error_lines
from server.admin.reviews_api import revision_in_path
from server.edge.access import require_viewer
from server.edge.errors import status_of
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid
from server.people import revisions, verification
from server.people import service as people
from server.people.credentials import CredentialStatus
from server.people.revisions import RevisionStatus
from server.people.states import MentorStatus

PAGE = "/dashboard/admin/reviews"
PER_PAGE = 10
OF_MENTORS = {
    "approve": MentorStatus.APPROVED,
    "reject": MentorStatus.REJECTED,
    "request-changes": MentorStatus.CHANGES_REQUESTED,
    "suspend": MentorStatus.SUSPENDED,
}
OF_REVISIONS = {"approve": RevisionStatus.APPROVED, "reject": RevisionStatus.REJECTED}
OF_EVIDENCE = {"approve": CredentialStatus.VERIFIED, "reject": CredentialStatus.REJECTED}
TABS = ("mentors", "revisions", "evidence")
SAID = {"decided": "Decided. We have told them."}


@dataclass(frozen=True, slots=True)
class Refused:
    """A decision that did not go through: about which row (`of`), why, and what was written."""

    of: str
    error: DomainError
    reason: str

    @property
    def errors(self) -> dict[str, str]:
        return error_lines(self.error)


async def reviews(request: web.Request) -> web.StreamResponse:
    """`?tab=mentors|revisions|evidence&page=`."""
    asked = request.query.get("tab", "")
    return await _page(request, asked if asked in TABS else TABS[0])


async def review_mentor(request: web.Request) -> web.StreamResponse:
    sent, username = await read_form(request), request.match_info["username"]
    verdict, actor = _verdict(OF_MENTORS, sent), require_viewer(request)
    try:
        await people.review_mentor(actor, username, verdict, _reason(sent))
    except (Invalid, Conflict) as error:
        return await _page(request, "mentors", Refused(username, error, _reason(sent)))
    return _done("mentors")


async def review_revision(request: web.Request) -> web.StreamResponse:
    sent, number = await read_form(request), revision_in_path(request)
    verdict, actor = _verdict(OF_REVISIONS, sent), require_viewer(request)
    try:
        await revisions.review_revision(actor, number, verdict, _reason(sent))
    except (Invalid, Conflict) as error:
        return await _page(request, "revisions", Refused(str(number), error, _reason(sent)))
    return _done("revisions")


async def review_credential(request: web.Request) -> web.StreamResponse:
    sent, public_id = await read_form(request), id_in_path(request)
    verdict, actor = _verdict(OF_EVIDENCE, sent), require_viewer(request)
    try:
        await verification.review_credential(actor, public_id, verdict, _reason(sent))
    except (Invalid, Conflict, Forbidden) as error:
        return await _page(request, "evidence", Refused(str(public_id), error, _reason(sent)))
    return _done("evidence")


def _verdict(of: Mapping[str, Any], sent: Mapping[str, Any]) -> Any:
    verdict = of.get(str(sent.get("decision")))
    if verdict is None:
        raise Invalid(fields={"decision": f"Choose {', '.join(of)}."})
    return verdict


def _reason(sent: Mapping[str, Any]) -> str:
    reason = sent.get("reason", "")
    return reason if isinstance(reason, str) else ""


def _done(tab: str) -> web.Response:
    return see_other(f"{PAGE}?tab={tab}&done=decided")


async def _page(request: web.Request, tab: str, refused: Refused | None = None) -> web.Response:
    part = Part.asked(request, PER_PAGE)
    counts = {
        "mentors": await people.count_mentors(MentorStatus.SUBMITTED),
        "revisions": await revisions.count_revisions(),
        "evidence": await verification.count_credentials(),
    }
    context = {
        "tab": tab,
        "counts": counts,
        "waiting": await _waiting(tab, part),
        "suspended": await people.suspended_mentors() if tab == "mentors" else [],
        "page": part.of(counts[tab]),
        "refused": refused,
        "flash": None if refused else SAID.get(request.query.get("done", "")),
    }
    status = status_of(refused.error) if refused else 200
    return render(request, "admin/reviews.html", context, status)


async def _waiting(tab: str, part: Part) -> list[Any]:
    if tab == "revisions":
        return list(await revisions.waiting_revisions(part.offset, part.per_page))
    if tab == "evidence":
        return list(await verification.waiting_credentials(part.offset, part.per_page))
    return list((await people.waiting_mentors())[part.offset : part.offset + part.per_page])
