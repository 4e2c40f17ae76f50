"""What the staff does about reports: looks, which is written down, and decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.edge.access import Viewer
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition
from server.messages.models import Message, Report
from server.messages.reports import MAX_WORDS
from server.messages.states import VERDICTS, ReportStatus, Subject
from server.messages.writing import blank


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as the staff's list shows it: nothing of what was written. `reported_id` leads to the
    account of whom it is about."""

    id: UUID
    subject: str
    reporter: str
    reported: str
    reported_id: UUID
    reason: str
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A report with what its reporter says and saw: messages, oldest first, or what the page of a person
    said, or a review and its reply."""

    row: ReportRow
    text: str
    evidence: list[dict[str, Any]]
    profile: dict[str, str] | None
    review: dict[str, Any] | None
    verdict: str
    decided_by: str
    decided_at: datetime | None


async def open_reports(offset: int, limit: int) -> tuple[list[ReportRow], int]:
    """The oldest first: who has waited longest."""
    return await _listed({"status": ReportStatus.OPEN}, "id", offset, limit)


async def decided_reports(offset: int, limit: int) -> tuple[list[ReportRow], int]:
    return await _listed({"status__in": VERDICTS}, "-decided_at", offset, limit)


async def _listed(
    condition: dict[str, Any], order: str, offset: int, limit: int
) -> tuple[list[ReportRow], int]:
    found = Report.filter(**condition)
    ordered = found.order_by(order).offset(offset).limit(limit)
    rows = await ordered.prefetch_related("reporter", "reported")
    return [_row(row) for row in rows], await found.count()


def _row(report: Report) -> ReportRow:
    return ReportRow(
        id=report.public_id,
        subject=report.subject,
        reporter=report.reporter.username,
        reported=report.reported.username,
        reported_id=report.reported.public_id,
        reason=report.reason,
        status=report.status,
        created_at=report.created_at,
    )


@transactional
async def open_case(viewer: Viewer, report_id: UUID) -> Case:
    """What was reported; that somebody looked at it is kept.

    Raises NotFound, Forbidden for whom it is about."""
    report = await _report(viewer, report_id)
    await audit.record(viewer.user_id, "report.opened", "report", report_id)
    kept: Any = report.evidence
    return Case(
        row=_row(report),
        text=report.text,
        evidence=kept.get("messages", []),
        profile=kept.get("profile"),
        review=kept.get("review"),
        verdict=report.verdict,
        decided_by=report.decided_by.username if report.decided_by else "",
        decided_at=report.decided_at,
    )


async def _report(viewer: Viewer, report_id: UUID) -> Report:
    report = await Report.get_or_none(public_id=report_id).prefetch_related(
        "reporter", "reported", "decided_by"
    )
    if report is None:
        raise NotFound
    if viewer.user_id in (report.reporter_id, report.reported_id):
        raise Forbidden(message="This report is about you or from you. Somebody else has to decide it.")
    return report


@transactional
async def decide(viewer: Viewer, report_id: UUID, verdict: ReportStatus, reason: str) -> None:
    """An upheld report takes away what was written; what becomes of a person is decided at their account.

    Raises NotFound, Forbidden, Invalid, Conflict (`wrong_state`) for one that was decided."""
    if not reason.strip() or len(reason) > MAX_WORDS:
        raise Invalid(fields={"reason": "Say why, in at most 2000 characters."})
    report = await _report(viewer, report_id)
    decided = await Report.filter(id=report.id, status=ReportStatus.OPEN).update(
        status=verdict,
        verdict=reason.strip(),
        decided_by_id=viewer.user_id,
        decided_at=clock.now(),
    )
    if not decided:
        raise Conflict("wrong_state", "Somebody has decided this report already.")
    await record_transition(
        "report", report.id, ReportStatus.OPEN, verdict, viewer.user_id, reason.strip()
    )
    await audit.record(viewer.user_id, f"report.{verdict}", "report", report_id, reason=reason.strip())
    if verdict is ReportStatus.UPHELD:
        await _take_away(report, viewer.user_id, reason.strip())


async def _take_away(report: Report, staff_id: int, reason: str) -> None:
    """What was written is gone. Reviews are another feature's, which hears of it by a job."""
    if report.subject == Subject.MESSAGE:
        message = await Message.get_or_none(public_id=UUID(report.subject_id))
        if message is not None and message.removed_at is None:
            await blank(message)
    elif report.subject in (Subject.REVIEW, Subject.REPLY):
        of = {"review": report.subject_id, "of": report.subject}
        await enqueue("feedback.take_off", {**of, "staff_id": staff_id, "reason": reason})
