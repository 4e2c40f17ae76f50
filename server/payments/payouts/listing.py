"""A mentor's payouts, the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.payments.models import Payout, Reversal
from server.payments.states import PayoutStatus, TransferStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRow:
    """`comes_back`: one that failed, and is being taken back."""

    id: UUID
    amount_minor: int
    currency: str
    status: str
    failure: str
    requested_at: datetime
    arrives_at: datetime | None
    settled_at: datetime | None
    comes_back: bool = False

    @property
    def waits_for_mentor(self) -> bool:
        return self.status == PayoutStatus.FAILED and not self.comes_back


async def payouts_of(mentor_id: int, offset: int, limit: int) -> tuple[list[PayoutRow], int]:
    """Three queries."""
    own = Payout.filter(mentor_id=mentor_id)
    rows = await own.order_by("-requested_at", "-id").offset(offset).limit(limit)
    back = await _coming_back([row.id for row in rows])
    return [shown(row, comes_back=row.id in back) for row in rows], await own.count()


def shown(row: Payout, *, comes_back: bool = False) -> PayoutRow:
    return PayoutRow(
        id=row.public_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        status=row.status,
        failure=row.failure,
        requested_at=row.requested_at,
        arrives_at=row.arrives_at,
        settled_at=row.settled_at,
        comes_back=comes_back,
    )


async def _coming_back(payout_ids: list[int]) -> set[int]:
    waiting = Reversal.filter(transfer__payout_id__in=payout_ids, status=TransferStatus.CREATED)
    return {row.transfer.payout_id for row in await waiting.prefetch_related("transfer")}
