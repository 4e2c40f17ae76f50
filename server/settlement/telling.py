"""What learners, mentors and the staff are told. In the transaction of the change."""

from __future__ import annotations

from typing import Any

from server.accounts.roles import people_with
from server.booking.models import Booking, Session
from server.edge.permissions import Permission
from server.infra.db import transactional
from server.notifications.service import notify
from server.settlement.models import Issue, Verdict
from server.settlement.states import IssueStatus, Resolution, Side

CASES = "/dashboard/admin/cases"


def page_of(booking: Booking) -> str:
    return f"/bookings/{booking.public_id}/attendance"


async def settled(session: Session, booking: Booking, verdict: Verdict) -> None:
    """Both sides, each in words for them."""
    for user_id, side in ((booking.learner_id, Side.LEARNER), (session.mentor_id, Side.MENTOR)):
        about = {**_about(session), "figures": figures(verdict), "reader": side}
        await notify(
            user_id,
            "lesson_settled",
            about,
            path=page_of(booking),
            dedupe_key=f"{booking.public_id}:{side}",
        )


def figures(verdict: Verdict) -> dict[str, Any]:
    """What `web/templates/partials/verdict.txt` makes sentences of."""
    names = ("outcome", "due_min", "taught_min", "node_min", "own_min", "refund_minor", "credit_minor")
    return {"currency": verdict.currency, **{name: getattr(verdict, name) for name in names}}


async def issue_raised(session: Session, booking: Booking, issue: Issue) -> None:
    """Who did not raise it, and whoever may decide."""
    about = {**_about(session), "side": issue.side, "category": issue.category, "until": issue.due_at}
    key = str(issue.public_id)
    for user_id in {booking.learner_id, session.mentor_id} - {issue.opener_id}:
        await notify(user_id, "issue_raised", about, path=page_of(booking), dedupe_key=key)
    for user_id in await people_with(Permission.CASES_DECIDE):
        path = f"{CASES}/{issue.public_id}"
        await notify(user_id, "issue_to_decide", about, path=path, dedupe_key=key)


@transactional
async def issue_due(issue_id: int) -> None:
    """Whoever took it; where nobody did, all who may decide."""
    issue = await Issue.get_or_none(id=issue_id, status=IssueStatus.OPEN)
    if issue is None:
        return
    booking = await Booking.get(id=issue.booking_id)
    about = {
        **_about(await Session.get(id=booking.session_id)),
        "side": issue.side,
        "category": issue.category,
        "until": issue.due_at,
    }
    told = [issue.taken_by_id] if issue.taken_by_id else await people_with(Permission.CASES_DECIDE)
    for user_id in told:
        path, key = f"{CASES}/{issue.public_id}", f"{issue.public_id}:due"
        await notify(user_id, "issue_to_decide", about, path=path, dedupe_key=key)


async def decided(session: Session, booking: Booking, issue: Issue) -> None:
    """Both sides."""
    for user_id, side in ((booking.learner_id, Side.LEARNER), (session.mentor_id, Side.MENTOR)):
        about: dict[str, Any] = {
            **_about(session),
            "reader": side,
            "resolution": Resolution(issue.resolution),
            "amount_minor": issue.refund_minor or issue.credit_minor,
            "currency": booking.currency,
            "answer": issue.answer,
        }
        key = f"{issue.public_id}:{side}"
        await notify(user_id, "issue_decided", about, path=page_of(booking), dedupe_key=key)


def _about(session: Session) -> dict[str, Any]:
    return {"title": session.title, "starts_at": session.starts_at}
