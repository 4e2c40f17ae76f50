"""How an amount is divided between mentor and platform, so that the parts always add up. Pure.

The commission is rounded once, on the whole price, half up. What is given back in parts is divided by
cumulative shares: after any row of refunds, the platform has given back what it would have of their sum.
All amounts are in minor units.
"""

from __future__ import annotations

from dataclasses import dataclass

WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class Shares:
    """An amount divided: `mentor` + `platform` is the amount."""

    mentor: int
    platform: int

    @property
    def amount(self) -> int:
        return self.mentor + self.platform


def commission(gross: int, rate: int) -> int:
    """The platform's part of a price, at `rate` basis points."""
    return _half_up(gross * rate, WHOLE)


def refund_shares(gross: int, fee: int, refunded: int, more: int) -> Shares:
    """Who gives back what of `more`, when `refunded` of `gross` was given back before and `fee` is the
    commission on all of it.

    Raises ValueError where more would be given back than was paid."""
    if gross <= 0 or not 0 <= fee <= gross or refunded < 0 or more < 0 or refunded + more > gross:
        raise ValueError(f"{more} more than {refunded} of {gross} can't be given back")
    platform = _given_back(gross, fee, refunded + more) - _given_back(gross, fee, refunded)
    return Shares(more - platform, platform)


def kept_shares(gross: int, fee: int, refunded: int) -> Shares:
    """Who gets what of what was not given back."""
    given = refund_shares(gross, fee, 0, refunded)
    return Shares(gross - fee - given.mentor, fee - given.platform)


def _given_back(gross: int, fee: int, refunded: int) -> int:
    return _half_up(fee * refunded, gross)


def _half_up(numerator: int, denominator: int) -> int:
    """The quotient of two numbers that are not negative, rounded; a half is rounded up."""
    return (2 * numerator + denominator) // (2 * denominator)
