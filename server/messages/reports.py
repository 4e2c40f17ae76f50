"""Reports: somebody says that a message breaks the rules, the staff looks at it and decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.edge.access import Viewer
from server.edge.api import timestamp
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.transitions import record_transition
from server.messages.files import attached
from server.messages.models import Message, Report
from server.messages.reading import message_for
from server.messages.states import VERDICTS, Reason, ReportStatus
from server.messages.writing import blank

SUBJECT = "message"
AROUND = 3  # messages before and after the reported one that are kept as evidence
MAX_WORDS = 2000


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as the staff's list shows it: nothing of what was written."""

    id: UUID
    reporter: str
    reported: str
    reason: str
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A report with what its reporter says and saw; `evidence` are messages, oldest first."""

    row: ReportRow
    text: str
    evidence: list[dict[str, Any]]
    verdict: str
    decided_by: str
    decided_at: datetime | None


@transactional
async def report(viewer: Viewer, message_id: UUID, reason: Reason, text: str) -> tuple[UUID, str]:
    """Keep the message and those around it as they are now; the second time nothing happens. Gives the
    report's id and status.

    Raises NotFound, Conflict (`yourself`), Invalid."""
    message, _ = await message_for(viewer, message_id)
    if message.sender_id == viewer.user_id:
        raise Conflict("yourself", "This is your own message. You can take it back.")
    if len(text) > MAX_WORDS:
        raise Invalid(fields={"text": f"Use at most {MAX_WORDS} characters."})
    mine: dict[str, Any] = {
        "reporter_id": viewer.user_id,
        "subject": SUBJECT,
        "subject_id": str(message_id),
    }
    row = Report(
        **mine,
        reported_id=message.sender_id,
        reason=reason,
        text=text.strip(),
        evidence={"messages": await _around(message)},
        created_at=clock.now(),
    )
    await Report.bulk_create([row], ignore_conflicts=True)
    kept = await Report.get(**mine)
    return kept.public_id, kept.status


async def _around(message: Message) -> list[dict[str, Any]]:
    near = Message.filter(
        conversation_id=message.conversation_id,
        seq__gte=message.seq - AROUND,
        seq__lte=message.seq + AROUND,
    )
    rows = await near.order_by("seq").prefetch_related("sender")
    files = await attached(row.id for row in rows)
    return [
        {
            "id": str(row.public_id),
            "seq": row.seq,
            "from": row.sender.username,
            "text": row.text,
            "files": [file.name for file in files.get(row.id, [])],
            "sent_at": timestamp(row.created_at),
            "removed": row.removed_at is not None,
            "reported": row.id == message.id,
        }
        for row in rows
    ]


# --- the staff's side


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
        reporter=report.reporter.username,
        reported=report.reported.username,
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
    evidence: Any = report.evidence.get("messages", [])
    return Case(
        row=_row(report),
        text=report.text,
        evidence=evidence,
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
    """An upheld report takes the message away.

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
        message = await Message.get_or_none(public_id=UUID(report.subject_id))
        if message is not None and message.removed_at is None:
            await blank(message)
