from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from server.recordings.composing.mixing import KNEE, Sound, levels, mix, silence, stereo, stretch
from server.recordings.composing.placing import APART, Placement
from server.recordings.composing.speaking import SILENT_DB

LOUDNESS = st.floats(-1, 1, width=32)
BLOCKS = st.lists(arrays.arrays(np.float32, (2, 48), elements=LOUDNESS), max_size=6)


@given(BLOCKS)
def test_however_many_speak_nothing_is_cut_off(blocks: list[Sound]) -> None:
    mixed = mix(blocks, 48)
    assert mixed.shape == (2, 48) and mixed.dtype == np.float32
    assert np.abs(mixed).max() <= 1.0


@given(BLOCKS)
def test_what_is_not_too_loud_is_the_plain_sum(blocks: list[Sound]) -> None:
    total = sum(blocks, silence(48))
    quiet = np.abs(total) <= KNEE
    assert np.allclose(mix(blocks, 48)[quiet], total[quiet])


def test_what_was_read_is_not_changed_by_mixing() -> None:
    block = np.full((2, 48), 0.25, np.float32)
    mix([block, block], 48)
    assert (block == 0.25).all()


def test_one_channel_goes_to_both_sides() -> None:
    one = np.arange(4, dtype=np.float32).reshape(1, 4)
    assert (stereo(one) == np.stack([one[0], one[0]])).all()
    assert stereo(np.zeros((6, 4), np.float32)).shape == (2, 4)


@pytest.mark.parametrize("samples", [958, 960, 962])
def test_stretched_sound_is_the_same_sound(samples: int) -> None:
    at = np.arange(960)
    tone = np.repeat(np.sin(at * 2 * np.pi * 1000 / 48000)[None], 2, axis=0).astype(np.float32)
    found = stretch(tone, samples)
    assert found.shape == (2, samples)
    ideal = np.sin(np.linspace(0, 959, samples) * 2 * np.pi * 1000 / 48000)
    assert np.abs(found[0] - ideal).max() < 0.01


def test_levels_are_those_of_full_scale() -> None:
    block = np.concatenate([np.full((2, 1920), 0.1), np.zeros((2, 1920))], axis=1).astype(np.float32)
    loud, silent = levels(block, 1920)
    assert loud == pytest.approx(-20, abs=0.1) and silent == pytest.approx(SILENT_DB)


PACKETS = st.lists(
    st.tuples(st.integers(-3000, 5000), st.sampled_from((480, 960, 2880))), min_size=1, max_size=80
)


@given(PACKETS)
def test_placed_sound_never_overlaps_and_is_never_far_from_its_place(
    packets: list[tuple[int, int]],
) -> None:
    placement, end, ideal = Placement(), 0, 0
    for jump, count in packets:
        ideal = max(0, ideal + jump)
        at, skip, length = placement.place(ideal, count)
        assert at >= end and 0 <= skip <= count and length >= 0
        if length and not skip:
            assert abs(at - ideal) <= APART
        end = at + length
        assert placement.cursor == end
        ideal += count


@pytest.mark.parametrize("ppm", [-900, -100, 0, 100, 900])
def test_a_drifting_clock_is_followed_without_holes(ppm: int) -> None:
    placement = Placement()
    far = holes = 0
    end: int | None = None
    for number in range(50 * 600):  # ten minutes of packets
        ms = int(number * 20 * (1 + ppm / 1e6))  # as the file has it: in milliseconds
        at, skip, length = placement.place(ms * 48, 960)
        holes += end is not None and (at != end or skip > 0)
        far = max(far, abs(at - ms * 48))
        end = at + length
    assert holes == 0
    assert far <= 48 * 6  # milliseconds


def test_a_gap_stays_silent_and_a_second_copy_is_left_out() -> None:
    placement = Placement()
    assert placement.place(0, 960) == (0, 0, 960)
    assert placement.place(9600, 960) == (9600, 0, 960)
    assert placement.place(9600, 960).length == 0
    assert placement.place(9600, 1920) == (10560, 960, 960)
