"""What the books say of a period: what came in and went out, and what is owed at its end. Pure.

All of it follows from what moved between two accounts of the chart, in minor units of one currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.payments.ledger.chart import (
    DISPUTE_HOLD,
    ESCROW,
    LEARNER_CREDIT,
    MENTOR_AVAILABLE,
    PLATFORM_GOODWILL,
    PLATFORM_LOSS,
    PLATFORM_PROMO,
    PLATFORM_REVENUE,
    REFUND_IN_FLIGHT,
    STRIPE_CLEARING,
    STRIPE_FEES,
    Account,
)

Moved = Mapping[tuple[str, str], int]  # names of the debited and of the credited account -> amount
PAID_FROM = (STRIPE_CLEARING, LEARNER_CREDIT, PLATFORM_PROMO)
EARNED_BY = (ESCROW, MENTOR_AVAILABLE, PLATFORM_REVENUE)
TAKEN_FROM = (ESCROW, MENTOR_AVAILABLE, PLATFORM_LOSS)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a period. `gross` is what was paid for lessons (GMV); `refunds` what of it was sent back;
    `commission` what we kept for us; `paid_out` went to mentors; `chargebacks` are lost for good."""

    gross: int
    refunds: int
    commission: int
    fees: int
    goodwill: int
    promotions: int
    losses: int
    paid_out: int
    chargebacks: int

    @property
    def net(self) -> int:
        """What is left of the commission: the revenue of the platform."""
        return self.commission - self.fees - self.goodwill - self.promotions - self.losses


@dataclass(frozen=True, slots=True)
class Standing:
    """At an instant: what we hold, and whose it is."""

    escrow: int
    mentors: int
    learners: int
    refunds_on_way: int
    with_provider: int
    disputed: int

    @property
    def liability(self) -> int:
        """All that is not ours."""
        return self.escrow + self.mentors + self.learners + self.refunds_on_way


def figures(moved: Moved) -> Figures:
    return Figures(
        gross=_between(moved, PAID_FROM, (ESCROW,)),
        refunds=_net(moved, EARNED_BY, (REFUND_IN_FLIGHT,)),
        commission=credit(moved, PLATFORM_REVENUE),
        fees=-credit(moved, STRIPE_FEES),
        goodwill=-credit(moved, PLATFORM_GOODWILL),
        promotions=-credit(moved, PLATFORM_PROMO),
        losses=-credit(moved, PLATFORM_LOSS),
        paid_out=_net(moved, (MENTOR_AVAILABLE,), (STRIPE_CLEARING,)),
        chargebacks=_net(moved, TAKEN_FROM, (DISPUTE_HOLD,)),
    )


def standing(moved: Moved) -> Standing:
    """`moved` is all that ever moved until then."""
    return Standing(
        escrow=credit(moved, ESCROW),
        mentors=credit(moved, MENTOR_AVAILABLE),
        learners=credit(moved, LEARNER_CREDIT),
        refunds_on_way=credit(moved, REFUND_IN_FLIGHT),
        with_provider=-credit(moved, STRIPE_CLEARING),
        disputed=-credit(moved, DISPUTE_HOLD),
    )


def credit(moved: Moved, account: Account) -> int:
    """What was credited to an account, less what was debited."""
    name = account.name
    return sum(
        minor * ((to == name) - (of == name)) for (of, to), minor in moved.items() if name in (of, to)
    )


def together(parts: Iterable[Moved]) -> Moved:
    found: dict[tuple[str, str], int] = {}
    for part in parts:
        for pair, minor in part.items():
            found[pair] = found.get(pair, 0) + minor
    return found


def undone(moved: Moved) -> Moved:
    """As if it had not moved, where it is put together with the rest."""
    return {pair: -minor for pair, minor in moved.items()}


def change(now: int, before: int) -> int | None:
    """By how many per cent it rose; None where there was nothing to compare with."""
    return round(100 * (now - before) / abs(before)) if before else None


def _between(moved: Moved, debits: Iterable[Account], credits: Iterable[Account]) -> int:
    ends = [account.name for account in credits]
    return sum(moved.get((of.name, to), 0) for of in debits for to in ends)


def _net(moved: Moved, debits: tuple[Account, ...], credits: tuple[Account, ...]) -> int:
    """What went there, less what came back."""
    return _between(moved, debits, credits) - _between(moved, credits, debits)
