"""The app that a browser can install: its worker, the page without a network, pushes turned on and off.

No browser maker's push service can be asked from here: `PushManager.subscribe` is replaced by one that
gives a subscription of the right shape. What is sent to one: `tests/server/notifications/push`."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PREFERENCES = "/communication/preferences"
READY = "navigator.serviceWorker.ready.then((one) => one.active.state)"
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
  return found;
}"""
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  let found = [];
  for (let frame = 0; frame < 300 && !found.length; frame += 1) {
    await new Promise(requestAnimationFrame);
    found = await registration.getNotifications();
  }
  return found.map((one) => [one.title, one.body, one.tag, one.data.path]);
}"""
# The point is that of the example in RFC 8291 §5.
SUBSCRIBED = """
  let given = null;
  const make = () => ({
    endpoint: "https://push.example.org/send/1",
    toJSON: () => ({endpoint: "https://push.example.org/send/1", expirationTime: null, keys: {
      p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      auth: "BTBZMqHH6r4Tts7J_aSIgg"}}),
    unsubscribe: async () => { given = null; sessionStorage.removeItem("given"); return true; },
  });
  const kept = () => (sessionStorage.getItem("given") ? make() : null);
  PushManager.prototype.getSubscription = async () => given ?? kept();
  PushManager.prototype.subscribe = async ({applicationServerKey}) => {
    if (applicationServerKey.length !== 65) throw new Error("no key");
    sessionStorage.setItem("given", "yes");
    return (given = make());
  };
  let asked = 0;
  const permission = () => sessionStorage.getItem("permission") ?? "default";
  Object.defineProperty(Notification, "permission", {get: permission});
  Notification.requestPermission = async () => {
    sessionStorage.setItem("asked", ++asked);
    sessionStorage.setItem("permission", "granted");
    return "granted";
  };
"""


async def entered(chromium: Browser, house: Platform, who: str, before: str = "") -> BrowserContext:
    context = await chromium.new_context(base_url=house.base, reduced_motion="reduce")
    login = {"identifier": f"{who}@peerlearn.example", "password": "learning-is-fun"}
    assert (await context.request.post("/api/v1/auth/login", data=login)).ok
    await context.add_init_script(before)
    return context


async def looked_after(context: BrowserContext, path: str) -> Page:
    """A page whose navigations go through the worker."""
    page = await context.new_page()
    await page.goto(path)
    assert await page.evaluate(READY) in {"activating", "activated"}
    await page.wait_for_function(CONTROLLED)
    return page


async def test_without_a_network_there_is_a_page_of_ours_and_nothing_of_anybody(
    chromium: Browser, house: Platform
) -> None:
    context = await entered(chromium, house, "lea")
    page = await looked_after(context, "/dashboard/learner/bookings")
    await page.reload()
    kept = await page.evaluate(KEPT)
    assert "/offline" in kept
    assert [path for path in kept if path != "/offline" and not path.startswith("/static/")] == []
    await context.set_offline(True)
    await page.goto("/sessions/")
    await expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    assert "Fontaine" not in await page.content()
    assert await page.locator('meta[name="csrf-token"]').get_attribute("content") == ""
    fonts = await page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "serif" in fonts  # its styles are kept too
    await context.set_offline(False)
    await expect(page.get_by_role("heading", name="You are offline")).to_have_count(0)
    await expect(page).to_have_url(f"{house.base}/sessions/")
    await context.close()


async def test_manifest_is_one_that_chromium_would_install(chromium: Browser, house: Platform) -> None:
    context = await chromium.new_context(base_url=house.base)
    page = await looked_after(context, "/")
    found = await (await context.new_cdp_session(page)).send("Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    for icon in manifest["icons"]:
        assert (await context.request.get(icon["src"])).headers["content-type"] == icon["type"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for shortcut in manifest["shortcuts"]:
        assert (await context.request.get(shortcut["url"])).ok
    await context.close()


async def test_pushes_are_turned_on_and_off_by_a_click_and_asked_for_by_nothing_else(
    chromium: Browser, house: Platform
) -> None:
    context = await entered(chromium, house, "jun", SUBSCRIBED)
    page = await looked_after(context, PREFERENCES)
    card = page.locator("#this-device")
    assert await page.evaluate("sessionStorage.getItem('asked')") is None
    await expect(page.get_by_text("As push")).to_have_count(0)
    await card.get_by_role("button", name="Turn on for this device").click()
    await expect(page.get_by_text("We tell you on this device from now on.")).to_be_visible()
    await expect(card.get_by_text("tells you at once, also while")).to_be_visible()
    await expect(page.get_by_text("As push", exact=True)).to_be_visible()
    await card.get_by_role("button", name="Turn off").click()
    await expect(page.get_by_text("That device takes no more notifications.")).to_be_visible()
    await expect(card.get_by_role("button", name="Turn on for this device")).to_be_visible()
    await context.close()


async def test_browser_that_blocks_them_is_told_where_to_allow_them(
    chromium: Browser, house: Platform
) -> None:
    denied = "Object.defineProperty(Notification, 'permission', {get: () => 'denied'});"
    context = await entered(chromium, house, "jun", denied)
    page = await looked_after(context, PREFERENCES)
    await expect(page.get_by_text("Your browser blocks notifications")).to_be_visible()
    await expect(page.get_by_role("button", name="Turn on for this device")).to_be_hidden()
    await context.close()


async def test_what_is_pushed_is_shown_and_leads_to_its_page(chromium: Browser, house: Platform) -> None:
    context = await entered(chromium, house, "jun")
    await context.grant_permissions(["notifications"], origin=house.base)
    page = await looked_after(context, PREFERENCES)
    devtools = await context.new_cdp_session(page)
    heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(said: dict[str, Any]) -> None:
        for one in said["registrations"]:
            if one["scopeURL"] == f"{house.base}/" and not heard.done():
                heard.set_result(one["registrationId"])

    devtools.on("ServiceWorker.workerRegistrationUpdated", hear)
    await devtools.send("ServiceWorker.enable")
    told = {"title": "Messages", "body": "Something new", "path": PREFERENCES, "tag": "t"}
    push = {
        "origin": house.base,
        "registrationId": await heard,
        "data": json.dumps(told),
    }
    await devtools.send("ServiceWorker.deliverPushMessage", push)
    assert await page.evaluate(SHOWN) == [["Messages", "Something new", "t", PREFERENCES]]
    await context.close()


async def test_line_on_the_overview_offers_them_until_it_is_dismissed(
    chromium: Browser, house: Platform
) -> None:
    context = await entered(chromium, house, "lea")
    page = await context.new_page()
    await page.goto("/dashboard/learner/overview")
    line = page.get_by_text("Shall this device tell you")
    await expect(line).to_be_visible()
    await page.get_by_role("button", name="Not on this device").click()
    await expect(page.get_by_role("heading", name="Hello")).to_be_visible()
    await expect(line).to_have_count(0)
    await context.close()
