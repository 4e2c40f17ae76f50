"""A person's money, for them to take along: what they paid and earned, and their accounts in the books.
All of it is kept: the law asks for it."""

from __future__ import annotations

from typing import Any

from server.infra.personal import Rows, erased, exported
from server.payments.ledger.models import LedgerAccount
from server.payments.models import ConnectedAccount, Payment, Payout, Receipt, Refund, Transfer

KEPT = "books are kept as long as the law asks"
KEYS = ("provider_key", "client_secret")
OF_THE_LEARNER = ("card", "charge_id", "failure", "receipt_number")

ROWS = (
    Rows(LedgerAccount, "owner_id", "ledger_accounts", stay=KEPT),
    Rows(Payment, "learner_id", "payments", secret=KEYS, stay=KEPT),
    Rows(Payment, "mentor_id", "payments_received", secret=(*KEYS, *OF_THE_LEARNER), stay=KEPT),
    Rows(Refund, "payment__learner_id", "refunds", secret=("provider_key", "actor_id"), stay=KEPT),
    Rows(Refund, "actor_id", "refunds_decided", secret=("provider_key",), stay=KEPT),
    Rows(Receipt, "payment__learner_id", "receipts", stay=KEPT),
    Rows(ConnectedAccount, "user_id", "payout_account", secret=("provider_key",), stay=KEPT),
    Rows(Payout, "mentor_id", "payouts", secret=("provider_key",), stay=KEPT),
    Rows(Transfer, "payout__mentor_id", "transfers", secret=("provider_key",), stay=KEPT),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    await erased(ROWS, user_id)
