"""Pages on paper, in the system's colours, without motion, and as narrow as 200 % zoom makes them."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser

from tests.web.site_pages import OVERFLOW, violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NARROW = {"width": 320, "height": 640}  # WCAG 1.4.10; also 640 px at 200 %
WORST_CASES = (
    "landing",
    "browse-chips",
    "detail-full",
    "detail-mentor",
    "bookings",
    "mentor-sessions",
    "create-basics",
    "create-schedule-twice",
    "learner-overview",
    "mentor-overview",
    "mentor-profile-errors",
    "admin-users",
    "admin-overview",
    "admin-control",
    "recordings",
    "summary",
    "error",
    "register-errors",
    "reset-bad",
    "check-mail",
    "mail",
    "components",
)
ON_PAPER = {"detail": 3, "detail-full": 3, "summary": 2, "recordings": 1, "bookings": 1, "browse": 1}
A4 = {"width": 794, "height": 1123}
PDF_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")

LEFT_ON_PAPER = """() => {
  const selector = "header nav, footer, video, button, .button, .toasts, .filters";
  const shown = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  return shown.map((one) => one.outerHTML.slice(0, 80));
}"""

# What is told by a ground alone is lost there: a border, an outline or a sign has to say it too.
UNMARKED = """() => {
  const selector = "[aria-current], .button, .pick:has(:checked), .choice:has(:checked)";
  const drawn = (style, side) =>
    style[`border${side}Style`] !== "none" && style[`border${side}Width`] !== "0px";
  const marked = (one) => {
    const [style, before] = [getComputedStyle(one), getComputedStyle(one, "::before")];
    const edges = ["Top", "Right", "Bottom", "Left"].some((side) => drawn(style, side));
    return edges || before.content !== "none" || style.outlineStyle !== "none";
  };
  const unmarked = [...document.querySelectorAll(selector)].filter((one) => !marked(one));
  return unmarked.map((one) => one.outerHTML.slice(0, 80));
}"""

MOVING = """() => document.getAnimations().filter((one) => one.playState === "running")
  .map((one) => one.animationName ?? one.transitionProperty)"""


async def test_pages_fit_320_px(chromium: Browser, samples: str) -> None:
    tab = await chromium.new_page(viewport=NARROW, reduced_motion="reduce")
    over = {}
    for name in WORST_CASES:
        await tab.goto(samples + name)
        over[name] = await tab.evaluate(OVERFLOW)
    assert {name: width for name, width in over.items() if width > 0} == {}
    await tab.close()


@pytest.mark.parametrize(("name", "pages"), ON_PAPER.items())
async def test_page_is_worth_printing(chromium: Browser, samples: str, name: str, pages: int) -> None:
    tab = await chromium.new_page(viewport=A4, color_scheme="dark")
    await tab.goto(samples + name)
    await tab.emulate_media(media="print")
    assert await tab.evaluate(LEFT_ON_PAPER) == []
    assert await tab.evaluate("getComputedStyle(document.body).colorScheme || 'light'") != "dark"
    printed = await tab.pdf(format="A4")
    assert len(PDF_PAGE.findall(printed)) <= pages
    await tab.close()


@pytest.mark.parametrize("name", ["components", "create-basics", "learner-overview"])
async def test_page_holds_in_the_colours_of_the_system(
    chromium: Browser, samples: str, name: str
) -> None:
    tab = await chromium.new_page(forced_colors="active", reduced_motion="reduce")
    await tab.goto(samples + name)
    assert await tab.evaluate(UNMARKED) == []
    # axe reads colours as they are written, not as the system replaces them
    assert [one for one in await violations(tab) if not one.startswith("color-contrast")] == []
    await tab.close()


async def test_nothing_moves_when_asked_not_to(chromium: Browser, samples: str) -> None:
    tab = await chromium.new_page(reduced_motion="reduce")
    await tab.goto(samples + "components")
    await tab.get_by_role("link", name="Ask before going on").click()
    assert await tab.evaluate(MOVING) == []
    await tab.emulate_media(reduced_motion="no-preference")
    assert await tab.evaluate(MOVING) != []
    await tab.close()
