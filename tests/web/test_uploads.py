"""A file on its way: how far it is, that it arrived, that it was refused, that it was stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Locator, expect

from tests.web.sample_house import REFUSED

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def picture(content: bytes) -> FilePayload:
    return {"name": "me.png", "mimeType": "image/png", "buffer": content}


@pytest_asyncio.fixture(loop_scope="module")
async def form(chromium: Browser, samples: str) -> AsyncIterator[Locator]:
    tab = await chromium.new_page(reduced_motion="reduce")
    await tab.goto(samples + "components")
    yield tab.locator("form[data-upload]")
    await tab.close()


async def test_file_goes_at_once_and_its_arrival_is_said(form: Locator) -> None:
    await expect(form.get_by_role("button", name="Send")).to_be_hidden()
    await form.get_by_label("Your picture").set_input_files(picture(b"x" * 2**20))
    await expect(form.get_by_role("status")).to_contain_text("Sent.")
    await expect(form.locator("progress")).to_have_js_property("value", 100)


async def test_refused_file_says_what_to_do(form: Locator) -> None:
    await form.get_by_label("Your picture").set_input_files(picture(REFUSED))
    await expect(form.get_by_role("status")).to_contain_text("Choose the file again.")
    await expect(form).to_have_attribute("data-state", "failed")


async def test_file_on_its_way_can_be_stopped(form: Locator) -> None:
    await form.get_by_label("Your picture").set_input_files(picture(b"never mind"))
    await form.get_by_role("button", name="Stop").click()
    await expect(form.get_by_role("status")).to_contain_text("Nothing was kept.")
    await expect(form.get_by_role("button", name="Stop")).to_be_hidden()
