"""A mentor and two learners in real browsers against the real server: let in, muted, granted the screen,
written to in private, put out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Playwright, async_playwright, expect

from tests.chromium import PATIENCE_MS
from tests.e2e.browser import Browser
from tests.e2e.footage import LOOKS
from tests.e2e.platform import Town
from tests.e2e.test_lesson_in_browsers import make_lesson, participant_id, sees

pytestmark = pytest.mark.browser


@pytest.fixture
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


async def knock(browser: Browser, session_id: str) -> None:
    await browser.page.goto(f"/sessions/{session_id}/room")
    await browser.page.locator("[data-join]").click()
    await expect(browser.page.locator("[data-lobby-waiting]")).to_be_visible()


async def test_mentor_leads_the_room(town: Town, playwright: Playwright, tmp_path: Path) -> None:
    mentor, learners, session_id = await make_lesson(town, 2)
    browsers = []
    for person, look in zip([mentor, *learners], LOOKS, strict=True):
        browsers.append(await Browser.open(playwright, person, look, tmp_path / look.name))
        browsers[-1].page.set_default_timeout(PATIENCE_MS)
    ann, bob, cat = browsers

    # the door: one is let in by the card, the other from the list
    await ann.enter(session_id)
    await ann.press("people")
    await ann.page.get_by_role("switch", name="Let people in myself").click()
    await expect(ann.page.get_by_role("switch", name="Let people in myself")).to_be_checked()
    await ann.press("people")
    await knock(bob, session_id)
    await ann.page.locator(".request").get_by_role("button", name="Admit").click()
    await expect(bob.page.locator("[data-view=call]")).to_be_visible()
    await knock(cat, session_id)
    await ann.press("people")
    await ann.page.locator("[data-knocking-list]").get_by_role("button", name="Admit").click()
    await expect(cat.page.locator("[data-view=call]")).to_be_visible()
    bob_id, cat_id = await participant_id(bob), await participant_id(cat)

    # muted, and told by whom
    await ann.page.locator(f'[data-action=person][data-person="{bob_id}"]').click()
    await ann.page.locator("#person-menu [data-moderate=mute]").click()
    await expect(bob.page.get_by_text("muted you. Press m to speak.")).to_be_visible()
    await expect(bob.page.locator(".controls [data-action=microphone]")).to_have_attribute(
        "aria-pressed", "false"
    )

    # the screen: asked for, granted, taken; the next one waits and is told
    await bob.press("screen")
    await ann.press("people")
    await ann.page.get_by_role("button", name="Allow").click()
    await bob.page.get_by_role("button", name="Share now").click()
    assert await ann.colour(bob_id, "screen") is not None
    await ann.press("screen")
    await expect(ann.page.locator("[data-floor]")).to_contain_text("You are next")
    await bob.page.locator("[data-floor]").get_by_role("button", name="Stop sharing").click()
    await ann.page.get_by_role("button", name="Share now").click()
    assert await cat.colour(await participant_id(ann), "screen") is not None
    await sees(cat, bob, bob_id)
    await ann.press("screen")

    # a word to one alone, a reaction, and nobody lost
    await bob.press("chat")
    await bob.page.get_by_label("To", exact=True).select_option(cat_id)
    await bob.page.locator("#chat-text").fill("Do you follow?")
    await bob.page.keyboard.press("Enter")
    await cat.press("chat")
    await expect(cat.page.locator(".line.private")).to_contain_text("Do you follow?")
    await cat.press("lost-me")
    await expect(ann.page.locator("[data-lost-count]")).to_have_text("1")
    await cat.page.locator(".controls [data-action=react]").click()
    await cat.page.locator("#react-menu").get_by_role("button", name="clap").click()
    await expect(bob.page.locator(".reaction")).to_have_count(1)
    await ann.press("chat")
    await expect(ann.page.locator(".line")).to_have_count(0)

    # put out, and told so
    await ann.press("people")
    await ann.page.locator(f'[data-action=person][data-person="{cat_id}"]').click()
    await ann.page.locator("#person-menu [data-action=person-remove]").click()
    await ann.page.locator("[data-dialog=remove]").get_by_role("button", name="Remove").click()
    removed = cat.page.get_by_role("heading", name="You were removed from the lesson")
    await expect(removed).to_be_visible()
    await expect(ann.page.locator("[data-put-out-list]")).to_contain_text("Let back in")

    for browser in browsers:
        assert browser.complaints == []
        await browser.close()
