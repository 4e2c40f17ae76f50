"""The staff decides issues: one takes it, and says at whose cost what is given back.

Both are updates that ask for the state they change, so that of two at once one is refused. What is
decided moves money by the ways of all refunds and credits, each once for the issue."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from tortoise.expressions import Q

from server.booking.models import Booking, Session
from server.edge.access import Viewer
from server.infra import audit
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.transitions import record_transition
from server.payments.disputes.open import disputed
from server.payments.goodwill import give_credit
from server.payments.locking import left_of, locked_payment
from server.payments.models import Payment, Refund
from server.payments.refunds.deciding import decide as give_back
from server.payments.release.holding import let_go
from server.payments.states import PAID
from server.settlement import telling
from server.settlement.forms import DecisionForm
from server.settlement.models import Issue, Verdict
from server.settlement.states import IssueStatus, Resolution

TAKEN_FOR = timedelta(hours=24)  # after which somebody else may take it over
NO_CASE = "There is no such case."
YOURS = "This case is about a lesson of yours. Somebody else has to decide it."
NOT_YOURS = "Somebody else has taken this case. Take it first, or leave it to them."
DECIDED = "Somebody has decided this case already."
NOT_SETTLED = "It is not settled yet who was there. Please wait for that; it takes some minutes."
WITH_THE_BANK = "The learner’s bank has this payment until it decides about it. Please wait for that."


@transactional
async def take(issue_id: UUID, viewer: Viewer) -> None:
    """Whoever takes a case decides it. Raises NotFound, Forbidden, Conflict(wrong_state)."""
    issue, _, _ = await case_of(issue_id, viewer)
    free = Q(taken_by_id__isnull=True) | Q(taken_by_id=viewer.user_id)
    free |= Q(taken_at__lte=now() - TAKEN_FOR)
    found = Issue.filter(free, id=issue.id, status=IssueStatus.OPEN)
    if not await found.update(taken_by_id=viewer.user_id, taken_at=now()):
        raise Conflict("wrong_state", DECIDED if issue.status != IssueStatus.OPEN else NOT_YOURS)
    await audit.record(viewer.user_id, "issue.taken", "issue", issue_id)


@transactional
async def leave(issue_id: UUID, viewer: Viewer) -> None:
    """Somebody else may take it. Raises NotFound, Forbidden, Conflict(wrong_state)."""
    issue, _, _ = await case_of(issue_id, viewer)
    mine = Issue.filter(id=issue.id, status=IssueStatus.OPEN, taken_by_id=viewer.user_id)
    if not await mine.update(taken_by_id=None, taken_at=None):
        raise Conflict("wrong_state", NOT_YOURS)
    await audit.record(viewer.user_id, "issue.left", "issue", issue_id)


@transactional
async def decide(issue_id: UUID, viewer: Viewer, said: DecisionForm) -> Issue:
    """Raises NotFound, Forbidden, Invalid, Conflict (`wrong_state`, `disputed`)."""
    issue, booking, session = await case_of(issue_id, viewer)
    payment = await _payment(booking)
    amount = await _amount(booking, payment, said)
    refund = amount if said.resolution is Resolution.REFUND else 0
    mine = Issue.filter(id=issue.id, status=IssueStatus.OPEN, taken_by_id=viewer.user_id)
    values = {
        "status": IssueStatus.DECIDED,
        "resolution": said.resolution,
        "refund_minor": refund,
        "credit_minor": amount - refund,
        "answer": said.answer,
        "decided_by_id": viewer.user_id,
        "decided_at": now(),
    }
    if not await mine.update(**values):
        await issue.refresh_from_db()
        raise Conflict("wrong_state", DECIDED if issue.status != IssueStatus.OPEN else NOT_YOURS)
    issue.update_from_dict(values)
    if payment is not None:
        await _pay(issue, payment)
    await _note(issue, viewer)
    await telling.decided(session, booking, issue)
    return issue


async def case_of(issue_id: UUID, viewer: Viewer) -> tuple[Issue, Booking, Session]:
    """Raises NotFound, and Forbidden for whom it is about."""
    issue = await Issue.get_or_none(public_id=issue_id)
    if issue is None:
        raise NotFound(message=NO_CASE)
    booking = await Booking.get(id=issue.booking_id)
    session = await Session.get(id=booking.session_id)
    if viewer.user_id in (booking.learner_id, session.mentor_id):
        raise Forbidden(message=YOURS)
    return issue, booking, session


async def _payment(booking: Booking) -> Payment | None:
    """Paid, and held by the caller from here on. Raises Conflict(disputed)."""
    known = await Payment.get_or_none(booking_id=booking.id, status__in=PAID)
    if known is None:
        return None
    payment = await locked_payment(known.id)
    if await disputed(payment.id):
        raise Conflict("disputed", WITH_THE_BANK)
    return payment


async def _amount(booking: Booking, payment: Payment | None, said: DecisionForm) -> int:
    """In minor units. What attendance gives back comes first, and this is of the rest.

    Raises Invalid, Conflict(wrong_state)."""
    if not await Verdict.exists(booking_id=booking.id):
        raise Conflict("wrong_state", NOT_SETTLED)
    if said.resolution is Resolution.NONE:
        return 0
    left = await still_left(booking, payment, await Verdict.get(booking_id=booking.id))
    amount = left if said.amount_minor is None else said.amount_minor
    if not 0 < amount <= left:
        most = "Nothing is left of this payment." if not left else "That is more than what is left."
        raise Invalid(fields={"amount_minor": most})
    return amount


async def still_left(booking: Booking, payment: Payment | None, verdict: Verdict | None) -> int:
    """Neither given back nor lost, nor promised by the verdict, whose job may still wait; nor made up for
    by credit."""
    if payment is None or verdict is None:
        return 0
    begun = await Refund.exists(cause=f"booking:{booking.id}")
    promised = 0 if begun else booking.refund_minor or 0
    return max(0, left_of(payment) - promised - int(verdict.credit_minor))


async def _pay(issue: Issue, payment: Payment) -> None:
    cause = f"issue:{issue.id}"
    if issue.refund_minor:
        await give_back(
            payment,
            issue.refund_minor,
            cause=cause,
            reason=issue.answer,
            actor_id=issue.decided_by_id,
        )
    await give_credit(payment, issue.credit_minor, key=f"{cause}:credit")
    await let_go(payment)


async def _note(issue: Issue, viewer: Viewer) -> None:
    await record_transition(
        "issue", issue.id, IssueStatus.OPEN, issue.status, viewer.user_id, issue.resolution
    )
    money = {"refund_minor": issue.refund_minor, "credit_minor": issue.credit_minor}
    await audit.record(
        viewer.user_id,
        "issue.decided",
        "issue",
        issue.public_id,
        detail={"resolution": issue.resolution, **money},
        reason=issue.answer,
    )
