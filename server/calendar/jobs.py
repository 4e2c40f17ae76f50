"""What calendars do later: reminders at their times, and events out of calendars they were in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from server.calendar import leavings, mails, reminders
from server.infra.mailer import Attachment
from server.infra.outbox import job
from server.notifications.attaching import attaches
from server.notifications.values import Recipient


@attaches(*mails.KINDS)
async def event_of_mail(to: Recipient, about: Mapping[str, Any]) -> Sequence[Attachment]:
    return await mails.event_of_mail(to, about)


@job("calendar.planned")
async def planned(payload: dict[str, Any]) -> None:
    """A session has a time, or another one."""
    await reminders.schedule(UUID(payload["session_id"]))


@job(reminders.JOB)
async def remind(payload: dict[str, Any]) -> None:
    starts_at = datetime.fromisoformat(payload["starts_at"])
    await reminders.remind(UUID(payload["session_id"]), payload["kind"], starts_at)


@job("calendar.given_back")
async def given_back(payload: dict[str, Any]) -> None:
    await leavings.tell_learner(payload["booking_id"])


@job("calendar.called_off")
async def called_off(payload: dict[str, Any]) -> None:
    await leavings.tell_mentor(UUID(payload["session_id"]))
