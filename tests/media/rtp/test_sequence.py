from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.rtp.sequence import Unwrapper, sequence_step, timestamp_step


def test_steps_cross_the_wrap_both_ways() -> None:
    assert sequence_step(65535, 0) == 1
    assert sequence_step(0, 65535) == -1
    assert timestamp_step(0xFFFFFFFF, 2999) == 3000
    assert timestamp_step(2999, 0xFFFFFFFF) == -3000


@given(st.integers(0, 0xFFFF), st.integers(-0x8000, 0x7FFF))
def test_a_step_undoes_an_addition(start: int, step: int) -> None:
    assert sequence_step(start, (start + step) & 0xFFFF) == step


def test_unwrapped_numbers_grow_over_wraps_and_late_ones_keep_their_place() -> None:
    unwrapper = Unwrapper(16)
    assert [unwrapper.unwrap(n) for n in (65534, 65535, 1, 0, 2)] == [65534, 65535, 65537, 65536, 65538]


def test_a_number_older_than_the_first_is_negative() -> None:
    unwrapper = Unwrapper(32)
    assert [unwrapper.unwrap(0), unwrapper.unwrap(0xFFFFFFFF)] == [0, -1]


@given(st.integers(0, 0xFFFF), st.lists(st.integers(-1000, 3000), max_size=60))
def test_unwrapping_follows_any_walk_of_small_steps(start: int, steps: list[int]) -> None:
    unwrapper = Unwrapper(16)
    unwrapper.unwrap(start)
    newest = start
    for step in steps:
        assert unwrapper.unwrap((newest + step) & 0xFFFF) == newest + step
        newest = max(newest, newest + step)
