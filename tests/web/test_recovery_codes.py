"""Recovery codes in a browser: copied, printed and downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.web.samples import CODES

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

KEEP_WHAT_IS_COPIED = """
navigator.clipboard.writeText = async (text) => { globalThis.copied = text; };
globalThis.print = () => { globalThis.printed = true; };
"""


async def test_codes_are_copied_printed_and_downloaded(chromium: Browser, samples: str) -> None:
    tab = await chromium.new_page(reduced_motion="reduce")
    await tab.add_init_script(KEEP_WHAT_IS_COPIED)
    await tab.goto(samples + "recovery-codes")
    await tab.get_by_role("button", name="Copy").click()
    await expect(tab.get_by_text("The codes are copied.")).to_be_visible()
    assert await tab.evaluate("copied") == "\n".join(CODES)
    await tab.get_by_role("button", name="Print").click()
    assert await tab.evaluate("printed")
    async with tab.expect_download() as saving:
        await tab.get_by_role("link", name="Download").click()
    saved = await saving.value
    assert saved.suggested_filename == "peerlearn-recovery-codes.txt"
    text = Path(await saved.path()).read_text()
    assert all(code in text for code in CODES)
    await tab.emulate_media(media="print")
    await expect(tab.get_by_text(CODES[9])).to_be_visible()
    await expect(tab.get_by_role("button", name="Copy")).to_be_hidden()
    await tab.close()
