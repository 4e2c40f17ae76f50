"""What the worker does about people who left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.infra.outbox import Lane, periodic
from server.pages.leaving import erase_due


@periodic("pages.erase_accounts", every=timedelta(hours=1), lane=Lane.LONG)
async def erase_accounts(payload: dict[str, Any]) -> None:
    await erase_due()
