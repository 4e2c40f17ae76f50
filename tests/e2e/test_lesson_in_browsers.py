"""The whole lesson in real browsers: people see, hear, write, share, come back, and get the file."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Playwright, async_playwright

from tests.e2e.browser import Browser
from tests.e2e.footage import LOOKS, Look
from tests.e2e.platform import Person, Town
from tests.e2e.test_plain_clients import colour_in, ready_recording

FIRST_FRAME_WITHIN_S = 3.0
AV_TOLERANCE_S = 1.0

pytestmark = pytest.mark.browser


@pytest.fixture
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


def alike(seen: tuple[int, ...], look: Look) -> bool:
    return all(abs(a - b) < 70 for a, b in zip(seen, look.rgb, strict=True))


async def people_in(browser: Browser) -> dict[str, str]:
    """Display name or username of each tile's person, mapped to the participant id."""
    room = await browser.page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('.tile[data-source=camera]')]"
        ".map((tile) => [tile.querySelector('.tile-name').textContent, tile.dataset.participant]))"
    )
    return dict(room)


async def participant_id(browser: Browser) -> str:
    """One's own participant id: the tile that says so."""
    await browser.page.locator(".tile-name", has_text="(you)").wait_for()
    for name, id in (await people_in(browser)).items():
        if "(you)" in name:
            return id
    raise AssertionError("no tile of one's own")


async def sees(browser: Browser, other: Browser, id: str, source: str = "camera") -> None:
    seen = await browser.colour(id, source)
    assert alike(seen, other.look), (browser.look.name, "sees", seen, "for", other.look.name)


async def hears(browser: Browser, other: Browser, id: str) -> None:
    heard = await browser.tone(id)
    assert abs(heard - other.look.tone) < 40, (browser.look.name, "hears", heard, "for", other.look.name)


async def seconds_to_first_frame(browser: Browser, id: str) -> float:
    began = time.monotonic()
    await browser.page.wait_for_function(
        '(id) => (document.querySelector(`[data-participant="${id}"][data-source=camera] video`)'
        "?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 0",
        arg=id,
        polling=20,
    )
    return time.monotonic() - began


async def make_lesson(town: Town, learners: int) -> tuple[Person, list[Person], str]:
    mentor = await town.mentor()
    others = [await town.register("learner") for _ in range(learners)]
    session_id = await town.lesson(mentor)
    for learner in others:
        await learner.call("POST", f"/sessions/{session_id}/bookings", expect=201)
    return mentor, others, session_id


async def test_three_people_have_a_lesson(town: Town, playwright: Playwright, tmp_path: Path) -> None:
    mentor, learners, session_id = await make_lesson(town, 2)
    browsers = []
    for person, look in zip([mentor, *learners], LOOKS, strict=True):
        browsers.append(await Browser.open(playwright, person, look, tmp_path / look.name))
    ann, bob, cat = browsers
    await ann.enter(session_id)
    ids = {ann: await participant_id(ann)}
    for late in (bob, cat):
        await late.enter(session_id)
        assert await seconds_to_first_frame(late, ids[ann]) <= FIRST_FRAME_WITHIN_S
        ids[late] = await participant_id(late)
    for browser in browsers:
        for other in browsers:
            if other is not browser:
                await sees(browser, other, ids[other])
                await hears(browser, other, ids[other])

    await ann.press("chat")
    await ann.page.locator("#chat-text").fill("Is the graph readable?")
    await ann.page.keyboard.press("Enter")
    await bob.page.locator(".controls [data-action=chat]").click()
    await bob.page.get_by_text("Is the graph readable?").wait_for()

    await ann.press("screen")
    screen = await cat.colour(ids[ann], "screen")
    assert screen is not None
    await sees(cat, ann, ids[ann])
    await ann.press("screen")
    await cat.page.locator(f'[data-participant="{ids[ann]}"][data-source=screen]').wait_for(
        state="detached"
    )

    await bob.enter(session_id)
    assert await participant_id(bob) == ids[bob]
    await sees(bob, ann, ids[ann])
    await sees(ann, bob, ids[bob])
    await bob.page.locator(".controls [data-action=chat]").click()
    await bob.page.get_by_text("Is the graph readable?").wait_for()

    for browser in browsers:
        assert browser.complaints == []
        await browser.close()


async def test_mentor_downloads_the_recording_of_who_agreed(
    town: Town, playwright: Playwright, tmp_path: Path
) -> None:
    mentor, [learner], session_id = await make_lesson(town, 1)
    ann = await Browser.open(playwright, mentor, LOOKS[0], tmp_path / "ann")
    bob = await Browser.open(playwright, learner, LOOKS[1], tmp_path / "bob")
    await ann.enter(session_id)
    await bob.enter(session_id)
    await ann.page.locator("[data-start]").click()
    await ann.page.locator("[data-action=consent-yes]").click()
    await bob.page.locator("[data-action=consent-no]").click()
    await ann.page.locator("[data-record][data-state=recording]").wait_for()
    began = time.monotonic()
    await sees(bob, ann, await participant_id(ann))
    await bob.page.wait_for_timeout(6000)
    await ann.press("more")
    await ann.page.locator("[data-end]").click()
    await ann.page.locator("[data-dialog=end] [data-action=end]").click()
    written = time.monotonic() - began
    await ann.page.locator("[data-view=over]").wait_for()
    await bob.page.locator("[data-view=over]").wait_for()
    await ready_recording(mentor, session_id)

    await ann.page.goto(f"/sessions/{session_id}/recordings")
    async with ann.page.expect_download() as started:
        await ann.page.locator("a[href*='/file'][href*='track=']").first.click()
    file = tmp_path / "recording.webm"
    await (await started.value).save_as(file)
    probe = await probed(file)
    assert {stream["codec_name"] for stream in probe["streams"]} <= {"vp8", "opus"}
    recording = await ready_recording(mentor, session_id)
    assert {track["source"] for track in recording["tracks"]} == {"camera", "microphone"}
    for track in recording["tracks"]:
        assert abs(track["duration_ms"] / 1000 - written) <= AV_TOLERANCE_S, (track, written)
    camera = next(track for track in recording["tracks"] if track["source"] == "camera")
    path = tmp_path / "camera.webm"
    answer = await ann.context.request.get(
        f"/api/v1/recordings/{recording['id']}/file?track={camera['id']}"
    )
    path.write_bytes(await answer.body())
    assert (await probed(path))["streams"][0]["codec_name"] == "vp8"
    assert alike(colour_in(path), LOOKS[0])
    refused = await bob.context.request.get(f"/api/v1/sessions/{session_id}/recordings")
    assert refused.status in (200, 404)
    for browser in (ann, bob):
        assert browser.complaints == []
        await browser.close()


async def probed(path: Path) -> dict:
    """What ffprobe says of a file."""
    command = [shutil.which("ffprobe") or "ffprobe", "-v", "error", "-show_streams", "-show_format"]
    process = await asyncio.create_subprocess_exec(
        *command, "-of", "json", str(path), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return dict(json.loads(out))
