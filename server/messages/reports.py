"""Reports: somebody says that a message, a person or a review breaks the rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.edge.access import Viewer
from server.edge.api import timestamp
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid
from server.messages.files import attached
from server.messages.models import Message, Report
from server.messages.reading import message_for
from server.messages.states import Reason, ReportStatus, Subject
from server.people.circle import found
from server.people.profiles import public_profile

AROUND = 3  # messages before and after the reported one that are kept as evidence
OF_PROFILE = ("name", "username", "headline", "about", "bio", "picture")  # kept of a reported person's
MAX_WORDS = 2000
PER_DAY = Limit("reports of people", 20, timedelta(days=1))


@transactional
async def report(viewer: Viewer, message_id: UUID, reason: Reason, text: str) -> tuple[UUID, str]:
    """Keep the message and those around it as they are now; the second time nothing happens. Gives the
    report's id and status.

    Raises NotFound, Conflict (`yourself`), Invalid."""
    message, _ = await message_for(viewer, message_id)
    if message.sender_id == viewer.user_id:
        raise Conflict("yourself", "This is your own message. You can take it back.")
    said = Report(
        reported_id=message.sender_id,
        subject=Subject.MESSAGE,
        subject_id=str(message_id),
        reason=reason,
        text=_words(text),
        evidence={"messages": await _around(message)},
    )
    return await _keep(viewer, said)


async def report_person(viewer: Viewer, username: str, reason: Reason, text: str) -> tuple[UUID, str]:
    """Keep what the page of a person says now; while the report is open, nothing happens the second time.

    Raises NotFound, Conflict (`yourself`), Invalid, Throttled."""
    text = _words(text)
    await WINDOWS.take(PER_DAY, str(viewer.user_id))
    return await _report_person(viewer, username, reason, text)


@transactional
async def _report_person(viewer: Viewer, username: str, reason: Reason, text: str) -> tuple[UUID, str]:
    profile = await public_profile(username, viewer.user_id)
    if profile.own:
        raise Conflict("yourself", "This is your own page.")
    user = await found(username, viewer.user_id)
    mine = Report.filter(reporter_id=viewer.user_id, reported_id=user.id, subject=Subject.PERSON)
    said = Report(
        reported_id=user.id,
        subject=Subject.PERSON,
        subject_id=f"{user.public_id.hex}-{await mine.exclude(status=ReportStatus.OPEN).count()}",
        reason=reason,
        text=text,
        evidence={"profile": {name: getattr(profile, name) for name in OF_PROFILE}},
    )
    return await _keep(viewer, said)


async def report_words(
    viewer: Viewer,
    subject: Subject,
    subject_id: str,
    writer_id: int,
    *,
    reason: Reason,
    text: str,
    evidence: dict[str, object],
) -> tuple[UUID, str]:
    """Keep what somebody wrote elsewhere on the site, as `evidence` has it; the second time nothing
    happens. Whoever calls it knows that the reporter may read it.

    Raises Invalid, Throttled."""
    said = Report(
        reported_id=writer_id,
        subject=subject,
        subject_id=subject_id,
        reason=reason,
        text=_words(text),
        evidence=evidence,
    )
    await WINDOWS.take(PER_DAY, str(viewer.user_id))
    return await _keep(viewer, said)


def _words(text: str) -> str:
    """Raises Invalid."""
    if len(text) > MAX_WORDS:
        raise Invalid(fields={"text": f"Use at most {MAX_WORDS} characters."})
    return text.strip()


@transactional
async def _keep(viewer: Viewer, said: Report) -> tuple[UUID, str]:
    """One for each reporter and subject; gives that."""
    said.reporter_id, said.created_at = viewer.user_id, clock.now()
    await Report.bulk_create([said], ignore_conflicts=True)
    kept = await Report.get(reporter_id=viewer.user_id, subject=said.subject, subject_id=said.subject_id)
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
