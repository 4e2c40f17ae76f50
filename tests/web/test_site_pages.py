"""Every page of the running platform in Chromium: accessible, light, steady, and nothing complains."""

from __future__ import annotations

import re

import pytest

from server.routes import DEVELOPMENT_ROUTES, ROUTES
from tests.web.site_pages import (
    DEAD_ENDS,
    OVERFLOW,
    PAGES,
    SHIFTED,
    SIGHTS,
    SMALL_TARGETS,
    WEIGHT,
    Visitors,
    violations,
)

pytestmark = pytest.mark.browser

CSS_LIMIT = 40_000  # bytes, before compression
SCRIPT_LIMIT = 30_000
FIRST_VIEW_LIMIT = 150_000  # bytes of everything that was sent
SHIFT_LIMIT = 0.02  # of the layout-shift score: a line's move on a busy machine; 0.1 counts as good
NO_PAGE = re.compile(
    r"^/(api|ws|media)/|\.(json|csv|pdf|js|ics|webmanifest|md|txt|svg)$|^/(healthz|readyz|metrics)$|^/dashboard/$"
    r"|/(again|pdf|export|file|receipt)$"
    r"|^/communication/unsubscribe/"  # its link is signed; the samples are looked at
    r"|^/bookings/\{id\}/pay$"  # has the provider's fields in it; samples and the journey look at it
    r"|/earnings/account$"  # leads to the provider
    r"|^/feedback/\{id\}/report$"  # of one review; samples look at it
    r"|^/dashboard/admin/(cases|recordings)/\{id\}$"  # the demo has none; samples look at them
)
EVERY = [(role, path) for role, paths in PAGES.items() for path in paths]
READ = [
    (role, path) for role, path in EVERY if not path.startswith("/dev/") and not path.endswith("/room")
]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(("role", "path"), EVERY)
async def test_page_is_accessible_light_and_steady(
    visitors: Visitors, role: str, path: str, sight: str
) -> None:
    async with visitors.look(role, sight, path) as page:
        assert await page.evaluate(OVERFLOW) <= 0
        weight = await page.evaluate(WEIGHT)
        assert weight["foreign"] == []
        if not path.startswith("/dev/"):
            assert weight["css"] <= CSS_LIMIT
        if not path.endswith(("/room", "/check")):  # with all that a call needs
            assert weight["script"] <= SCRIPT_LIMIT
        if not path.endswith("/room"):
            assert await page.evaluate(SHIFTED) <= SHIFT_LIMIT
        if not path.endswith(("/room", "/check")) and not path.startswith("/dev/"):
            assert weight["sent"] <= FIRST_VIEW_LIMIT
        if SIGHTS[sight].touch and (role, path) in READ:
            assert await page.evaluate(SMALL_TARGETS) == []
        assert await violations(page) == []
        assert visitors.complaints == []


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("role", "path"), READ)
async def test_page_reads_without_a_script(visitors: Visitors, role: str, path: str) -> None:
    async with visitors.look(role, "plain", path) as page:
        assert await page.locator("h1").is_visible()
        assert await page.evaluate(OVERFLOW) <= 0
        assert await page.evaluate(DEAD_ENDS) == []


def test_every_page_of_the_map_is_looked_at() -> None:
    visited = {re.sub(r"\{\w+\}", "{id}", path.partition("?")[0]) for _, path in EVERY}
    pages = {
        re.sub(r"\{\w+\}", "{id}", route.path)
        for route in (*ROUTES, *DEVELOPMENT_ROUTES)
        if route.method == "GET" and not NO_PAGE.search(route.path)
    }
    assert pages - visited == set()
