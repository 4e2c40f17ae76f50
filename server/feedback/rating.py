"""What the stars of a mentor or of an offering come to. Pure; the one place that says so.

The mean of a few says little: one person's five stars would stand above a hundred lessons of 4.8. So each
rating begins as if `WEIGHT` people had given `PRIOR`, which is what most lessons come to, and each review
pulls it towards what was really said."""

from __future__ import annotations

from collections.abc import Mapping

STARS = (5, 4, 3, 2, 1)
PRIOR = 4  # stars: people are kind, and a lesson that was all right gets four
WEIGHT = 5  # reviews: with as many of one's own, the half is one's own


def bayesian_mean(total: int, count: int) -> float | None:
    """Of `count` reviews with `total` stars; None where there are none."""
    return (PRIOR * WEIGHT + total) / (WEIGHT + count) if count else None


def of_stars(given: Mapping[int, int]) -> tuple[float | None, int]:
    """The rating and how many reviews it rests on; `given` says how often each number of stars was."""
    count = sum(given.values())
    return bayesian_mean(sum(stars * times for stars, times in given.items()), count), count
