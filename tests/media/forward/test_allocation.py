from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.forward.allocation import HOLD_S, LOOK_S, Allocation, Demand, need

RATES = (150e3, 500e3, 1700e3)
SCREEN, SPEAKER, MENTOR, OTHER = range(4)


def demand(key: str, rank: int = OTHER, rates: tuple[float | None, ...] = RATES, most: int = 2) -> Demand:
    return Demand(key, rank, rates, most)


class Viewer:
    """An allocation and the clock, moved by hand."""

    def __init__(self, *demands: Demand, audio: float = 40e3) -> None:
        self.demands = list(demands)
        self.audio = audio
        self.now = 100.0
        self.allocation = Allocation()

    def wanted(
        self, estimate: float, after: float = 0.02, *, limited: bool = True
    ) -> dict[object, object]:
        self.now += after
        wanted = self.allocation.update(self.demands, self.audio, estimate, self.now, limited=limited)
        return dict(wanted)


def test_the_best_layer_that_fits_beside_audio() -> None:
    for estimate, layer in ((100e3, None), (220e3, 0), (600e3, 1), (1.8e6, 1), (2e6, 2)):
        assert Viewer(demand("a")).wanted(estimate) == {"a": layer}


def test_every_track_has_its_lowest_layer_before_one_has_more() -> None:
    viewer = Viewer(demand("screen", SCREEN), demand("a"), demand("b"))
    assert viewer.wanted(600e3) == {"screen": 0, "a": 0, "b": 0}


def test_screen_speaker_mentor_and_others_are_served_in_this_order() -> None:
    tracks = [demand("o"), demand("m", MENTOR), demand("s", SPEAKER), demand("screen", SCREEN)]
    keys = ["screen", "s", "m", "o"]
    low = dict.fromkeys(keys, 0)
    for served, estimate in enumerate((2.7e6, 4.3e6, 5.9e6)):
        layers = Viewer(*tracks).wanted(estimate)
        assert {key: layers[key] for key in keys[: served + 1]} == dict.fromkeys(keys[: served + 1], 2)
        assert low | layers == layers | {key: layers[key] for key in keys}


def test_where_not_all_fit_the_first_in_order_do() -> None:
    viewer = Viewer(demand("o"), demand("m", MENTOR), demand("screen", SCREEN))
    assert viewer.wanted(220e3) == {"screen": 0, "m": None, "o": None}


def test_equals_rise_together() -> None:
    assert Viewer(demand("a"), demand("b")).wanted(1.3e6) == {"a": 1, "b": 1}


def test_a_layer_too_large_for_its_place_is_not_sent() -> None:
    viewer = Viewer(demand("a", most=0), demand("b", most=1))
    assert viewer.wanted(10e6) == {"a": 0, "b": 1}


def test_a_dead_layer_is_left_out() -> None:
    assert Viewer(demand("a", rates=(150e3, None, 1700e3))).wanted(1e6) == {"a": 0}
    assert Viewer(demand("a", rates=(150e3, 500e3, None))).wanted(9e6) == {"a": 1}
    assert Viewer(demand("a", rates=(None, None, 600e3), most=0)).wanted(9e6) == {"a": 2}
    assert Viewer(demand("a", rates=(None, None, None))).wanted(9e6) == {"a": 0}


def test_before_anything_was_refused_every_track_is_tried() -> None:
    viewer = Viewer(demand("a", rates=(1700e3,)), demand("b"))
    assert viewer.wanted(800e3, limited=False) == {"a": 0, "b": 0}
    assert viewer.wanted(500e3) == {"a": None, "b": 0}


# --- hysteresis


def test_a_small_change_waits_for_the_next_look() -> None:
    viewer = Viewer(demand("a"))
    assert viewer.wanted(500e3) == {"a": 0}
    assert viewer.wanted(570e3) == {"a": 0}
    assert viewer.wanted(600e3) == {"a": 1}
    assert viewer.wanted(530e3) == {"a": 1}
    assert viewer.wanted(530e3, after=LOOK_S) == {"a": 0}


def test_a_layer_is_kept_with_less_to_spare_than_it_is_given() -> None:
    for before, layer in ((400e3, 0), (900e3, 1)):
        viewer = Viewer(demand("a"))
        viewer.wanted(before)
        assert viewer.wanted(560e3) == {"a": layer}


def test_the_lowest_layer_is_not_lost_for_a_little() -> None:
    viewer = Viewer(demand("screen", SCREEN, (400e3, 1500e3)))
    viewer.wanted(2e6)
    assert viewer.wanted(390e3) == {"screen": 0}
    assert viewer.wanted(330e3) == {"screen": None}


def test_no_layer_goes_up_for_a_while_after_it_went_down() -> None:
    viewer = Viewer(demand("a"))
    viewer.wanted(3e6)
    assert viewer.wanted(400e3) == {"a": 0}
    assert viewer.wanted(3e6) == {"a": 0}
    assert viewer.wanted(3e6, after=HOLD_S - 0.1) == {"a": 0}
    assert viewer.wanted(3e6, after=0.1) == {"a": 2}


def test_the_hold_counts_from_the_fall_and_not_from_the_end_of_the_cap() -> None:
    viewer = Viewer(demand("a"))
    viewer.wanted(3e6)
    viewer.wanted(400e3)
    for _ in range(10):
        viewer.wanted(400e3, after=2)
    assert viewer.wanted(3e6) == {"a": 2}


def test_another_layer_going_down_further_holds_anew() -> None:
    viewer = Viewer(demand("a"))
    viewer.wanted(3e6)
    viewer.wanted(700e3)
    assert viewer.wanted(300e3, after=8) == {"a": 0}
    assert viewer.wanted(3e6, after=8) == {"a": 0}


def test_audio_alone_until_there_is_room_for_a_picture() -> None:
    viewer = Viewer(demand("a"), demand("b"))
    viewer.wanted(3e6)
    assert viewer.wanted(120e3) == {"a": None, "b": None}
    assert viewer.wanted(200e3, after=HOLD_S) == {"a": None, "b": None}
    assert viewer.wanted(240e3, after=1) == {"a": 0, "b": None}


def test_a_change_of_what_is_shown_counts_at_once_and_holds_nothing() -> None:
    viewer = Viewer(demand("a", SPEAKER), demand("b"))
    assert viewer.wanted(2.1e6) == {"a": 2, "b": 0}
    viewer.demands = [demand("a"), demand("b", SPEAKER)]
    assert viewer.wanted(2.1e6) == {"a": 0, "b": 2}
    viewer.demands = [demand("a", SPEAKER), demand("b")]
    assert viewer.wanted(2.1e6) == {"a": 2, "b": 0}


# --- what there should be room for


@pytest.mark.parametrize(
    ("wanted", "bitrate"),
    [
        ({"a": None, "b": None}, 190e3),
        ({"a": 0, "b": None}, 340e3),
        ({"a": 0, "b": 0}, 40e3 + 150e3 + 1700e3),
        ({"a": 2, "b": 0}, 40e3 + 2 * 1700e3),
        ({"a": 2, "b": 2}, 40e3 + 2 * 1700e3),
    ],
)
def test_need_is_the_next_step_of_the_first(wanted: dict[object, int | None], bitrate: float) -> None:
    assert need([demand("b"), demand("a", SPEAKER)], 40e3, wanted) == pytest.approx(bitrate)


# --- whatever comes

demands = st.lists(
    st.builds(
        Demand,
        st.integers(0, 5),
        st.integers(0, 3),
        st.lists(st.one_of(st.none(), st.floats(0, 5e6)), min_size=1, max_size=3).map(tuple),
        st.integers(0, 2),
    ),
    max_size=6,
    unique_by=lambda one: one.key,
)


@given(st.lists(st.tuples(demands, st.floats(0, 2e7), st.floats(0, 12)), max_size=12))
def test_never_more_is_given_than_there_is(turns: list[tuple[list[Demand], float, float]]) -> None:
    allocation, now = Allocation(), 0.0
    for tracks, estimate, elapsed in turns:
        now += elapsed
        looked = dict(allocation.update(tracks, 40e3, estimate, now, limited=True))
        assert looked.keys() >= {track.key for track in tracks}
        fresh = Allocation().update(tracks, 40e3, estimate, now, limited=True)
        given_out = sum(track.cost(fresh[track.key]) for track in tracks)
        assert given_out <= max(0.0, estimate - 40e3) + 1
        assert need(tracks, 40e3, looked) >= 40e3
