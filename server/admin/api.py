"""JSON: `/api/v1/admin/...`. Who may enter stands in the routes."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web
from pydantic import Field

from server.classroom import service as classroom
from server.edge.access import require_viewer
from server.edge.api import ok, page_of, read_json
from server.edge.forms import Form
from server.edge.openapi import described
from server.people import service as people
from server.people.states import MentorStatus

# what a mentor reads who is turned down without a word; the page asks for one
STANDARD_REASON = "Your profile does not show yet what we ask of mentors. Please write to us."


class ReviewReason(Form):
    reason: str | None = Field(None, max_length=2000)


async def waiting_mentors(request: web.Request) -> web.Response:
    """`GET /admin/mentors`: profiles that wait for review."""
    found = await people.waiting_mentors()
    return ok(page_of(found, 1, max(len(found), 1), len(found)))


@described(body=ReviewReason)
async def approve(request: web.Request) -> web.Response:
    """`POST /admin/mentors/{username}/approve`."""
    return await _review(request, MentorStatus.APPROVED)


@described(body=ReviewReason)
async def reject(request: web.Request) -> web.Response:
    """`POST /admin/mentors/{username}/reject {reason}`."""
    return await _review(request, MentorStatus.REJECTED)


@described(body=ReviewReason)
async def send_back(request: web.Request) -> web.Response:
    """`POST /admin/mentors/{username}/request-changes {reason}`."""
    return await _review(request, MentorStatus.CHANGES_REQUESTED)


@described(body=ReviewReason)
async def suspend(request: web.Request) -> web.Response:
    """`POST /admin/mentors/{username}/suspend {reason}`: no publishing until approved again."""
    return await _review(request, MentorStatus.SUSPENDED)


async def _review(request: web.Request, verdict: MentorStatus) -> web.Response:
    form = await read_json(request, ReviewReason)
    username, reason = request.match_info["username"], form.reason
    if reason is None:
        reason = "" if verdict is MentorStatus.APPROVED else STANDARD_REASON
    return ok(await people.review_mentor(require_viewer(request), username, verdict, reason))


async def media_nodes(request: web.Request) -> web.Response:
    """`GET /admin/media-nodes`: as this server sees them."""
    found = [asdict(report) for report in await classroom.media_node_reports()]
    return ok(page_of(found, 1, max(len(found), 1), len(found)))


async def drain_node(request: web.Request) -> web.Response:
    """`POST /admin/media-nodes/{id}/drain`: no new rooms; lessons that run there go on to their end."""
    return await _set_draining(request, True)


async def resume_node(request: web.Request) -> web.Response:
    """`POST /admin/media-nodes/{id}/resume`."""
    return await _set_draining(request, False)


async def _set_draining(request: web.Request, draining: bool) -> web.Response:
    node_id = request.match_info["id"]
    return ok(asdict(await classroom.set_node_draining(require_viewer(request), node_id, draining)))
