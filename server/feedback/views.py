"""Pages of feedback: what learners said of what is taught, the form of who attended, the mentor's
answers, and saying that something breaks the rules. They work without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aiohttp import web

from server.accounts.views import error_lines
from server.booking import service as booking
from server.booking.formtext import number
from server.classroom.measures.service import node_at_fault
from server.edge.access import require_viewer, viewer
from server.edge.api import validated
from server.edge.errors import status_of
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.redirects import safe_next, see_other
from server.edge.templates import read_form, render
from server.feedback import service
from server.feedback.forms import ReplyForm, ReviewForm, ReviewReport
from server.feedback.reporting import report_review
from server.feedback.rules import ASPECTS
from server.feedback.telling import feedback_path
from server.feedback.values import ReviewView, Standing
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Throttled

PER_PAGE = 10
SAID = {
    "given": "Thank you. Your review is here for everybody to read.",
    "changed": "Your review is changed.",
    "replied": "Your answer is here for everybody to read.",
}
REFUSALS = (Conflict, Forbidden, Invalid)


async def feedback_page(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def give(request: web.Request) -> web.StreamResponse:
    """Nothing that was written is lost where it is refused."""
    asking, session_id = require_viewer(request), id_in_path(request)
    await booking.room_access(session_id, asking.user_id)
    sent = await read_form(request)
    try:
        given = await service.give(session_id, asking, validated(ReviewForm, values_of(sent)))
    except REFUSALS as refused:
        return await _page(request, form=sent, refused=refused)
    done = "given" if given.created else "changed"
    return see_other(f"{safe_next(sent.get('next'), feedback_path(session_id))}?done={done}")


def values_of(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What the API would be sent: numbers for digits, nothing for what was not chosen."""
    chosen = {
        name: number(text) for name, text in sent.items() if text and name in (*ASPECTS, "technical")
    }
    aspects = {name: chosen.get(name) for name in ASPECTS}
    words = {name: sent.get(name, "") for name in ("comment", "private_note")}
    rating = number(sent.get("rating", ""))
    return {"rating": rating, "aspects": aspects, "technical": chosen.get("technical"), **words}


def form_of(review: ReviewView) -> dict[str, Any]:
    """What its form shows of a review that can be changed."""
    return {
        "rating": review.rating,
        "technical": review.technical,
        "comment": review.comment,
        "private_note": review.private_note,
        **review.aspects,
    }


async def reply(request: web.Request) -> web.StreamResponse:
    asking, review_id = require_viewer(request), id_in_path(request)
    review = await service.mentors_review(review_id, asking)
    sent = await read_form(request)
    try:
        await service.reply(review_id, asking, validated(ReplyForm, sent).text)
    except REFUSALS as refused:
        return await _page(request, review.session_id, answer=(review_id, sent), refused=refused)
    return see_other(f"{feedback_path(review.session_id)}?done=replied#review-{review_id}")


async def _page(
    request: web.Request,
    session_id: UUID | None = None,
    *,
    form: Mapping[str, Any] | None = None,
    answer: tuple[UUID, Mapping[str, Any]] | None = None,
    refused: DomainError | None = None,
) -> web.Response:
    """`form` and `answer` are what was sent and refused: a review, or the answer to one."""
    asking, part = viewer(request), Part.asked(request, PER_PAGE)
    seen_by = asking.user_id if asking else None
    session = await booking.get_session(session_id or id_in_path(request), asking)
    own = await service.own_review(session.id, asking.user_id) if asking else None
    of = {"offering_id": session.offering_id} if session.offering_id else {"session_id": session.id}
    found = await service.reviews_of(seen_by, part.offset, PER_PAGE, **of)
    standing = await service.standing_of(session.id, asking)
    asked = standing in (Standing.OPEN, Standing.GIVEN)
    context = {
        "session": session,
        "standing": standing,
        "our_fault": asked and await node_at_fault(session.id),
        "own": own,
        "form": form if form is not None else form_of(own) if own else {},
        "answer": answer,
        "reviews": found.items,
        "rating": await service.rating_of(**of),
        "page": part.of(found.total),
        "errors": _said(refused),
        "flash": SAID.get(request.query.get("done", "")) if refused is None else None,
    }
    return render(request, "feedback/feedback.html", context, status_of(refused) if refused else 200)


def _said(refused: DomainError | None) -> dict[str, str]:
    """The parts of a form have no groups."""
    if refused is None:
        return {}
    return {name.removeprefix("aspects."): text for name, text in error_lines(refused).items()}


# --- what breaks the rules


async def report_page(request: web.Request) -> web.StreamResponse:
    """Asks why; `?of=reply` is about the answer. With `?done=` it says thank you."""
    return await _report(request, {"of": request.query.get("of", "review")})


async def report(request: web.Request) -> web.StreamResponse:
    sent, review_id = await read_form(request), id_in_path(request)
    await service.shown_review(review_id, require_viewer(request))
    try:
        await report_review(require_viewer(request), review_id, validated(ReviewReport, sent))
    except (Invalid, Conflict, Throttled) as refused:
        return await _report(request, sent, refused)
    return see_other(f"/feedback/{review_id}/report?done=reported")


async def _report(
    request: web.Request, form: Mapping[str, Any], refused: DomainError | None = None
) -> web.Response:
    found = await service.one_review(id_in_path(request), require_viewer(request).user_id)
    if found is None:
        raise NotFound
    await service.shown_review(found.id, require_viewer(request))
    context = {
        "review": found,
        "form": form,
        "errors": error_lines(refused) if refused else {},
        "done": refused is None and "done" in request.query,
    }
    return render(request, "feedback/report.html", context, status_of(refused) if refused else 200)
