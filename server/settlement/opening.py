"""Somebody says that something was wrong with a lesson: within 72 hours of its end, once for each seat at
a time. What was paid for the seat is held until it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from server.booking.models import Booking, Session
from server.booking.settling import locked_seat
from server.booking.states import SEATED, BookingStatus, SessionStatus
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, NotFound
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition
from server.payments.locking import locked_payment
from server.payments.models import Payment
from server.payments.release.holding import hold
from server.payments.release.rule import issues_until
from server.settlement import telling
from server.settlement.models import Issue
from server.settlement.states import Category, IssueStatus, Side

NO_BOOKING = "There is no such booking."
DECIDED_WITHIN = timedelta(days=5)
REMINDED_BEFORE = timedelta(days=1)
REMIND = "settlement.issue_due"
OVER = (SessionStatus.ENDED, SessionStatus.MISSED)
HAD_A_SEAT = (*SEATED, BookingStatus.NO_SHOW_MENTOR)
IS_OPEN = Conflict("issue_open", "An issue about this lesson is open already. We will decide it soon.")


@dataclass(frozen=True, slots=True)
class Objection:
    """Whether somebody may raise an issue about a seat, until when, and what keeps them from it."""

    until: datetime
    refusal: Conflict | None


def side_of(booking: Booking, session: Session, viewer: Viewer) -> Side:
    """Raises NotFound for everybody whom the seat does not concern."""
    if viewer.user_id == booking.learner_id:
        return Side.LEARNER
    if viewer.user_id == session.mentor_id:
        return Side.MENTOR
    raise NotFound(message=NO_BOOKING)


@transactional
async def raise_issue(booking_id: UUID, viewer: Viewer, category: Category, text: str) -> Issue:
    """Raises NotFound, Conflict (`too_early`, `too_late`, `wrong_state`, `issue_open`)."""
    known = await Booking.get_or_none(public_id=booking_id)
    if known is None:
        raise NotFound(message=NO_BOOKING)
    session, booking = await locked_seat(known.id)
    side = side_of(booking, session, viewer)
    found = await objection(booking, session, viewer.user_id)
    if found.refusal is not None:
        raise found.refusal
    issue = await _open(booking, side, category, text, viewer.user_id)
    await telling.issue_raised(session, booking, issue)
    return issue


@transactional
async def open_unclear(session: Session, booking: Booking, payment: Payment | None) -> None:
    """What was measured decides nothing: a person has to. The caller holds session and payment."""
    if not await Issue.exists(booking_id=booking.id, status=IssueStatus.OPEN):
        issue = await _open(booking, Side.PLATFORM, Category.UNCLEAR, "", None)
        await telling.issue_raised(session, booking, issue)


async def objection(booking: Booking, session: Session, user_id: int) -> Objection:
    """One query at most: people say it once each, and one after the other."""
    until = issues_until(session.ends_at, session.ended_at)
    return Objection(until, await _refusal(booking, session, user_id, until))


async def _refusal(booking: Booking, session: Session, user_id: int, until: datetime) -> Conflict | None:
    if booking.status not in HAD_A_SEAT:
        return Conflict("wrong_state", "This seat was given back, so there is nothing to decide.")
    if session.status not in OVER:
        return Conflict("too_early", "The lesson is not over yet.")
    if now() >= until:
        return Conflict("too_late", "An issue can be raised until 72 hours after the lesson.")
    for issue in await Issue.filter(booking_id=booking.id):
        if issue.status == IssueStatus.OPEN:
            return IS_OPEN
        if issue.opener_id == user_id:
            return Conflict("wrong_state", "You raised an issue about this lesson, and it is decided.")
    return None


async def _open(
    booking: Booking, side: Side, category: Category, text: str, opener_id: int | None
) -> Issue:
    at = now()
    values: dict[str, Any] = {"opener_id": opener_id, "side": side, "category": category, "text": text}
    issue = await Issue.create(booking_id=booking.id, opened_at=at, due_at=at + DECIDED_WITHIN, **values)
    paid = await Payment.get_or_none(booking_id=booking.id)
    if paid is not None and paid.released_at is None:
        await hold(await locked_payment(paid.id), f"issue:{issue.public_id}")
    await record_transition("issue", issue.id, "", issue.status, opener_id, category)
    await enqueue(REMIND, {"issue_id": issue.id}, run_at=issue.due_at - REMINDED_BEFORE)
    return issue
