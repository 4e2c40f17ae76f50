from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rooms.quality import REPORT_S, Quality, Said, score, together


def test_a_good_connection_has_the_best_score() -> None:
    assert score(0.0, 0.020) >= 4.9


@pytest.mark.parametrize(
    ("loss", "rtt", "missing", "least", "most"),
    [
        (0.01, 0.05, 0, 4.3, 4.9),
        (0.05, 0.05, 0, 2.8, 3.8),
        (0.20, 0.05, 0, 0.8, 2.2),
        (0.0, 0.6, 0, 3.5, 4.6),
        (0.0, 1.5, 0, 0.0, 0.5),
        (0.0, 0.02, 1, 3.9, 4.1),
        (0.0, 0.02, 2, 3.0, 3.3),
        (1.0, 3.0, 0, 0.0, 0.3),
    ],
)
def test_loss_delay_and_smaller_pictures_cost(
    loss: float, rtt: float, missing: int, least: float, most: float
) -> None:
    assert least <= score(loss, rtt, missing) <= most


def test_a_picture_that_does_not_come_costs_most() -> None:
    assert score(0.0, 0.02, blank=True) < score(0.0, 0.02, 2)


@given(st.floats(0, 1), st.one_of(st.none(), st.floats(0, 100)), st.integers(0, 3), st.booleans())
def test_the_score_is_within_its_bounds(
    loss: float, rtt: float | None, missing: int, blank: bool
) -> None:
    assert 0 <= score(loss, rtt, missing, blank=blank) <= 5


@given(st.floats(0, 0.9), st.floats(0.01, 0.1), st.floats(0, 2))
def test_more_loss_is_never_better(loss: float, more: float, rtt: float) -> None:
    assert score(loss + more, rtt) <= score(loss, rtt)


def test_losses_on_the_way_add_up() -> None:
    assert together(0.1, 0.1) == 0.19
    assert together() == 0.0
    assert together(-1.0, 2.0) == 1.0


def test_only_news_is_said() -> None:
    said, good = Said(), Quality(5.0, 0.0, 20, "f")
    assert said.news("mira", good, 10.0)
    assert not said.news("mira", Quality(4.8, 0.01, 40, "f"), 20.0)
    assert said.news("mira", Quality(4.8, 0.03, 40, "f"), 20.0)
    assert said.news("mira", Quality(4.8, 0.03, 40, "h", "your_network"), 30.0)


def test_nothing_is_said_too_soon_about_one_and_nobody_waits_for_another() -> None:
    said = Said()
    assert said.news("mira", Quality(5.0, 0.0), 10.0)
    assert not said.news("mira", Quality(1.0, 0.5), 10.1)
    assert said.news("tom", Quality(5.0, 0.0), 10.1)
    assert said.news("mira", Quality(1.0, 0.5), 10.0 + REPORT_S)


def test_one_who_came_back_is_spoken_of_again() -> None:
    said = Said()
    said.news("mira", Quality(5.0, 0.0), 10.0)
    said.forget("mira")
    assert said.news("mira", Quality(5.0, 0.0), 10.5)
