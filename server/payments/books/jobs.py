"""The books are compared every day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.booking.paying import taking_payments
from server.infra.outbox import Lane, job, periodic
from server.payments.books.reconciling import AGAIN, reconcile


@periodic("payments.reconcile", every=timedelta(days=1), lane=Lane.MONEY)
async def compare(payload: dict[str, Any]) -> None:
    if taking_payments():
        await reconcile()


@job(AGAIN, lane=Lane.MONEY)
async def compare_again(payload: dict[str, Any]) -> None:
    """Something differed some minutes ago."""
    await reconcile(last_look=True)
