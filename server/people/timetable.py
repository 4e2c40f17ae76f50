"""A mentor's own hours, as they see and change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid
from server.people.availability import Availability, Override, Weekly, availability_of
from server.people.hour_rules import (
    FULL,
    MAX_OVERRIDES,
    all_override_problems,
    override_problems,
    usual_problems,
)
from server.people.models import AvailabilityOverride, AvailabilityRule, MentorProfile


async def own_availability(mentor: Viewer) -> Availability:
    """Without the overrides that are over. Raises Conflict(no_mentor)."""
    return await availability_of(mentor.user_id, today(mentor))


def today(mentor: Viewer) -> date:
    """The date on the mentor's clock."""
    return clock.now().astimezone(ZoneInfo(mentor.timezone)).date()


@transactional
async def keep_week(
    mentor: Viewer,
    weekly: Sequence[Weekly],
    *,
    buffer_minutes: int | None = None,
    notice_minutes: int | None = None,
    overrides: Sequence[Override] | None = None,
) -> None:
    """These hours instead of those before; of the rest what is given, overrides all of them.

    A pause counts from the next lesson on that is published. Raises Conflict(no_mentor), Invalid."""
    await _lock(mentor)
    wrong = usual_problems(weekly, buffer_minutes, notice_minutes)
    wrong |= all_override_problems(overrides or (), today(mentor))
    if wrong:
        raise Invalid(fields=wrong)
    await _keep_weekly(mentor, weekly)
    if overrides is not None:
        await _keep_overrides(mentor, overrides)
    minutes = {"buffer_minutes": buffer_minutes, "notice_minutes": notice_minutes}
    given = {name: value for name, value in minutes.items() if value is not None}
    if given:
        await MentorProfile.filter(user_id=mentor.user_id).update(**given)


async def _keep_weekly(mentor: Viewer, weekly: Sequence[Weekly]) -> None:
    await AvailabilityRule.filter(user_id=mentor.user_id).delete()
    rows = [AvailabilityRule(user_id=mentor.user_id, **asdict(rule)) for rule in weekly]
    await AvailabilityRule.bulk_create(rows)


async def _keep_overrides(mentor: Viewer, overrides: Sequence[Override]) -> None:
    await AvailabilityOverride.filter(user_id=mentor.user_id).delete()
    rows = [AvailabilityOverride(user_id=mentor.user_id, **_columns(each)) for each in overrides]
    await AvailabilityOverride.bulk_create(rows)


def _columns(override: Override) -> dict[str, Any]:
    columns = asdict(override)
    public_id = columns.pop("id")
    return {**columns, "public_id": public_id}


@transactional
async def add_override(mentor: Viewer, wanted: Override) -> None:
    """Other hours, or none, on some dates. Raises Conflict(no_mentor), Invalid."""
    await _lock(mentor)
    have = (await own_availability(mentor)).overrides
    wrong = override_problems(wanted, have, today(mentor))
    if len(have) >= MAX_OVERRIDES:
        wrong = {"first_date": FULL}
    if wrong:
        raise Invalid(fields=wrong)
    await AvailabilityOverride.create(user_id=mentor.user_id, **_columns(wanted))


@transactional
async def remove_override(mentor: Viewer, override_id: UUID) -> None:
    """Nothing happens where there is none of theirs."""
    await AvailabilityOverride.filter(user_id=mentor.user_id, public_id=override_id).delete()


async def _lock(mentor: Viewer) -> None:
    """Two windows of one mentor change their hours one after the other."""
    if await MentorProfile.filter(user_id=mentor.user_id).select_for_update().get_or_none() is None:
        raise Conflict("no_mentor", "Become a mentor first.")
