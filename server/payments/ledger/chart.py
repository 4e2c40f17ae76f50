"""The chart of accounts: which there are, whose they are, and which side makes them grow. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """The side on which an account grows: what we have and what we spend on the debit side, what we owe
    and what we earn on the credit side."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the chart. A `personal` one is kept for each person."""

    name: str
    side: Side
    title: str
    personal: bool = False


STRIPE_CLEARING = Account("stripe_clearing", Side.DEBIT, "With the payment provider")
STRIPE_FEES = Account("stripe_fees", Side.DEBIT, "Fees of the payment provider")
DISPUTE_HOLD = Account("dispute_hold", Side.DEBIT, "Taken back by banks, undecided")
PLATFORM_LOSS = Account("platform_loss", Side.DEBIT, "Losses of the platform")
PLATFORM_GOODWILL = Account("platform_goodwill", Side.DEBIT, "Goodwill of the platform")
PLATFORM_BANK = Account("platform_bank", Side.DEBIT, "Paid out to the platform’s own bank")
PLATFORM_PROMO = Account("platform_promo", Side.DEBIT, "Promotions of the platform")

ESCROW = Account("escrow", Side.CREDIT, "Paid for lessons that are not settled yet")
REFUND_IN_FLIGHT = Account("refund_in_flight", Side.CREDIT, "Refunds on their way")
PLATFORM_REVENUE = Account("platform_revenue", Side.CREDIT, "Commission of the platform")
MENTOR_AVAILABLE = Account("mentor_available", Side.CREDIT, "Owed to mentors", personal=True)
LEARNER_CREDIT = Account("learner_credit", Side.CREDIT, "Owed to learners", personal=True)

CHART: dict[str, Account] = {
    account.name: account
    for account in (
        STRIPE_CLEARING,
        STRIPE_FEES,
        DISPUTE_HOLD,
        PLATFORM_LOSS,
        PLATFORM_GOODWILL,
        PLATFORM_PROMO,
        PLATFORM_BANK,
        ESCROW,
        REFUND_IN_FLIGHT,
        PLATFORM_REVENUE,
        MENTOR_AVAILABLE,
        LEARNER_CREDIT,
    )
}
