"""A media node is killed in the middle of a lesson."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.mortal_nodes import lesson_on_two_nodes, lines

BACK_S = 10.0
WRITTEN = 60_000  # bytes: a few seconds of two voices and two pictures of one colour
GAP_MS = 12_000  # until media are back, and what the killed node had not written yet

pytestmark = [pytest.mark.media, pytest.mark.alone]


async def test_lesson_goes_on_at_the_other_node_with_one_time_line(tmp_path: Path) -> None:
    async with lesson_on_two_nodes(tmp_path) as lesson:
        await lesson.is_written(WRITTEN)
        assert await lesson.kill_node() < BACK_S
        await lesson.is_written(WRITTEN)
        stored = lines(await lesson.end())
    assert {source for _, source in stored} == {"camera", "microphone"}
    assert len(stored) == 4
    for line in stored.values():
        (_, before_end), (after_start, _) = line
        assert before_end <= after_start < before_end + GAP_MS
