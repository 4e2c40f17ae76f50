"""A lesson between Firefox and Chromium, on the platform's own pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import async_playwright, expect

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

PRESS = "(selector) => (document.querySelector(selector).click(), true)"
SAY = """(text) => {
  document.querySelector("#chat-text").value = text;
  document.querySelector("[data-chat-form]").requestSubmit();
  return true;
}"""
WORDS = "(selector) => document.querySelector(selector)?.textContent.trim()"
READS = "([selector, words]) => document.querySelector(selector)?.textContent.includes(words)"
ASKED = "() => !document.querySelector('[data-lobby-consent]').hidden"
SCREEN = f"""(id) => {{
  const seen = ({COLOUR})([id, "screen"]);
  return seen && seen[0] + seen[1] + seen[2] > 20 ? seen : null;
}}"""
NO_SCREEN = """(id) => !document.querySelector(`[data-participant="${id}"][data-source=screen]`)"""
# What there is to share in a browser without a screen, as Chromium's flag gives it one.
A_SCREEN = """() => {
  navigator.mediaDevices.getDisplayMedia = async () => {
    const screen = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const pen = screen.getContext("2d");
    setInterval(() => {
      pen.fillStyle = "rgb(30, 60, 200)";
      pen.fillRect(0, 0, screen.width, screen.height);
    }, 100);
    return screen.captureStream(10);
  };
  return true;
}"""
BLUE = (30, 60, 200)

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


async def test_the_whole_lesson_in_firefox(town: Town, firefox: Firefox, tmp_path: Path) -> None:
    """A learner agrees to the recording, sees and hears, writes, raises a hand, shares a screen, sees
    one, and reads what is left of it."""
    mentor, learner = await town.mentor(), await town.register("learner")
    session_id = await town.lesson(mentor, capacity=1)
    await learner.call("POST", f"/sessions/{session_id}/bookings", expect=201)
    async with async_playwright() as playwright:
        ann = await Browser.open(playwright, mentor, LOOKS[0], tmp_path / "chromium")
        await ann.enter(session_id)
        await _have_a_lesson(firefox, ann, learner, session_id)
        await _read_what_is_left(firefox, ann)
        assert ann.complaints == []
        await ann.close()
    assert firefox.complaints == []


async def _have_a_lesson(firefox: Firefox, ann: Browser, learner: Person, session_id: str) -> None:
    await firefox.goto(f"{learner.platform.base}/auth/login")
    assert await firefox.evaluate(LOG_IN, learner.email, learner.password)
    mentor, me = await participant_id(ann), await _agree_and_enter(firefox, learner, session_id)
    assert alike(await firefox.until(PAINTED, mentor), ann.look)
    await firefox.until(SOUND, mentor)
    await ann.page.wait_for_function(SOUND, arg=me)
    await ann.page.locator("[data-start]").click()
    await ann.page.locator("[data-action=consent-yes]").click()
    await firefox.until("() => document.querySelector('[data-record]').dataset.state === 'recording'")

    await firefox.evaluate(PRESS, ".controls [data-action=chat]")
    await firefox.evaluate(SAY, "Which chord is it?")
    await ann.press("chat")
    await ann.page.get_by_text("Which chord is it?").wait_for()
    await ann.page.locator("#chat-text").fill("A dominant seventh.")
    await ann.page.keyboard.press("Enter")
    await firefox.until(READS, ["[data-chat-log]", "A dominant seventh."])
    await firefox.evaluate(PRESS, ".controls [data-action=hand]")
    await expect(ann.page.locator(f'.tile[data-participant="{me}"] .tile-hand')).to_be_visible()

    await firefox.evaluate(A_SCREEN)
    await firefox.evaluate(PRESS, ".controls [data-action=screen]")
    seen = await ann.colour(me, "screen")
    assert all(abs(a - b) < 70 for a, b in zip(seen, BLUE, strict=True)), seen
    await firefox.evaluate(PRESS, ".controls [data-action=screen]")
    await ann.page.wait_for_function(NO_SCREEN, arg=me)
    await ann.press("screen")
    assert await firefox.until(SCREEN, mentor)


async def _agree_and_enter(firefox: Firefox, learner: Person, session_id: str) -> str:
    await firefox.goto(f"{learner.platform.base}/sessions/{session_id}/room")
    await firefox.until(READY)
    assert await firefox.evaluate(ASKED)
    await firefox.evaluate(PRESS, "[data-consent-choice][value=yes]")
    await firefox.evaluate(JOIN)
    await firefox.until(IN_CALL)
    return str(await firefox.until(ME))


async def _read_what_is_left(firefox: Firefox, ann: Browser) -> None:
    await ann.press("more")
    await ann.page.locator("[data-end]").click()
    await ann.page.locator("[data-dialog=end] [data-action=end]").click()
    await firefox.until(READS, ["[data-over-actions]", "See the summary"])
    address = await firefox.evaluate("() => document.querySelector('[data-over-actions] a').href")
    await firefox.goto(address)
    assert await firefox.evaluate(READS, [".summary-over", "The lesson is over"])
    assert await firefox.evaluate(READS, [".attendance", "You"]) or await firefox.evaluate(
        WORDS, ".attendance"
    )
    assert await firefox.evaluate(READS, ["#feedback", "How was it?"])
