"""A film by the composer in Firefox: it plays, jumps, and what was watched is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.recordings.composing.running import Progress, compose
from tests.chromium import PATIENCE_MS
from tests.firefox import Firefox
from tests.server.recordings.composing.long_lesson import write_lesson
from tests.web.film_house import LENGTH_MS, SECONDS, FilmHouse, film_house

pytestmark = pytest.mark.browser

WITHIN_S = PATIENCE_MS / 1000
READY = "() => document.querySelector('[data-stage]')?.readyState >= 2"
LENGTH = "() => document.querySelector('[data-stage]').duration"
PRESS = "(selector) => (document.querySelector(selector).click(), true)"
PAST = "(at) => document.querySelector('[data-stage]').currentTime > at"
PICTURES = "() => document.querySelector('[data-stage]').getVideoPlaybackQuality().totalVideoFrames > 5"
CURRENT = "() => document.querySelector('.chapters [aria-current]').textContent.trim()"


@pytest.fixture
async def composed(tmp_path: Path) -> AsyncIterator[FilmHouse]:
    """A house with a film as lessons have it, small."""
    small = (320, 180)
    job = write_lesson(tmp_path, LENGTH_MS, camera=(160, 90), screen=small, size=small)
    job = job.model_copy(update={"output": tmp_path / "film", "fps": 10})

    async def told(progress: Progress) -> None:
        pass

    made = await compose(job, told)
    async with film_house() as house:
        house.files["film"] = made.film.read_bytes()
        house.media_type = made.media_type
        yield house


async def test_a_composed_film_plays_and_jumps_in_firefox(composed: FilmHouse, tmp_path: Path) -> None:
    firefox = await Firefox.open(tmp_path)
    try:
        await firefox.goto(composed.url)
        await firefox.until(READY, within=WITHIN_S)
        assert abs(await firefox.evaluate(LENGTH) - SECONDS) < 0.2
        await firefox.evaluate(PRESS, "[data-continue]")
        await firefox.until(PAST, 1, within=WITHIN_S)
        await firefox.until(PICTURES, within=WITHIN_S)
        await firefox.evaluate(PRESS, ".chapters li:nth-child(4) a")
        await firefox.until(PAST, 20.5, within=WITHIN_S)
        assert "The end in sight" in await firefox.evaluate(CURRENT)
        await firefox.evaluate(PRESS, "[data-do=play]")
        async with asyncio.timeout(WITHIN_S):
            await composed.heard.wait()
        assert composed.reports[-1]["position_ms"] > 20_000
        assert composed.reports[-1]["watched_ms"] < 10_000
        assert [one for one in firefox.complaints if "/ws/" not in one] == []  # no such sockets here
    finally:
        await firefox.close()
