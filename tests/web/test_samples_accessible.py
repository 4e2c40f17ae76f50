"""States of pages that the demo doesn't have, rendered with the samples, before axe-core."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser

from tests.web.pages import page as sample
from tests.web.site_pages import OVERFLOW, SIGHTS, violations
from web import STATIC

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

STATES = (
    "recordings",
    "recordings-pending",
    "recordings-none",
    "mentor-overview",
    "mentor-overview-empty",
    "learner-overview",
    "learner-overview-empty",
    "mentor-profile-errors",
    "admin-users",
    "admin-overview",
    "create-errors",
    "detail-full",
    "detail-mentor",
    "detail-ended",
    "register-errors",
    "summary",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def samples() -> AsyncIterator[str]:
    """The address of a server that shows each sample under its name."""

    async def shown(request: web.Request) -> web.Response:
        return web.Response(text=sample(request.match_info["name"]), content_type="text/html")

    app = web.Application()
    app.router.add_get("/sample/{name}", shown)
    app.router.add_static("/static", STATIC)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/sample/"
    await runner.cleanup()


@pytest.mark.parametrize("name", STATES)
async def test_state_is_accessible_and_fits(chromium: Browser, samples: str, name: str) -> None:
    tab = await chromium.new_page(color_scheme="light", reduced_motion="reduce")
    for sight in SIGHTS.values():
        await tab.emulate_media(color_scheme="dark" if sight.scheme == "dark" else "light")
        await tab.set_viewport_size({"width": sight.width, "height": sight.height})
        await tab.goto(samples + name)
        assert await tab.evaluate(OVERFLOW) <= 0
        assert await violations(tab) == []
    await tab.close()
