"""REST of who was there, of issues, and of the staff's cases (`/api/v1`)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from aiohttp import web
from typing_extensions import TypedDict

from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_json, read_query
from server.edge.forms import Form
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.settlement.cases import CaseRow, cases
from server.settlement.deciding import case_of, decide, leave, take
from server.settlement.forms import DecisionForm, IssueForm
from server.settlement.models import Issue
from server.settlement.opening import raise_issue
from server.settlement.seen import Attendance, attendance


class VerdictShape(TypedDict):
    """`outcome` is a row of the rule; of `due_min` minutes `taught_min` were taught, or waited."""

    outcome: str
    due_min: int
    taught_min: int
    node_min: int
    own_min: int
    refund_minor: int
    credit_minor: int
    currency: str


class SpanShape(TypedDict):
    """`kind`: there (with media), room (without), own (a bad line) or node (the media node failed)."""

    kind: str
    begins_at: datetime
    ends_at: datetime


class PersonShape(TypedDict):
    side: str
    there_min: int
    weak_min: int
    node_min: int
    spans: list[SpanShape]


class AttendanceShape(TypedDict):
    """`verdict` is null until it is settled; an issue can be raised until `issues_until`."""

    booking_id: UUID
    session_id: UUID
    verdict: VerdictShape | None
    rule: str
    decided_at: datetime | None
    people: list[PersonShape]
    held: bool
    issues_until: datetime


class IssueShape(TypedDict):
    """`resolution` is none, refund or credit when it is decided."""

    id: UUID
    booking_id: UUID
    side: str
    reason: str
    text: str
    status: str
    opened_at: datetime
    due_at: datetime
    resolution: str
    refund_minor: int
    credit_minor: int
    answer: str
    decided_at: datetime | None


class CaseFilter(Form):
    status: Literal["open", "decided"] = "open"


@described(data=AttendanceShape)
async def get_attendance(request: web.Request) -> web.StreamResponse:
    """Who was there when, as it was measured, and what became of the money of the seat."""
    return ok(_attendance(await attendance(id_in_path(request), require_viewer(request))))


@described(body=IssueForm, data=IssueShape, statuses=(201,))
async def post_issue(request: web.Request) -> web.StreamResponse:
    """Say that something was wrong, within 72 hours of the end. The money waits until it is decided."""
    booking_id, asking = id_in_path(request), require_viewer(request)
    await attendance(booking_id, asking)  # strangers learn nothing by what they send
    said = await read_json(request, IssueForm)
    issue = await raise_issue(booking_id, asking, said.reason, said.text)
    return ok(_issue(issue, booking_id), "We will decide it, and tell you both.", 201)


@described(query=CaseFilter, paged=True, item=CaseRow)
async def list_cases(request: web.Request) -> web.StreamResponse:
    """`?status=open|decided`: what is due first, or was decided last."""
    wanted, part = read_query(request, CaseFilter), paging(request)
    found, total = await cases(wanted.status, part.offset, part.per_page)
    return ok(page_of(found, part.page, part.per_page, total))


@described(data=IssueShape)
async def take_case(request: web.Request) -> web.StreamResponse:
    """Whoever takes a case decides it."""
    issue_id, asking = id_in_path(request), require_viewer(request)
    await take(issue_id, asking)
    issue, booking, _ = await case_of(issue_id, asking)
    return ok(_issue(issue, booking.public_id))


@described(data=IssueShape)
async def leave_case(request: web.Request) -> web.StreamResponse:
    """Let somebody else take it."""
    issue_id, asking = id_in_path(request), require_viewer(request)
    await leave(issue_id, asking)
    issue, booking, _ = await case_of(issue_id, asking)
    return ok(_issue(issue, booking.public_id))


@described(body=DecisionForm, data=IssueShape)
async def resolve(request: web.Request) -> web.StreamResponse:
    """Decide a case that one has taken: nothing, a refund of the payment, or credit by the platform."""
    issue_id, asking = id_in_path(request), require_viewer(request)
    _, booking, _ = await case_of(issue_id, asking)
    issue = await decide(issue_id, asking, await read_json(request, DecisionForm))
    return ok(_issue(issue, booking.public_id), "It is decided. Both sides have been told.")


def _attendance(seat: Attendance) -> AttendanceShape:
    people = seat.bars.people if seat.bars else ()
    verdict: VerdictShape | None = None
    if seat.verdict:
        verdict = VerdictShape(**seat.verdict)  # type: ignore[typeddict-item]
    return {
        "booking_id": seat.booking_id,
        "session_id": seat.session_id,
        "verdict": verdict,
        "rule": seat.rule,
        "decided_at": seat.decided_at,
        "people": [
            {
                "side": one.side,
                "there_min": one.there_min,
                "weak_min": one.weak_min,
                "node_min": one.node_min,
                "spans": [
                    {"kind": row.kind, "begins_at": row.begins_at, "ends_at": row.ends_at}
                    for row in one.rows
                ],
            }
            for one in people
        ],
        "held": seat.held,
        "issues_until": seat.until,
    }


def _issue(issue: Issue, booking_id: UUID) -> IssueShape:
    return {
        "id": issue.public_id,
        "booking_id": booking_id,
        "side": issue.side,
        "reason": issue.category,
        "text": issue.text,
        "status": issue.status,
        "opened_at": issue.opened_at,
        "due_at": issue.due_at,
        "resolution": issue.resolution,
        "refund_minor": issue.refund_minor,
        "credit_minor": issue.credit_minor,
        "answer": issue.answer,
        "decided_at": issue.decided_at,
    }
