"""A lesson between Firefox and Chromium, on the platform's own pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import async_playwright

from tests.e2e.browser import COLOUR, Browser
from tests.e2e.footage import LOOKS
from tests.e2e.platform import Person, Platform, Town
from tests.e2e.test_lesson_in_browsers import alike, make_lesson, participant_id
from tests.firefox import Firefox

MEDIA_BACK_WITHIN_S = 3.0

LOG_IN = """async (identifier, password) => {
  const body = JSON.stringify({identifier, password});
  const headers = {"Content-Type": "application/json"};
  return (await fetch("/api/v1/auth/login", {method: "POST", headers, body})).ok;
}"""
READY = "() => document.querySelector('[data-preview-picture]')?.videoWidth > 0"
JOIN = "() => (document.querySelector('[data-join]').click(), true)"
IN_CALL = "() => !document.querySelector('[data-view=call]').hidden"
PAINTED = f"""(id) => {{
  const seen = ({COLOUR})([id, "camera"]);
  return seen && seen[0] + seen[1] + seen[2] > 20 ? seen : null;
}}"""
FRAMES = """(id) => document.querySelector(`[data-participant="${id}"][data-source=camera] video`)
  ?.getVideoPlaybackQuality().totalVideoFrames ?? 0"""
ME = """() => [...document.querySelectorAll(".tile[data-source=camera]")]
  .find((tile) => tile.textContent.includes("(you)"))?.dataset.participant"""
SOUND = """(id) => {
  const player = document.querySelector(`audio[data-participant="${id}"][data-source="microphone"]`);
  return (player?.srcObject?.getAudioTracks()[0]?.muted === false) && player.currentTime > 1;
}"""

pytestmark = pytest.mark.browser


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A platform whose node tells all the addresses of this machine: Firefox leaves loopback out of its
    own candidates, and pairs no other address with it."""
    platform = Platform(tmp_path / "platform", PEERLEARN_MEDIA_ADVERTISED_IPS="")
    await platform.start()
    async with aiohttp.ClientSession() as http:
        yield Town(platform, http)
    await platform.stop()


@pytest.fixture
async def firefox(tmp_path: Path) -> AsyncIterator[Firefox]:
    browser = await Firefox.open(tmp_path)
    yield browser
    await browser.close()


@pytest.fixture
async def chromium(town: Town, tmp_path: Path) -> AsyncIterator[tuple[Browser, Person, str]]:
    """A mentor in Chromium, with a learner and the lesson that both are in."""
    mentor, [learner], session_id = await make_lesson(town, 1)
    async with async_playwright() as playwright:
        browser = await Browser.open(playwright, mentor, LOOKS[0], tmp_path / "chromium")
        await browser.enter(session_id)
        yield browser, learner, session_id
        await browser.close()


async def enter(firefox: Firefox, learner: Person, session_id: str) -> str:
    """Open the room's page and join; gives the participant id."""
    await firefox.goto(f"{learner.platform.base}/sessions/{session_id}/room")
    await firefox.until(READY)
    await firefox.evaluate(JOIN)
    await firefox.until(IN_CALL)
    return str(await firefox.until(ME))


async def test_firefox_and_chromium_see_and_hear_each_other_and_again_after_a_reload(
    firefox: Firefox, chromium: tuple[Browser, Person, str]
) -> None:
    ann, learner, session_id = chromium
    await firefox.goto(f"{learner.platform.base}/auth/login")
    assert await firefox.evaluate(LOG_IN, learner.email, learner.password)
    mentor = await participant_id(ann)
    joined: list[str] = []
    for _ in range(2):
        joined.append(await enter(firefox, learner, session_id))
        seen = await firefox.until(PAINTED, mentor, within=MEDIA_BACK_WITHIN_S)
        assert alike(seen, ann.look), seen
        await firefox.until(SOUND, mentor)
        before = await ann.page.evaluate(FRAMES, joined[0])
        await ann.page.wait_for_function(
            f"([id, from]) => ({FRAMES})(id) > from + 20", arg=[joined[0], before]
        )
        await ann.page.wait_for_function(SOUND, arg=joined[0])
    assert joined[0] == joined[1]
    assert firefox.complaints == []
    assert ann.complaints == []
