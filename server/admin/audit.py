"""Reading the log of what staff did: filtered, a page at a time, the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from tortoise.queryset import QuerySet

from server.accounts import service as accounts
from server.edge.forms import Form
from server.infra.models import AuditRow

NOBODY = 0  # whose name nobody has


class AuditFilter(Form):
    """What is looked for: `actor` and `person` are usernames, `action` is the whole or begins it, the
    dates are days in the reader's zone, both included."""

    actor: str = Field("", max_length=64)
    person: str = Field("", max_length=64)
    subject: str = Field("", max_length=40)
    subject_id: str = Field("", max_length=40)
    action: str = Field("", max_length=60)
    since: date | None = Field(None, alias="from")
    until: date | None = Field(None, alias="to")

    @field_validator("since", "until", mode="before")
    @classmethod
    def _left_empty(cls, value: Any) -> Any:
        return value or None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row. `actor` is empty where an operator or the system did it; `subject_name` is the username
    of a person."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    subject_id: str
    subject_name: str
    detail: dict[str, Any]
    reason: str


async def audit_entries(
    wanted: AuditFilter, zone: ZoneInfo, offset: int, limit: int
) -> tuple[list[AuditEntry], int]:
    """A part of what matches, and how much there is in all."""
    found = await _matching(wanted, zone)
    rows = await found.order_by("-id").offset(offset).limit(limit)
    names = await _names(rows)
    return [_entry(row, names) for row in rows], await found.count()


async def _matching(wanted: AuditFilter, zone: ZoneInfo) -> QuerySet[AuditRow]:
    found = AuditRow.all()
    if wanted.actor:
        found = found.filter(actor_id=await accounts.id_by_username(wanted.actor) or NOBODY)
    if wanted.person:
        number = await accounts.id_by_username(wanted.person) or NOBODY
        found = found.filter(subject="user", subject_id=str(number))
    if wanted.subject:
        found = found.filter(subject=wanted.subject)
    if wanted.subject_id:
        found = found.filter(subject_id=wanted.subject_id)
    if wanted.action:
        found = found.filter(action__startswith=wanted.action)
    if wanted.since:
        found = found.filter(at__gte=_midnight(wanted.since, zone))
    if wanted.until and wanted.until < date.max:
        found = found.filter(at__lt=_midnight(wanted.until + timedelta(days=1), zone))
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


async def _names(rows: Iterable[AuditRow]) -> dict[int, str]:
    """The people in these rows, whoever they are now."""
    numbers = {row.actor_id for row in rows if row.actor_id is not None}
    numbers |= {int(row.subject_id) for row in rows if _is_person(row)}
    return {number: user.username for number, user in (await accounts.users_by_ids(numbers)).items()}


def _is_person(row: AuditRow) -> bool:
    return row.subject == "user" and row.subject_id.isdecimal()


def _entry(row: AuditRow, names: dict[int, str]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        actor=names.get(row.actor_id or NOBODY, ""),
        action=row.action,
        subject=row.subject,
        subject_id=row.subject_id,
        subject_name=names.get(int(row.subject_id), "") if _is_person(row) else "",
        detail=row.detail,
        reason=row.reason,
    )
