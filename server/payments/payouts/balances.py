"""What a mentor has earned, and where it is: waiting in escrow, available, on its way, or paid out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.infra import db
from server.payments.models import Payment
from server.payments.payouts.owed import Owed, available, disputed_payments, owed_to, payable
from server.payments.shares import kept_shares
from server.payments.states import PAID, PayoutStatus

SENT = """SELECT p.currency, p.status, CAST(SUM(t.amount_minor - t.reversed_minor) AS BIGINT) AS amount
    FROM transfer t JOIN payout p ON p.id = t.payout_id
    WHERE p.mentor_id = ? AND t.status <> 'failed' GROUP BY p.currency, p.status"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """In one currency, in minor units: the mentor's share of what is paid and not settled yet; what the
    books say is owed (less than nothing after a late refund), and how much of it may be asked for now;
    what left for the bank, also where the bank refused it; and what arrived."""

    currency: str
    pending: int = 0
    available: int = 0
    payable: int = 0
    in_transit: int = 0
    paid: int = 0

    @property
    def held(self) -> int:
        """Available, but not to be asked for before a dispute is decided."""
        return max(0, self.available - self.payable)


async def balances(mentor_id: int) -> list[Balance]:
    """One for each currency in which anything was ever paid: four queries."""
    owed, disputed = await owed_to(mentor_id), await disputed_payments(mentor_id)
    pending = _pending(await _unreleased(mentor_id))
    sent = {(row["currency"], row["status"]): row["amount"] for row in await db.fetch(SENT, (mentor_id,))}
    currencies = sorted({*owed, *pending})
    return [
        _balance(each, owed.get(each, []), disputed, pending.get(each, 0), sent) for each in currencies
    ]


def _balance(
    currency: str, owed: list[Owed], disputed: set[int], pending: int, sent: dict[tuple[str, str], int]
) -> Balance:
    whole = sum(int(amount) for (where, _), amount in sent.items() if where == currency)
    paid = int(sent.get((currency, PayoutStatus.PAID), 0))
    return Balance(
        currency=currency,
        pending=pending,
        available=available(owed),
        payable=payable(owed, disputed),
        in_transit=whole - paid,
        paid=paid,
    )


async def _unreleased(mentor_id: int) -> list[Payment]:
    return await Payment.filter(mentor_id=mentor_id, status__in=PAID, released_at__isnull=True)


def _pending(payments: Iterable[Payment]) -> dict[str, int]:
    found: dict[str, int] = {}
    for payment in payments:
        found[payment.currency] = found.get(payment.currency, 0) + share_kept(payment)
    return found


def share_kept(payment: Payment) -> int:
    """The mentor's part of what was neither given back nor lost."""
    gone = payment.refunded_minor + payment.lost_minor
    return kept_shares(payment.amount_minor, payment.commission_minor, gone).mentor
