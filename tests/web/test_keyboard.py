"""The pages with nothing but a keyboard: pieces open, move, close and give back a focus that one sees."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.chromium import PATIENCE_MS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}

# What has the focus, and whether one sees that: an outline of its own or of the thing that stands for it.
FOCUSED = """() => {
  const one = document.activeElement;
  const outlined = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const stands = [one, one.parentElement, one.closest(".choice, .pick, .session, .entry, .mentor-row")];
  const box = one.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {
    name: one.id || one.textContent.trim().slice(0, 40) || one.name || one.tagName,
    body: one === document.body,
    seen: inside && stands.filter(Boolean).some(outlined),
  };
}"""

WALKED = (
    *("landing", "browse", "detail", "login", "create-basics", "mentor-overview", "admin-users"),
    *(
        "summary",
        "register",
        "hours",
        "mentors",
        "preferences",
        "conversation",
        "certificate-revoking",
        "reviews",
        "recordings",
    ),
)
STEPS = 45  # presses of Tab on each page


@pytest_asyncio.fixture(loop_scope="module")
async def tab(chromium: Browser) -> AsyncIterator[Page]:
    page = await chromium.new_page(viewport=WIDE, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE_MS)
    yield page
    await page.close()


async def focused(tab: Page) -> str:
    """The name of what has the focus; it can be seen."""
    found = await tab.evaluate(FOCUSED)
    assert found["seen"], found
    return str(found["name"])


@pytest.mark.parametrize("name", WALKED)
async def test_focus_is_seen_wherever_tab_leads(tab: Page, samples: str, name: str) -> None:
    await tab.goto(samples + name)
    lost = []
    for _ in range(STEPS):
        await tab.keyboard.press("Tab")
        found = await tab.evaluate(FOCUSED)
        if found["body"]:
            break  # once round
        if not found["seen"]:
            lost.append(found["name"])
    assert lost == []


async def test_first_tab_leads_past_the_navigation(tab: Page, samples: str) -> None:
    await tab.goto(samples + "landing")
    await tab.keyboard.press("Tab")
    assert await focused(tab) == "Skip to the content"
    await tab.keyboard.press("Enter")
    assert await tab.evaluate("document.activeElement.id") == "main"
    await tab.keyboard.press("Tab")
    assert await focused(tab) == "wish"


async def test_combobox_is_typed_into_and_taken_by_enter(tab: Page, samples: str) -> None:
    await tab.goto(samples + "components")
    zone, chosen = tab.get_by_role("combobox", name="One of very many"), tab.locator("select[name=zone]")
    await zone.focus()
    await tab.keyboard.type("auck")
    await expect(tab.get_by_role("option", name="Pacific/Auckland")).to_be_visible()
    await tab.keyboard.press("Enter")
    await expect(zone).to_have_value("Pacific/Auckland")
    await expect(chosen).to_have_value("Pacific/Auckland")
    assert await zone.get_attribute("aria-expanded") == "false"
    assert await focused(tab) == "zone"


async def test_combobox_walks_with_arrows_and_escape_leaves_what_was(tab: Page, samples: str) -> None:
    await tab.goto(samples + "components")
    zone = tab.get_by_role("combobox", name="One of very many")
    await zone.focus()
    for key in ("ArrowDown", "ArrowDown"):
        await tab.keyboard.press(key)
    marked = tab.locator(f"#{await zone.get_attribute('aria-activedescendant')}")
    await expect(marked).to_have_text("America/Argentina/Buenos Aires")
    await expect(marked).to_have_attribute("aria-selected", "true")
    await tab.keyboard.press("Escape")
    await expect(zone).to_have_value("Europe/Berlin")
    await tab.keyboard.press("ArrowUp")
    await tab.keyboard.press("Tab")  # leaving takes what is marked
    await expect(zone).to_have_value("Pacific/Auckland")


async def test_combobox_says_that_nothing_fits_and_keeps_its_value(tab: Page, samples: str) -> None:
    await tab.goto(samples + "components")
    zone = tab.get_by_role("combobox", name="One of very many")
    await zone.focus()
    await tab.keyboard.type("atlantis")
    await expect(tab.get_by_role("option", name="Nothing has this name")).to_be_visible()
    await tab.keyboard.press("Enter")
    await tab.keyboard.press("Tab")
    await expect(zone).to_have_value("Europe/Berlin")
    await expect(tab.locator("select[name=zone]")).to_have_value("Europe/Berlin")


async def test_picker_takes_the_first_that_fits_and_no_more_than_allowed(tab: Page, samples: str) -> None:
    await tab.goto(samples + "components")
    picker = tab.locator("#picked")
    await picker.get_by_role("searchbox").focus()
    await tab.keyboard.type("mus")
    await tab.keyboard.press("Enter")
    await expect(picker.get_by_role("status")).to_have_text("2 of 2")
    await expect(picker.get_by_label("Music theory")).to_be_checked()
    await expect(picker.get_by_label("Accounting")).to_be_disabled()
    await tab.keyboard.press("Tab")
    assert await tab.evaluate("document.activeElement.value") == "b"
    await focused(tab)
    await tab.keyboard.press("Space")
    await expect(picker.get_by_role("status")).to_have_text("1 of 2")


async def test_menu_opens_by_enter_and_escape_gives_the_focus_back(tab: Page, samples: str) -> None:
    await tab.goto(samples + "components")
    menu = tab.locator(".menu-left")
    await menu.locator("summary").focus()
    await tab.keyboard.press("Enter")
    await tab.keyboard.press("Tab")
    assert await focused(tab) == "Learning"
    await tab.keyboard.press("Escape")
    await expect(menu).not_to_have_attribute("open", "")
    assert "Ada Okafor" in await focused(tab)
    await tab.keyboard.press("Enter")
    for _ in range(4):
        await tab.keyboard.press("Tab")  # out at its end
    await expect(menu).not_to_have_attribute("open", "")


@pytest.mark.parametrize("leave", ["Escape", "Enter"])
async def test_dialog_holds_the_focus_and_gives_it_back(tab: Page, samples: str, leave: str) -> None:
    await tab.goto(samples + "detail-mentor")
    opener = tab.get_by_role("link", name="Cancel this session")
    await opener.focus()
    await tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog", name="Cancel this session?")
    await expect(dialog).to_be_visible()
    for _ in range(6):
        await tab.keyboard.press("Tab")
        assert await tab.evaluate("!document.activeElement.closest('.detail, footer')")
    if leave == "Enter":
        await dialog.get_by_role("link", name="Leave it as it is").focus()
    await tab.keyboard.press(leave)
    await expect(dialog).to_be_hidden()
    assert await focused(tab) == "Cancel this session"


async def test_sheet_of_filters_holds_the_focus_on_a_phone(tab: Page, samples: str) -> None:
    await tab.set_viewport_size(PHONE)
    await tab.goto(samples + "browse")
    await tab.get_by_role("link", name="Filters").focus()
    await tab.keyboard.press("Enter")
    await expect(tab.locator("#q")).to_be_focused()
    await tab.keyboard.press("Shift+Tab")
    assert await tab.evaluate("Boolean(document.activeElement.closest('#filters'))")
    await tab.keyboard.press("Escape")
    await expect(tab.locator("#q")).to_be_hidden()
    assert await focused(tab) == "Filters"


async def test_tabs_and_tables_are_reached_and_said(tab: Page, samples: str) -> None:
    await tab.goto(samples + "bookings")
    tabs = tab.get_by_role("navigation", name="Bookings")
    await tabs.get_by_role("link", name="Upcoming").focus()
    await expect(tabs.get_by_role("link", name="Upcoming")).to_have_attribute("aria-current", "page")
    await tab.keyboard.press("Tab")
    assert await focused(tab) == "Past"


async def test_toast_is_said_and_can_be_closed(tab: Page, samples: str) -> None:
    await tab.goto(samples + "components")
    await tab.get_by_role("button", name="Say “Your seat is booked.”").focus()
    await tab.keyboard.press("Enter")
    region = tab.locator("[data-toasts]")
    await expect(region.get_by_text("Your seat is booked.")).to_be_visible()
    await region.get_by_role("button", name="Close this message").focus()
    await tab.keyboard.press("Enter")
    await expect(region.locator(".toast")).to_have_count(0)
