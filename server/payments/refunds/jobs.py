"""Refunds go on their way by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.infra.outbox import Lane, job, periodic
from server.payments.refunds import sending
from server.payments.refunds.deciding import SEND
from server.payments.refunds.given_back import GIVEN_BACK, give_back


@job(SEND, lane=Lane.MONEY)
async def send(payload: dict[str, Any]) -> None:
    """One refund was decided."""
    await sending.send(payload["refund_id"])


@job(GIVEN_BACK)
async def given_back(payload: dict[str, Any]) -> None:
    """A confirmed booking ended, and something was promised for it."""
    await give_back(payload["booking_id"])


@periodic("payments.refunds_sweep", every=timedelta(hours=1), lane=Lane.MONEY)
async def sweep(payload: dict[str, Any]) -> None:
    await sending.sweep()
