"""A person's accounts in the books, for them to take along. Books are kept: the law asks for them."""

from __future__ import annotations

from typing import Any

from server.infra.personal import Rows, erased, exported
from server.payments.ledger.models import LedgerAccount

ROWS = (
    Rows(LedgerAccount, "owner_id", "ledger_accounts", stay="books are kept as long as the law asks"),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    await erased(ROWS, user_id)
