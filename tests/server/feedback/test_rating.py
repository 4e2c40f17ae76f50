"""What stars come to: pure."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from server.feedback.rating import PRIOR, WEIGHT, bayesian_mean, of_stars

STARS = st.lists(st.integers(1, 5), min_size=1, max_size=200)


def mean_of(stars: list[int]) -> float:
    found, count = of_stars(Counter(stars))
    assert count == len(stars)
    assert found is not None
    return found


def test_nobody_said_anything() -> None:
    assert of_stars({}) == (None, 0)
    assert bayesian_mean(0, 0) is None


@given(STARS)
def test_it_lies_between_the_prior_and_the_mean(stars: list[int]) -> None:
    mean = sum(stars) / len(stars)
    assert min(PRIOR, mean) - 1e-9 <= mean_of(stars) <= max(PRIOR, mean) + 1e-9


@given(STARS, st.integers(0, 10**6))
def test_one_star_more_never_lowers_it(stars: list[int], which: int) -> None:
    at = which % len(stars)
    better = [*stars]
    better[at] = min(5, better[at] + 1)
    assert mean_of(better) >= mean_of(stars)


@given(STARS)
def test_a_better_review_than_all_raises_it_and_a_worse_one_lowers_it(stars: list[int]) -> None:
    assert mean_of([*stars, 5]) >= mean_of(stars) >= mean_of([*stars, 1])


@given(st.integers(5, 5), st.integers(1, WEIGHT), st.integers(1, 40))
def test_a_few_with_the_same_mean_do_not_beat_many(stars: int, few: int, more: int) -> None:
    assert mean_of([stars] * few) < mean_of([stars] * (few + more))


@given(st.integers(1, WEIGHT))
def test_a_few_who_give_everything_do_not_beat_many_who_give_nearly_everything(few: int) -> None:
    many = [5] * 40 + [4] * 10  # 4.8
    assert mean_of([5] * few) < mean_of(many)


@given(STARS)
def test_with_many_it_is_nearly_what_was_said(stars: list[int]) -> None:
    many = stars * 50
    distance = abs(mean_of(many) - sum(many) / len(many))
    assert distance <= 4 * WEIGHT / (WEIGHT + len(many))
