"""The platform's part of a price, fixed on each payment when it begins."""

from __future__ import annotations

from server.payments.shares import commission

RATE = 1500  # basis points


def commission_of(amount_minor: int) -> int:
    return commission(amount_minor, RATE)
