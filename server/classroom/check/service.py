"""What checks found: the latest of each person and session is kept, for the person and the mentor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from server.booking.models import Booking
from server.booking.states import BookingStatus
from server.classroom.check.door import access
from server.classroom.check.findings import Verdict, reasons_of, verdict_of
from server.classroom.check.forms import CheckForm
from server.classroom.check.models import TechnicalCheck
from server.infra import clock
from server.infra.db import transactional
from server.people.privacy import visible


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Somebody's latest check. `reasons` are few words each, what weighs most first; `found` the codes
    and figures of each part."""

    verdict: Verdict
    at: datetime
    reasons: list[str] = field(default_factory=list)
    found: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonsCheck:
    """What the mentor sees of one person's check."""

    user_id: int
    username: str
    name: str
    result: CheckResult


async def keep(session_id: UUID, user_id: int, form: CheckForm) -> CheckResult:
    """Keep what was found; an earlier check of this person for the session gives way.

    Raises NotFound, Forbidden, Conflict."""
    await access(session_id, user_id)
    return await _store(session_id, user_id, form.found())


@transactional
async def _store(session_id: UUID, user_id: int, found: dict[str, Any]) -> CheckResult:
    result = CheckResult(verdict_of(found), clock.now(), reasons_of(found), found)
    values = {"verdict": result.verdict.value, "found": found, "at": result.at}
    row, made = await TechnicalCheck.get_or_create(values, session_id=session_id, user_id=user_id)
    if not made:
        await TechnicalCheck.filter(id=row.id).update(**values)
    return result


async def latest(session_id: UUID, user_id: int) -> CheckResult | None:
    row = await TechnicalCheck.get_or_none(session_id=session_id, user_id=user_id)
    return _result(row) if row is not None else None


async def results(session_id: UUID, mentor_id: int) -> list[PersonsCheck]:
    """The latest of each who has a seat now, for the session's mentor: four queries."""
    seated = Booking.filter(session_id=session_id, status=BookingStatus.CONFIRMED)
    learners = await seated.values_list("learner_id", flat=True)
    found = TechnicalCheck.filter(session_id=session_id, user_id__in=learners)
    rows = await found.order_by("id").prefetch_related("user")
    faces = await visible(mentor_id, [row.user_id for row in rows])
    return [
        PersonsCheck(row.user_id, row.user.username, faces[row.user_id].name, _result(row))
        for row in rows
    ]


def _result(row: TechnicalCheck) -> CheckResult:
    return CheckResult(Verdict(row.verdict), row.at, reasons_of(row.found), row.found)
