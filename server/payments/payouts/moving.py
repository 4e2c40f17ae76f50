"""How a payout moves: held while it is looked at, and by the table of moves alone."""

from __future__ import annotations

from typing import Any

from server.infra.clock import now
from server.infra.transitions import record_transition
from server.payments.models import Payout, Reversal, Transfer
from server.payments.states import PAYOUT_MOVES, PayoutStatus, TransferStatus

SETTLED = (PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.REVERSED)


async def locked_payout(payout_id: int) -> Payout:
    """As it is now, and until the caller's transaction ends; with its account."""
    await Payout.filter(id=payout_id).select_for_update()
    return await Payout.get(id=payout_id).prefetch_related("account")


async def move_payout(
    payout: Payout, to: PayoutStatus, *, actor_id: int | None = None, **values: Any
) -> bool:
    """False where it has gone further than that. The row is locked by the caller."""
    old = payout.status
    if to not in PAYOUT_MOVES.get(old, frozenset()):
        return False
    payout.update_from_dict({"status": to, "settled_at": now() if to in SETTLED else None, **values})
    await payout.save(update_fields=["status", "settled_at", *values])
    await record_transition("payout", payout.id, old, to, actor_id, str(values.get("failure", "")))
    return True


def renewed(payout: Payout) -> dict[str, Any]:
    """What changes when the provider is asked once more, as for something new."""
    attempt = payout.attempt + 1
    key = f"payout:{payout.public_id}:{attempt}"
    return {"attempt": attempt, "provider_key": key, "provider_id": None, "failure": ""}


async def left_in_account(payout_id: int) -> int:
    """What of its transfers arrived in the mentor's account, and was not taken back."""
    sent = Transfer.filter(payout_id=payout_id, status=TransferStatus.SUCCEEDED)
    return sum(each.amount_minor - each.reversed_minor for each in await sent)


def open_reversals(payout_id: int) -> Any:
    """Of its transfers, those that nobody has answered."""
    return Reversal.filter(transfer__payout_id=payout_id, status=TransferStatus.CREATED)
