"""Pages about people in a real browser: cropping by keyboard, other spellings, hours, tours."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from tests.server.people.drawing import picture
from tests.web.site_pages import ZONE, Visitors

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
BERLIN = ZoneInfo("Europe/Berlin")


async def shown_colour(page: Page) -> list[int]:
    """The colour in the middle of the picture that is shown now."""
    return list(
        await page.evaluate("""async () => {
          const image = document.querySelector("img.avatar-xl");
          await image.decode();
          const canvas = new OffscreenCanvas(1, 1);
          const context = canvas.getContext("2d");
          context.drawImage(image, -image.naturalWidth / 2, -image.naturalHeight / 2);
          return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""")
    )


async def test_picture_is_cropped_with_the_keyboard_and_kept(visitors: Visitors) -> None:
    async with visitors.look("learner", "wide", "/profile/edit/picture") as page:
        chosen = {"name": "me.png", "mimeType": "image/png", "buffer": picture(size=(900, 300))}
        await page.locator("[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
        await page.get_by_label("Left and right").focus()
        await page.keyboard.press("End")
        await page.get_by_role("button", name="Use this picture").press("Enter")
        await expect(page.get_by_text("Your new picture is here.")).to_be_visible()
        red, _, blue = await shown_colour(page)
        assert (red > 200, blue < 60) == (True, True)  # the right end of the picture
        await expect(page.locator("summary img.avatar")).to_be_visible()
        assert visitors.complaints == []


async def test_picture_is_taken_without_a_script(visitors: Visitors) -> None:
    async with visitors.look("learner", "plain", "/profile/edit/picture") as page:
        chosen = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG")}
        await page.locator("[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Use this picture").click()
        await expect(page.get_by_text("Your new picture is here.")).to_be_visible()


async def test_what_is_no_picture_is_said_beside_the_field(visitors: Visitors) -> None:
    async with visitors.look("learner", "wide", "/profile/edit/picture") as page:
        chosen = {"name": "me.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}
        await page.locator("[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Use this picture").click()
        await expect(page.locator("#file-error")).to_have_text("Choose a picture: JPEG, PNG or WebP.")


async def test_skill_is_suggested_by_its_other_spelling(visitors: Visitors) -> None:
    async with visitors.look("learner", "wide", "/profile/edit/skills") as page:
        box = page.get_by_role("combobox", name="Add a skill").first
        await box.fill("golang")
        await box.press("Enter")
        await page.get_by_role("button", name="Add to: I want to learn").click()
        await page.get_by_label("Level in Go").select_option("beginner")
        await page.get_by_role("button", name="Save levels").click()
        await expect(page.get_by_label("Level in Go")).to_have_value("beginner")
        await page.get_by_role("button", name="Remove Go").click()
        await expect(page.get_by_label("Level in Go")).to_have_count(0)


async def test_hours_set_in_a_browser_are_free_times_on_a_learners_clock(visitors: Visitors) -> None:
    """A Sunday's morning of a mentor in Berlin, seen from Kathmandu."""
    today = datetime.now(BERLIN).date()
    opens = datetime.combine(today + timedelta(days=6 - today.weekday() or 7), time(9, 15), BERLIN)
    seen = opens.astimezone(ZoneInfo(ZONE))
    async with visitors.look("mentor", "wide", "/profile/edit/availability") as page:
        zone = page.get_by_role("combobox", name="A learner in")
        await zone.fill("Kathmandu")
        await zone.press("Enter")
        await page.get_by_role("button", name="Add hours on Sunday").click()
        await expect(page.locator("[name=start-6-0]")).to_be_focused()
        await page.locator("[name=start-6-0]").fill("09:15")
        await page.locator("[name=end-6-0]").fill("10:15")
        await page.get_by_label("Notice").select_option("0")
        line = page.locator(".free-days li", has_text=f"Sun {seen.day} ")
        await expect(line).to_contain_text(f"{seen:%H:%M}–")
        await expect(page.get_by_text("Not saved yet.")).to_be_visible()
        await page.get_by_role("button", name="Save my hours").last.click()
        await expect(page.get_by_text("Your hours are saved.")).to_be_visible()
        assert visitors.complaints == []
    async with visitors.look("learner", "wide", "/profile/{mentor}") as page:
        answer = await page.request.get(f"/api/v1/mentors/mira/slots?timezone={ZONE}")
        starts = [slot["local_start"] for slot in (await answer.json())["data"]["slots"]]
        assert f"{seen:%Y-%m-%dT%H:%M}" in starts


async def test_tour_goes_by_keyboard_and_stays_ended(visitors: Visitors) -> None:
    async with visitors.look("learner", "wide", "/dashboard/learner/overview") as page:
        tour = page.locator("[data-tour]")
        await tour.get_by_role("button", name="Next").focus()
        await page.keyboard.press("Enter")
        await expect(tour.get_by_role("status")).to_have_text("2 of 4")
        await expect(page.locator(".tour-target")).to_have_attribute("href", "/dashboard/learner/browse")
        await page.keyboard.press("Escape")
        await expect(tour).to_have_count(0)
        await page.get_by_role("button", name="Show me around again").click()
        await expect(tour.get_by_role("status")).to_have_text("1 of 4")


async def test_follow_and_block_from_a_persons_page(visitors: Visitors) -> None:
    async with visitors.look("learner", "wide", "/profile/tomas") as page:
        await page.get_by_role("button", name="Following · stop").click()  # Lea does from the start
        await page.get_by_role("button", name="Follow", exact=True).click()
        await expect(page.get_by_role("button", name="Following · stop")).to_be_visible()
        await page.locator("main summary").click()
        await page.get_by_role("button", name="Block").click()
        await expect(page.get_by_role("button", name="Unblock")).to_be_visible()
        await page.get_by_role("button", name="Unblock").click()
        await expect(page.get_by_text("You find each other again.")).to_be_visible()


async def test_row_of_tabs_on_a_phone_begins_where_the_current_one_is(visitors: Visitors) -> None:
    async with visitors.look("mentor", "phone", "/profile/edit/availability") as page:
        current = await page.locator(".edit-tabs [aria-current]").bounding_box()
        assert current is not None
        assert current["x"] >= 0
        assert current["x"] + current["width"] <= 390
