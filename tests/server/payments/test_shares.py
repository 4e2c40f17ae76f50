"""Commission and refunds: whatever is given back in whatever parts, the parts add up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.payments.shares import Shares, commission, kept_shares, refund_shares

RATES = st.integers(0, 10_000)


@st.composite
def refunds(draw: st.DrawFn) -> tuple[int, int, list[int]]:
    """A price, its commission, and parts of the price that are given back one after the other."""
    gross = draw(st.integers(1, 10**7))
    parts: list[int] = []
    while (left := gross - sum(parts)) and len(parts) < 20 and draw(st.booleans()):
        parts.append(draw(st.integers(1, left)))
    return gross, commission(gross, draw(RATES)), parts


@pytest.mark.parametrize(
    ("gross", "rate", "expected"),
    [
        (1, 1500, 0),
        (3, 1500, 0),
        (4, 1500, 1),
        (99, 1500, 15),
        (10, 1500, 2),
        (100, 0, 0),
        (7, 10_000, 7),
    ],
)
def test_commission_is_rounded_once_and_half_up(gross: int, rate: int, expected: int) -> None:
    assert commission(gross, rate) == expected


@given(st.integers(1, 10**12), RATES)
def test_commission_is_within_half_a_unit(gross: int, rate: int) -> None:
    assert abs(commission(gross, rate) - Fraction(gross * rate, 10_000)) <= Fraction(1, 2)


@given(refunds())
def test_parts_of_a_price_add_up(case: tuple[int, int, list[int]]) -> None:
    gross, fee, parts = case
    refunded, mentor, platform = 0, 0, 0
    for part in parts:
        shares = refund_shares(gross, fee, refunded, part)
        assert shares.amount == part
        assert shares.mentor >= 0 and shares.platform >= 0
        refunded, mentor, platform = refunded + part, mentor + shares.mentor, platform + shares.platform
    kept = kept_shares(gross, fee, refunded)
    assert kept.mentor + mentor == gross - fee
    assert kept.platform + platform == fee
    assert kept.mentor >= 0 and kept.platform >= 0


@given(refunds())
def test_many_small_refunds_are_shared_like_one_large_one(case: tuple[int, int, list[int]]) -> None:
    gross, fee, parts = case
    one_by_one = Shares(0, 0)
    for at, part in enumerate(parts):
        shares = refund_shares(gross, fee, sum(parts[:at]), part)
        one_by_one = Shares(one_by_one.mentor + shares.mentor, one_by_one.platform + shares.platform)
    assert one_by_one == refund_shares(gross, fee, 0, sum(parts))


@pytest.mark.parametrize(("refunded", "more"), [(0, 101), (100, 1), (60, 41), (-1, 1), (0, -1)])
def test_nobody_gets_back_more_than_was_paid(refunded: int, more: int) -> None:
    with pytest.raises(ValueError, match="can't be given back"):
        refund_shares(100, 15, refunded, more)
