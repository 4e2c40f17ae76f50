"""States of pages that the demo doesn't have, rendered with the samples, before axe-core."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.web.site_pages import OVERFLOW, SIGHTS, violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

STATES = (
    "recordings",
    "recordings-mentor",
    "recordings-held",
    "recordings-bare",
    "recordings-making",
    "recordings-queued",
    "recordings-failed",
    "recordings-tracks",
    "recordings-pending",
    "recordings-expired",
    "recordings-deleted",
    "recordings-none",
    "mentor-overview",
    "mentor-overview-empty",
    "learner-overview",
    "learner-overview-empty",
    "mentor-profile-errors",
    "admin-users",
    "admin-overview",
    "create-drafts",
    "create-basics",
    "create-changed",
    "create-schedule",
    "create-schedule-twice",
    "create-terms",
    "create-publish-free-dates",
    "create-publish-missing",
    "mentor-sessions-begun",
    "edit-errors",
    "earnings",
    "earnings-wrong",
    "earnings-payouts",
    "earnings-owed",
    "pay",
    "pay-covered",
    "pay-over",
    "detail-full",
    "detail-mentor",
    "detail-ended",
    "register-errors",
    "summary",
    "calls",
    "calls-nobody",
    "call",
    "call-of-another",
    "call-unmeasured",
    "attendance",
    "attendance-objected",
    "attendance-refused",
    "attendance-no-show",
    "attendance-platform",
    "cases",
    "cases-decided",
    "case",
    "case-refused",
    "broken",
)


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
