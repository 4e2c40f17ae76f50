"""REST of feedback (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from server.booking import service as booking
from server.edge.access import Viewer, require_viewer, viewer
from server.edge.api import ok, paging, read_json
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.feedback import service
from server.feedback.forms import ReplyForm, ReviewForm, ReviewReport
from server.feedback.reporting import report_review
from server.feedback.shapes import FeedbackShape, ReviewShape, feedback_shape, review_shape
from server.infra.errors import NotFound
from server.messages.shapes import ReportShape


@described(body=ReviewForm, data=ReviewShape, statuses=(200, 201))
async def give(request: web.Request) -> web.StreamResponse:
    """`POST /sessions/{id}/feedback`: 200 where there was a review, which it changes."""
    asking, session_id = require_viewer(request), id_in_path(request)
    await service.require_entitled(session_id, asking)
    given = await service.give(session_id, asking, await read_json(request, ReviewForm))
    data = await _shape(given.review_id, asking)
    return ok(data, "Thank you.", 201) if given.created else ok(data, "Changed.")


@described(paged=True, data=FeedbackShape)
async def feedback(request: web.Request) -> web.StreamResponse:
    """`GET /sessions/{id}/feedback`: what learners said, newest first, and the asker's own."""
    asking, asked, session_id = viewer(request), paging(request), id_in_path(request)
    session = await booking.get_session(session_id, asking)
    seen_by = asking.user_id if asking else None
    found = await service.reviews_of(seen_by, asked.offset, asked.per_page, session_id=session_id)
    rating = await service.rating_of(offering_id=session.offering_id)
    own = await service.own_review(session_id, asking.user_id) if asking else None
    standing = await service.standing_of(session_id, asking)
    return ok(feedback_shape(found, asked.page, asked.per_page, rating, own, standing))


@described(body=ReplyForm, data=ReviewShape)
async def reply(request: web.Request) -> web.StreamResponse:
    """`POST /feedback/{id}/reply`: the mentor's one answer; for two weeks it can be put otherwise."""
    asking, review_id = require_viewer(request), id_in_path(request)
    await service.mentors_review(review_id, asking)
    form = await read_json(request, ReplyForm)
    await service.reply(review_id, asking, form.text)
    return ok(await _shape(review_id, asking), "Answered.")


@described(body=ReviewReport, data=ReportShape)
async def report(request: web.Request) -> web.StreamResponse:
    """`POST /feedback/{id}/report`: say that a review, or the reply to it, breaks the rules."""
    asking, review_id = require_viewer(request), id_in_path(request)
    await service.shown_review(review_id, asking)
    form = await read_json(request, ReviewReport)
    report_id, status = await report_review(asking, review_id, form)
    data: ReportShape = {"id": str(report_id), "status": status}
    return ok(data, "Thank you. We look at it.")


async def _shape(review_id: UUID, asking: Viewer) -> ReviewShape:
    found = await service.one_review(review_id, asking.user_id)
    if found is None:
        raise NotFound
    return review_shape(found)
