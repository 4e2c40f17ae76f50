"""Payouts go on their way by themselves, and what nobody told of them is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.infra.outbox import Lane, job, periodic
from server.payments.payouts import following, reversing, sending
from server.payments.payouts.accounts import refresh_waiting
from server.payments.payouts.requesting import SEND


@job(SEND, lane=Lane.MONEY)
async def send(payload: dict[str, Any]) -> None:
    """A mentor asked for a payout, or for another try."""
    await sending.send(payload["payout_id"])


@job(reversing.REVERSE, lane=Lane.MONEY)
async def reverse(payload: dict[str, Any]) -> None:
    """A part of a transfer is to come back."""
    await reversing.settle(payload["reversal_id"])


@periodic("payments.payouts_sweep", every=timedelta(hours=1), lane=Lane.MONEY)
async def sweep(payload: dict[str, Any]) -> None:
    await refresh_waiting()
    await following.sweep()
    await reversing.sweep()
