"""The stand-in for Stripe.js in a page of another origin: fields in a frame, the bank asks on top.
And its own pages before axe-core."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.chromium import PATIENCE_MS
from tests.server.payments.sandbox import PUBLISHABLE_KEY, Sandbox, sandbox
from tests.web.site_pages import OVERFLOW, violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PAGE = """<!doctype html><html lang="en"><title>Pay</title>
<main><h1>Pay</h1><form><div id="card"></div><button>Pay now</button></form><output></output></main>
<script src="{base}/v3/"></script>
<script nonce="ours">
const stripe = Stripe("{key}");
const said = (what) => {{ document.querySelector("output").textContent = JSON.stringify(what); }};
const elements = stripe.elements({{clientSecret: "{secret}", appearance: {{theme: "{theme}"}}}});
const element = elements.create("payment");
element.on("ready", () => said("ready"));
element.on("change", (event) => {{ window.complete = event.complete; }});
element.mount("#card");
document.forms[0].addEventListener("submit", async (event) => {{
  event.preventDefault();
  said("asked");
  const asked = {{elements, confirmParams: {{return_url: location.href}}, redirect: "if_required"}};
  const {{error, paymentIntent}} = await stripe.confirmPayment(asked);
  said(error ? [error.type, error.code, error.decline_code, error.message] : paymentIntent.status);
}});
</script>"""
DECLINED = ["card_error", "card_declined", "insufficient_funds", "Your card has insufficient funds."]
UNAUTHENTICATED = [
    "invalid_request_error",
    "payment_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different payment method and try "
    "again.",
]
GROUNDS = {"stripe": "#faf6ee", "night": "#1a1b19"}  # which shine through from the page around
OF_WHOLE_PAGES = ("landmark-one-main", "page-has-heading-one", "region")
INVALID = ["validation_error", "invalid_number", None, "Your card number is invalid."]


class Shop:
    """Pages of another origin on which something is paid, with our own pages' policy."""

    def __init__(self, bank: Sandbox, browser: Browser) -> None:
        self.bank = bank
        self.browser = browser
        self.base = ""
        self.intents: list[str] = []
        self.complaints: list[str] = []

    async def page_view(self, request: web.Request) -> web.Response:
        params: Any = {"amount": 4500, "currency": "eur"}
        intent = await self.bank.client.v1.payment_intents.create_async(params)
        self.intents.append(intent.id)
        theme = request.query.get("theme", "stripe")
        values = {"base": self.bank.base, "key": PUBLISHABLE_KEY, "secret": intent.client_secret}
        base = self.bank.base
        policy = (
            f"default-src 'self'; script-src {base} 'nonce-ours'; frame-src {base}; connect-src {base}"
        )
        return web.Response(
            text=PAGE.format(theme=theme, **values),
            content_type="text/html",
            headers={"Content-Security-Policy": policy},
        )

    async def open(self, theme: str = "stripe") -> Page:
        page = await self.browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(f"{self.base}/?theme={theme}")
        await expect(page.locator("output")).to_have_text('"ready"')
        return page

    async def status(self) -> str:
        """Of the intent of the page that was opened last."""
        return (await self.bank.client.v1.payment_intents.retrieve_async(self.intents[-1])).status


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    async with sandbox(tmp_path_factory.mktemp("sandbox")) as bank:
        shop = Shop(bank, chromium)
        application = web.Application()
        application.router.add_get("/", shop.page_view)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        shop.base = f"http://localhost:{runner.addresses[0][1]}"
        yield shop
        await runner.cleanup()
    assert shop.complaints == []


def fields(page: Page) -> FrameLocator:
    return page.frame_locator("#card iframe")


async def type_card(page: Page, number: str, expiry: str = "1231", code: str = "123") -> None:
    for label, text in (("Card number", number), ("Expiration date", expiry), ("Security code", code)):
        field = fields(page).get_by_label(label)
        await field.fill("")
        await field.press_sequentially(text)


async def pay(page: Page) -> None:
    await page.get_by_role("button", name="Pay now").click()


async def answer(page: Page, choice: str) -> None:
    """What the holder says to their bank."""
    question = page.frame_locator("dialog iframe")
    await expect(question.get_by_text("€45.00")).to_be_visible()
    await question.get_by_role("button", name=choice).click()


async def expect_said(page: Page, what: Any) -> None:
    said = json.dumps(what, separators=(",", ":"))
    await expect(page.locator("output")).to_have_text(said)


async def test_declined_card_and_then_another_one(shop: Shop) -> None:
    page = await shop.open()
    await type_card(page, "4000000000009995")
    assert await fields(page).get_by_label("Card number").input_value() == "4000 0000 0000 9995"
    assert await fields(page).get_by_label("Expiration date").input_value() == "12 / 31"
    assert await page.evaluate("window.complete")
    await pay(page)
    await expect_said(page, DECLINED)
    await type_card(page, "4242 4242 4242 4242")
    await fields(page).get_by_label("Security code").press("Enter")
    await expect_said(page, "succeeded")
    assert await shop.status() == "succeeded"
    await page.close()


async def test_bank_asks_and_the_holder_says_no_and_then_yes(shop: Shop) -> None:
    page = await shop.open("night")
    await type_card(page, "4000002760003184")
    await pay(page)
    await answer(page, "Fail")
    await expect_said(page, UNAUTHENTICATED)
    assert await shop.status() == "requires_payment_method"
    await pay(page)
    await answer(page, "Complete")
    await expect_said(page, "succeeded")
    await expect(page.locator("dialog")).to_have_count(0)
    secret = await page.evaluate("elements.clientSecret")
    seen = await page.evaluate("secret => stripe.retrievePaymentIntent(secret)", secret)
    assert seen["paymentIntent"]["status"] == "succeeded"
    await page.close()


async def test_wrong_number_is_said_beside_it_and_asked_of_nobody(shop: Shop) -> None:
    page = await shop.open()
    await type_card(page, "4242424242424241", "1220")
    await expect(fields(page).get_by_text("expiration year is in the past")).to_be_visible()
    await pay(page)
    await expect_said(page, INVALID)
    number = fields(page).get_by_label("Card number")
    await expect(number).to_have_attribute("aria-invalid", "true")
    await expect(number).to_be_focused()
    assert await shop.status() == "requires_payment_method"
    await fields(page).get_by_text("Cards to try").click()
    await fields(page).get_by_role("button", name="4242 4242 4242 4242").click()
    await expect(fields(page).get_by_text("Your card number is invalid.")).to_be_hidden()
    await pay(page)
    await expect_said(page, "succeeded")
    await page.close()


@pytest.mark.parametrize("theme", GROUNDS)
async def test_frames_are_accessible(shop: Shop, theme: str) -> None:
    page = await shop.open(theme)
    await fields(page).get_by_text("Cards to try").click()
    await type_card(page, "4000002760003184")
    assert await violations(page) == []
    height = await page.locator("#card iframe").evaluate("(frame) => frame.offsetHeight")
    assert height == await fields(page).locator("body").evaluate("(body) => body.offsetHeight")
    await pay(page)
    await expect(page.frame_locator("dialog iframe").get_by_text("€45.00")).to_be_visible()
    for frame in page.frames[1:]:
        await frame.evaluate("(ground) => { document.body.style.background = ground; }", GROUNDS[theme])
        found = await violations(frame)
        assert [each for each in found if not each.startswith(OF_WHOLE_PAGES)] == []
    await page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_of_the_stand_in_are_accessible(shop: Shop, scheme: Literal["light", "dark"]) -> None:
    v1 = shop.bank.client.v1
    paid: Any = {"amount": 5000, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}
    await v1.payment_intents.create_async(paid)
    account = await v1.accounts.create_async({"type": "express", "email": "mira@example.org"})
    links: Any = {"return_url": shop.base, "refresh_url": shop.base, "type": "account_onboarding"}
    link = await v1.account_links.create_async({"account": account.id, **links})
    page = await shop.browser.new_page(
        viewport={"width": 390, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    for address in (shop.bank.base, link.url):
        await page.goto(address)
        assert await violations(page) == []
        assert await page.evaluate(OVERFLOW) == 0
    await page.close()
