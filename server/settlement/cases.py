"""Cases as the staff sees them: the list by its deadlines, and one with all evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from tortoise.expressions import Q

from server.accounts.models import User
from server.booking.models import Booking, Session
from server.classroom.measures import service as measures
from server.classroom.measures.words import Spell, side_at_fault
from server.classroom.models import ChatMessage
from server.edge.access import Viewer
from server.infra import audit
from server.infra.db import transactional
from server.infra.models import StateTransition
from server.recordings.models import Recording
from server.settlement.deciding import TAKEN_FOR, case_of, still_left
from server.settlement.models import Issue
from server.settlement.seen import Attendance, IssueSeen, described, money_of
from server.settlement.states import IssueStatus, Side

CHAT_LINES = 200
Which = Literal["open", "decided"]
READ = {
    "id": "public_id",
    "booking_id": "booking__public_id",
    "session_id": "booking__session_id",
    "title": "booking__session__title",
    "learner": "booking__learner__username",
    "mentor": "booking__session__mentor__username",
    "side": "side",
    "category": "category",
    "status": "status",
    "price_minor": "booking__price_minor",
    "currency": "booking__currency",
    "taken_by": "taken_by__username",
    "resolution": "resolution",
    "refund_minor": "refund_minor",
    "credit_minor": "credit_minor",
    "opened_at": "opened_at",
    "due_at": "due_at",
    "decided_at": "decided_at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """`side` raised it; `taken_by` is whose it is to decide, if anybody's."""

    id: UUID
    booking_id: UUID
    session_id: UUID
    title: str
    learner: str
    mentor: str
    side: str
    category: str
    status: str
    price_minor: int
    currency: str
    taken_by: str | None
    resolution: str
    refund_minor: int
    credit_minor: int
    opened_at: datetime
    due_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class SideQuality:
    """How one person's media were, in words."""

    name: str
    role: str
    minutes: int
    sentences: Sequence[tuple[str, Spell | None]]


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`mine`: the reader has taken it; `free`: they may. `left_minor` could be given back now."""

    issue: IssueSeen
    seat: Attendance
    taken_by: str
    taken_at: datetime | None
    mine: bool
    free: bool
    decided_by: str
    left_minor: int
    payment_id: UUID | None
    quality: Sequence[SideQuality]
    at_fault: str | None
    chat: Sequence[Line]
    recording: str
    history: Sequence[StateTransition]


async def cases(which: Which, offset: int, limit: int) -> tuple[list[CaseRow], int]:
    """Of the open ones what is due first, of the decided ones the latest: two queries."""
    found = Issue.filter(status=IssueStatus.OPEN if which == "open" else IssueStatus.DECIDED)
    order = ("due_at", "id") if which == "open" else ("-decided_at", "-id")
    rows = await found.order_by(*order).offset(offset).limit(limit).values(*READ.values())
    shown = [CaseRow(**{name: row[column] for name, column in READ.items()}) for row in rows]
    return shown, await found.count()


@transactional
async def open_case(issue_id: UUID, viewer: Viewer, now: datetime) -> Case:
    """Everything that is known about it; that somebody looked is kept.

    Raises NotFound, Forbidden for whom it is about."""
    row, booking, session = await case_of(issue_id, viewer)
    await audit.record(viewer.user_id, "issue.opened", "issue", issue_id)
    names = await _names(row)
    money = await money_of(booking)
    seat = await described(booking, session, Side.PLATFORM, viewer.user_id, money)
    payment = money.payment
    taken = row.taken_at
    over = taken is None or taken <= now - TAKEN_FOR
    both = (booking.learner_id, session.mentor_id)
    people = [one for one in (await measures.quality(session.id)).people if one.user_id in both]
    recording = await Recording.filter(session_id=session.id).first()
    return Case(
        issue=next(each for each in seat.issues if each.id == issue_id),
        seat=seat,
        taken_by=names.get(row.taken_by_id, ""),
        taken_at=taken,
        mine=row.taken_by_id == viewer.user_id,
        free=row.status == IssueStatus.OPEN and row.taken_by_id != viewer.user_id and over,
        decided_by=names.get(row.decided_by_id, ""),
        left_minor=await still_left(booking, payment, money.verdict),
        payment_id=payment.public_id if payment else None,
        quality=[SideQuality(one.name, one.role, one.minutes, one.verdict) for one in people],
        at_fault=side_at_fault(
            {one.participant: one.role for one in people}, {one.participant: one.bad for one in people}
        ),
        chat=await _chat(session),
        recording=recording.state if recording else "",
        history=await _history(booking, session, row),
    )


async def _names(row: Issue) -> dict[int | None, str]:
    """Of those of the staff who took it, or decided it."""
    ids = {each for each in (row.taken_by_id, row.decided_by_id) if each}
    return {user.id: user.username for user in await User.filter(id__in=ids)} if ids else {}


async def _chat(session: Session) -> list[Line]:
    """What was said to all; what one said to another alone is theirs."""
    lines = ChatMessage.filter(session_id=session.id, to_seat_id__isnull=True, removed_at__isnull=True)
    rows = await lines.order_by("seq").limit(CHAT_LINES).prefetch_related("seat")
    return [Line(row.seat.name, row.text, row.at) for row in rows]


async def _history(booking: Booking, session: Session, issue: Issue) -> list[StateTransition]:
    of = {"booking": booking.id, "session": session.id, "issue": issue.id}
    wanted = [Q(entity=entity, entity_id=str(number)) for entity, number in of.items()]
    return await StateTransition.filter(Q(*wanted, join_type="OR")).order_by("at", "id")
