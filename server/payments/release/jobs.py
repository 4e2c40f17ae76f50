"""What is earned is released by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.infra.outbox import periodic
from server.payments.release.releasing import release_due


@periodic("payments.release", every=timedelta(minutes=15))
async def release(payload: dict[str, Any]) -> None:
    await release_due()
