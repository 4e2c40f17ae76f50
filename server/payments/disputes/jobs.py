"""Disputes are followed until they are decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.infra.outbox import Lane, periodic
from server.payments.disputes.told import sweep


@periodic("payments.disputes_sweep", every=timedelta(hours=6), lane=Lane.MONEY)
async def follow(payload: dict[str, Any]) -> None:
    await sweep()
