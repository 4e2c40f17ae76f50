"""What a first view of each page transfers, and whether anything on it moves, in Chromium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.async_api import Browser, async_playwright

from scripts.benchmarks.site.pages import Sight
from scripts.benchmarks.site.town import Visitors
from tests.chromium import CHROMIUM, FLAGS

VIEWS = ({"width": 1280, "height": 860}, {"width": 390, "height": 844})

TRANSFERRED = """() => ["navigation", "resource"]
  .flatMap((type) => performance.getEntriesByType(type))
  .reduce((sum, one) => sum + one.transferSize, 0)"""

SHIFTED = """() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => tell(sum), 400);
})"""


@dataclass(frozen=True)
class View:
    """Bytes with headers, and the cumulative layout shift; the worse of both widths."""

    transferred: int
    shift: float


async def first_views(base: str, visitors: Visitors, sights: Sequence[Sight]) -> dict[Sight, View]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            return {sight: await _first_view(browser, base, visitors, sight) for sight in sights}
        finally:
            await browser.close()


async def _first_view(browser: Browser, base: str, visitors: Visitors, sight: Sight) -> View:
    views = []
    for size in VIEWS:
        context = await browser.new_context(viewport=size)  # type: ignore[arg-type]
        if cookie := visitors.cookie(sight.role):
            await context.add_cookies([{"name": "peerlearn", "value": cookie, "url": base}])
        page = await context.new_page()
        await page.goto(base + sight.address(visitors), wait_until="networkidle")
        shift = await page.evaluate(SHIFTED)
        views.append(View(await page.evaluate(TRANSFERRED), round(shift, 4)))
        await context.close()
    return View(max(view.transferred for view in views), max(view.shift for view in views))
