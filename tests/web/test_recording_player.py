"""The page of a recording: the film with what belongs to its time and, before it is there, the tracks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.chromium import PATIENCE_MS
from tests.web.film_house import FilmHouse, film_house

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PHONE = {"width": 390, "height": 844}
LATE_S = 2
TOGETHER = """([at, late]) => {
  const picture = document.querySelector("[data-stage]");
  const voice = document.querySelector("audio[data-voice]");
  return picture.currentTime > at && Math.abs(picture.currentTime - late - voice.currentTime) < 0.3;
}"""
LOADED = "() => document.querySelector('[data-stage]').readyState >= 2"
AT = """(at) => {
  const media = document.querySelector("[data-stage]");
  return !media.seeking && Math.abs(media.currentTime - at) < 1.5;
}"""
SAID = "() => document.querySelector('[data-stage]').textTracks[0].cues?.[0]?.text.includes('Said all')"
NOW = "document.querySelector('[data-stage]').currentTime"
SEEK = "(at) => { document.querySelector('[data-stage]').currentTime = at; }"
PAUSED = "document.querySelector('[data-stage]').paused"

Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="module")
async def house() -> AsyncIterator[FilmHouse]:
    async with film_house() as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def opened(chromium: Browser, house: FilmHouse) -> AsyncIterator[Open]:
    """Opens the page; what its scripts complain about fails the test."""
    complaints: list[str] = []
    contexts = []

    async def open_page(path: str = "", **options: Any) -> Page:
        context = await chromium.new_context(**options)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(house.url + path)
        if options.get("java_script_enabled", True):
            await page.wait_for_function(LOADED)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert complaints == []


async def until(page: Page, at: float) -> None:
    await page.wait_for_function(AT, arg=at)


# --- chapters


async def test_a_chapter_is_jumped_to_and_the_current_one_is_marked(opened: Open) -> None:
    page = await opened()
    current = page.locator(".chapters [aria-current]")
    await expect(current).to_contain_text("Beginning")
    await page.get_by_role("link", name="A question").click()
    await until(page, 12)
    await expect(current).to_have_count(1)
    await expect(current).to_contain_text("A question")
    await expect(page.locator("[data-chapter-now]")).to_have_text("A question")
    assert not await page.evaluate(PAUSED)
    await page.evaluate(SEEK, 6)
    await expect(current).to_contain_text("Mira shares the screen")


async def test_links_lead_to_their_time_without_a_script_too(opened: Open) -> None:
    page = await opened(java_script_enabled=False)
    await expect(page.locator("video")).to_have_attribute("controls", "")
    await expect(page.locator("[data-bar]")).to_be_hidden()
    await expect(page.get_by_text("Which page?")).to_be_visible()
    await page.get_by_role("link", name="A question").click()
    await expect(page).to_have_url(re.compile(r"\?t=12#film$"))
    address = await page.locator("video").get_attribute("src")
    assert address is not None
    assert address.endswith("/file#t=12")


async def test_a_link_with_a_media_fragment_begins_there(opened: Open) -> None:
    page = await opened("#t=20")
    await until(page, 20)
    await page.evaluate("location.hash = '#t=5'")
    await until(page, 5)


async def test_the_time_line_is_dragged_and_tells_where_it_is(opened: Open) -> None:
    page = await opened()
    line = page.get_by_role("slider", name="Place in the film")
    await line.fill("15")
    await until(page, 15)
    await expect(line).to_have_attribute("aria-valuetext", "0:15 of 0:30")
    box = await line.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    await expect(page.locator("[data-peek]")).to_have_text("0:15 · A question")


# --- chat


async def test_chat_comes_as_the_time_passes(opened: Open) -> None:
    page = await opened()
    await page.get_by_role("tab", name="Chat").click()
    lines = page.locator(".replay li")
    assert [await line.is_visible() for line in await lines.all()] == [True, False, False, False, False]
    await page.evaluate(SEEK, 9)
    await expect(lines.nth(2)).to_be_visible()
    await expect(lines.nth(3)).to_be_hidden()
    await page.evaluate(SEEK, 1)
    await expect(lines.nth(1)).to_be_hidden()
    await page.get_by_label("Show what is still to come").check()
    await expect(lines.nth(4)).to_be_visible()


async def test_a_line_of_chat_leads_to_its_time(opened: Open) -> None:
    page = await opened()
    await page.get_by_role("tab", name="Chat").click()
    await page.evaluate(SEEK, 26)
    await page.get_by_text("Which page?").click()
    await until(page, 8)
    await expect(page.get_by_text("Thanks.")).to_be_hidden()


async def test_chat_follows_the_film_until_the_reader_scrolls(opened: Open) -> None:
    page = await opened(viewport={"width": 1100, "height": 500})
    await page.get_by_role("tab", name="Chat").click()
    await page.add_style_tag(content="#chat { height: 120px; flex: none !important; }")
    pane, follow = page.locator("#chat"), page.get_by_role("button", name="Back to the film")
    await page.evaluate(SEEK, 16)
    await page.wait_for_function("() => document.querySelector('#chat').scrollTop > 50")
    await expect(follow).to_be_hidden()
    await pane.hover()
    await page.mouse.wheel(0, -2000)
    await expect(follow).to_be_visible()
    await page.evaluate(SEEK, 26)
    await expect(page.get_by_text("Thanks.")).to_have_count(1)
    assert await pane.evaluate("(pane) => pane.scrollTop") < 10
    await follow.click()
    await page.wait_for_function("() => document.querySelector('#chat').scrollTop > 50")
    await expect(follow).to_be_hidden()


# --- controls and keys


async def test_missed_parts_are_jumped_to_one_after_the_other(opened: Open) -> None:
    page = await opened()
    await expect(page.get_by_text("You missed 7 seconds:")).to_be_visible()
    missed = page.get_by_role("button", name="Jump to what I missed")
    await missed.click()
    await until(page, 10)
    await page.locator("body").press("n")
    await until(page, 22)
    await missed.click()
    await until(page, 10)
    await expect(page.locator(".line-missed")).to_have_count(2)


async def test_speed_is_chosen_and_remembered(opened: Open) -> None:
    page = await opened()
    await page.get_by_label("Speed").select_option("1.5")
    assert await page.evaluate("document.querySelector('[data-stage]').playbackRate") == 1.5
    await page.locator("body").press(">")
    await page.reload()
    await page.wait_for_function(LOADED)
    assert await page.evaluate("document.querySelector('[data-stage]').playbackRate") == 1.75
    await expect(page.get_by_label("Speed")).to_have_value("1.75")


async def test_captions_are_shown_by_button_and_key(opened: Open) -> None:
    page = await opened()
    mode = "document.querySelector('[data-stage]').textTracks[0].mode"
    assert await page.evaluate(mode) == "hidden"
    await page.get_by_role("button", name="Captions on").click()
    assert await page.evaluate(mode) == "showing"
    await page.wait_for_function(SAID)
    await page.locator("body").press("c")
    assert await page.evaluate(mode) == "hidden"


async def test_keys_play_skip_mute_and_jump(opened: Open) -> None:
    page = await opened()
    body = page.locator("body")
    await body.press("k")
    await expect(page.get_by_role("button", name="Pause")).to_be_visible()
    await body.press("Space")
    await expect(page.get_by_role("button", name="Play", exact=True).first).to_be_visible()
    for key, at in (("5", 15), ("l", 25), ("j", 15), ("ArrowLeft", 10), ("ArrowRight", 15), ("0", 0)):
        await body.press(key)
        await until(page, at)
    await body.press("m")
    assert await page.evaluate("document.querySelector('[data-stage]').muted")
    await body.press("?")
    keys = page.get_by_role("dialog", name="Keys of the player")
    await expect(keys).to_be_visible()
    await page.keyboard.press("5")  # in a dialog it is not the film's
    await keys.get_by_label("Use these keys").uncheck()
    await page.keyboard.press("Escape")
    await body.press("5")
    assert await page.evaluate(NOW) < 1


async def test_keys_are_not_taken_from_who_has_the_focus(opened: Open) -> None:
    page = await opened()
    await page.get_by_label("Speed").focus()
    await page.keyboard.press("k")
    await page.get_by_label("Volume").focus()
    await page.keyboard.press("5")
    await page.get_by_role("tab", name="Chapters").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="Chat")).to_be_focused()
    await page.get_by_label("Show what is still to come").focus()
    await page.keyboard.press("Space")
    await expect(page.get_by_label("Show what is still to come")).to_be_checked()
    assert await page.evaluate(PAUSED)
    assert await page.evaluate(NOW) < 1


# --- where one was


async def test_what_was_played_is_told_and_what_was_jumped_over_is_not(
    opened: Open, house: FilmHouse
) -> None:
    page = await opened()
    await page.get_by_role("button", name="Play").first.click()
    await page.wait_for_function(f"() => {NOW} > 2")
    async with page.expect_response("**/watch"):
        await page.evaluate(SEEK, 20)
        await until(page, 20)
        await page.get_by_role("button", name="Pause").click()
    told = house.reports[-1]
    assert told["token"] == "sample-token"
    assert 19_900 <= told["position_ms"] <= 23_000
    assert 1_500 <= sum(one["watched_ms"] for one in house.reports) <= 6_000


async def test_leaving_the_page_tells_where_one_is_and_the_next_visit_goes_on(
    opened: Open, house: FilmHouse
) -> None:
    page = await opened()
    await page.evaluate(SEEK, 14)
    await page.locator("body").press("k")
    await page.wait_for_function(f"() => {NOW} > 15")
    await page.goto("about:blank")
    async with asyncio.timeout(PATIENCE_MS / 1000):
        await house.heard.wait()
    await page.goto(house.url)
    go_on = page.get_by_role("button", name="Continue at 0:1")
    await expect(go_on).to_be_visible()
    await until(page, house.reports[-1]["position_ms"] / 1000)
    await go_on.click()
    await expect(go_on).to_be_hidden()
    await page.reload()
    await page.get_by_role("button", name="From the start").click()
    await until(page, 0)


async def test_who_only_looks_at_the_page_watched_nothing(opened: Open, house: FilmHouse) -> None:
    page = await opened()
    await page.goto("about:blank")
    assert house.reports == []


# --- until it is there


async def test_the_film_takes_the_place_of_its_progress_without_a_reload(
    opened: Open, house: FilmHouse
) -> None:
    house.state, house.done_ms, house.left_s = "composing", 3_000, 170
    page = await opened()
    await page.evaluate("window.same = true")
    await expect(page.get_by_text("about 3 minutes left")).to_be_visible()
    house.done_ms, house.left_s = 24_000, 40
    await expect(page.get_by_text("less than a minute left", exact=True)).to_be_visible()
    await expect(page.locator("progress")).to_have_attribute("value", "80")
    await expect(page.locator("[data-said]")).to_contain_text("75 per cent")
    house.broken = True
    await page.wait_for_event("response", lambda answer: answer.status == 503)
    house.broken, house.state = False, "ready"
    await expect(page.locator("[data-film] [data-bar]")).to_be_visible()
    await page.get_by_role("link", name="A question").click()
    await until(page, 12)
    assert await page.evaluate("window.same")


async def test_who_watches_the_tracks_is_asked_before_the_film_comes(
    opened: Open, house: FilmHouse
) -> None:
    house.state = "queued"
    page = await opened()
    await page.evaluate("async () => { await document.querySelector('[data-stage]').play(); }")
    house.state = "ready"
    show = page.get_by_role("button", name="Watch the film")
    await expect(show).to_be_visible()
    await page.evaluate(SEEK, 5)
    await show.click()
    await expect(page.locator("[data-film] [data-bar]")).to_be_visible()
    await page.wait_for_function(LOADED)
    assert await page.evaluate(NOW) >= 4.9


async def test_a_film_that_failed_leaves_the_tracks(opened: Open, house: FilmHouse) -> None:
    house.state = "composing"
    page = await opened()
    house.state = "failed"
    await expect(page.get_by_text("There is no film of this lesson")).to_be_visible()
    await expect(page.locator(".player-stage")).to_be_visible()


async def test_voice_begins_at_its_place_and_follows_a_seek(opened: Open, house: FilmHouse) -> None:
    house.state, house.late_ms = "failed", LATE_S * 1000
    page = await opened()
    stage = page.locator("[data-stage]")
    await stage.evaluate("async (stage) => { stage.currentTime = 3; await stage.play(); }")
    await page.wait_for_function(TOGETHER, arg=[3.2, LATE_S])
    await stage.evaluate("(stage) => { stage.currentTime = 5; }")
    await page.wait_for_function(TOGETHER, arg=[5.2, LATE_S])
    await stage.evaluate("(stage) => { stage.currentTime = 1; }")
    await page.wait_for_function("() => document.querySelector('audio[data-voice]').paused")


# --- on a phone


async def test_on_a_phone_the_picture_stays_while_one_reads(opened: Open) -> None:
    page = await opened(viewport=PHONE, has_touch=True)
    await page.get_by_role("tab", name="Chat").click()
    await page.locator("[data-screen]").evaluate("(film) => window.scrollTo(0, film.offsetTop + 100)")
    box = await page.locator("[data-screen]").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, PHONE["width"])
    assert box["y"] == 0
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for name in ("Play", "Back 10 seconds", "Forward 10 seconds", "Captions on", "Full screen"):
        button = await page.locator("[data-bar]").get_by_role("button", name=name).bounding_box()
        assert button is not None
        assert min(button["width"], button["height"]) >= 44
        assert button["x"] + button["width"] <= PHONE["width"]


async def test_on_a_phone_held_across_what_belongs_to_it_is_beside(opened: Open) -> None:
    page = await opened(viewport={"width": 844, "height": 390}, has_touch=True)
    screen = await page.locator("[data-screen]").bounding_box()
    side = await page.locator("[data-side]").bounding_box()
    assert screen is not None
    assert side is not None
    assert side["x"] >= screen["x"] + screen["width"]
    assert screen["height"] <= 390
