"""Lessons are settled by themselves, and issues are not forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.infra.outbox import job, periodic
from server.settlement import settling, telling
from server.settlement.opening import REMIND


@job("settlement.settle")
async def settle(payload: dict[str, Any]) -> None:
    """A lesson is over, and what was measured of it has come."""
    await settling.settle(UUID(payload["session_id"]))


@periodic("settlement.settle_late", every=timedelta(minutes=15))
async def settle_late(payload: dict[str, Any]) -> None:
    await settling.settle_late()


@job(REMIND)
async def issue_due(payload: dict[str, Any]) -> None:
    """It is to be decided within a day."""
    await telling.issue_due(payload["issue_id"])
