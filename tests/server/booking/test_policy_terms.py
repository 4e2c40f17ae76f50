"""What is given back when: elapsed hours, whole minor units, and what was promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.booking.policy import Policy, policy_named, read_policy, refund, terms

START = datetime(2027, 3, 10, 18, 0, tzinfo=UTC)
STANDARD = policy_named("standard")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("before", "percent"),
    [
        (timedelta(days=9), 100),
        (timedelta(hours=24), 100),
        (timedelta(hours=24) - SECOND, 50),
        (timedelta(hours=12), 50),
        (timedelta(hours=12) - SECOND, 0),
        (timedelta(0), 0),
    ],
)
def test_standard_gives_all_a_day_before_half_half_a_day_before(before: timedelta, percent: int) -> None:
    assert refund(STANDARD, 1000, START, START - before).percent == percent


def test_it_says_until_when_this_is_so() -> None:
    assert refund(STANDARD, 1000, START, START - timedelta(hours=30)).changes_at == START - timedelta(
        days=1
    )
    assert refund(STANDARD, 1000, START, START - timedelta(hours=2)).changes_at is None


@pytest.mark.parametrize(
    ("price", "half"), [(0, 0), (1, 1), (3, 2), (99, 50), (1000, 500), (10**12 + 1, 5 * 10**11 + 1)]
)
def test_half_a_minor_unit_is_the_learners(price: int, half: int) -> None:
    assert refund(STANDARD, price, START, START - timedelta(hours=20)).refund_minor == half


def test_a_day_is_24_elapsed_hours_when_the_clocks_change() -> None:
    """In Berlin 18:00 on the day before the clocks go forward is 23 hours before 18:00."""
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2027, 3, 28, 18, 0, tzinfo=berlin).astimezone(UTC)
    day_before = datetime(2027, 3, 27, 18, 0, tzinfo=berlin).astimezone(UTC)
    assert refund(STANDARD, 1000, start, day_before).percent == 50
    assert terms(STANDARD, start)[0].until == day_before - timedelta(hours=1)


def test_snapshot_keeps_what_was_promised() -> None:
    promised = Policy("standard", ((72, 80), (1, 10)))
    kept = read_policy(promised.snapshot())
    assert kept == promised
    assert refund(kept, 1000, START, START - timedelta(hours=80)).refund_minor == 800


def test_bookings_of_old_have_the_policy_that_there_was() -> None:
    assert read_policy({"full_refund_hours": 24, "half_refund_hours": 12}) == STANDARD
    assert policy_named("unheard of") == STANDARD
