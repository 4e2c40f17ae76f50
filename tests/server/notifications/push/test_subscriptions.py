"""Browsers are taken in and let go by the API and the page, each by its own person alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.notifications.export import erase, export
from server.notifications.models import PushSubscription
from server.notifications.push.devices import MOST_DEVICES
from server.notifications.push.office import open_push
from server.notifications.push.views import PAGE
from tests.databases import BOTH
from tests.factories import Api, api_of, person
from tests.server.notifications.push.browsers import FIREFOX, Browser

PATH = "/push/subscriptions"
AGENT = {"User-Agent": FIREFOX}


def body_of(browser: Browser) -> dict[str, Any]:
    """As `PushSubscription.toJSON()` has it."""
    given = browser.subscription
    keys = {"p256dh": given.p256dh, "auth": given.auth}
    return {"endpoint": given.endpoint, "expirationTime": None, "keys": keys}


def browser(name: str = "1") -> Browser:
    return Browser(f"https://push.example.org/send/{name}")


async def as_lea(http: TestClient) -> Api:
    return await api_of(http, "lea")


@BOTH
async def test_browser_is_taken_in_listed_renewed_and_let_go(http: TestClient) -> None:
    await person("lea")
    lea, one = await as_lea(http), browser()
    new = await lea.post(PATH, body_of(one), headers=AGENT)
    assert (new.status, new.data["name"], new.data["here"]) == (201, "Firefox on Linux", True)
    assert (await lea.post(PATH, body_of(one))).status == 200
    listed = (await lea.get(PATH)).data
    assert [device["id"] for device in listed["devices"]] == [new.data["id"]]
    assert len(listed["public_key"]) == 87
    assert (await lea.call("DELETE", PATH, {"endpoint": one.endpoint})).status == 200
    assert (await lea.call("DELETE", PATH, {"endpoint": one.endpoint})).status == 200
    assert (await lea.get(PATH)).data["devices"] == []


@BOTH
async def test_login_has_one_browser_and_a_browser_one_person(http: TestClient) -> None:
    lea_viewer, jun_viewer = await person("lea"), await person("jun")
    lea, jun, shared = await as_lea(http), await api_of(http, "jun"), browser("shared")
    await lea.post(PATH, body_of(browser("old")))
    await lea.post(PATH, body_of(shared))
    assert await PushSubscription.filter(user_id=lea_viewer.user_id).count() == 1
    assert (await jun.post(PATH, body_of(shared))).status == 201
    assert [row.user_id for row in await PushSubscription.all()] == [jun_viewer.user_id]
    await lea.call("DELETE", PATH, {"endpoint": shared.endpoint})
    assert await PushSubscription.all().count() == 1


async def test_one_more_device_than_there_may_be_ends_the_oldest(http: TestClient) -> None:
    await person("lea")
    for number in range(MOST_DEVICES + 1):
        await (await as_lea(http)).post(PATH, body_of(browser(str(number))))
    rows = await PushSubscription.all().order_by("id")
    assert len(rows) == MOST_DEVICES
    assert rows[0].endpoint.endswith("/1")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endpoint": "http://push.example.org/1"}, "endpoint"),
        ({"endpoint": "https://10.0.0.1/1"}, "endpoint"),
        ({"endpoint": "https://redis/1"}, "endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": "A" * 22}}, "keys.p256dh"),
        ({"keys": {"p256dh": "?", "auth": "A" * 22}}, "keys.p256dh"),
        ({"keys": {}}, "keys.auth"),
        ({"keys": None}, "keys"),
    ],
)
async def test_what_is_no_subscription_is_refused(
    http: TestClient, changes: dict[str, Any], field: str
) -> None:
    await person("lea")
    found = await (await as_lea(http)).post(PATH, body_of(browser()) | changes)
    assert found.status == 422
    assert field in found.fields


async def test_secret_has_its_length(http: TestClient) -> None:
    await person("lea")
    body = body_of(browser())
    body["keys"]["auth"] = "AAAA"
    found = await (await as_lea(http)).post(PATH, body)
    assert found.fields == {"keys.auth": "This is no key of a browser."}


async def test_cookie_needs_the_token_of_its_page(http: TestClient) -> None:
    await person("lea")
    login = {"identifier": "lea", "password": "correct horse battery"}
    await http.post("/api/v1/auth/login", json=login)
    refused = await http.post(f"/api/v1{PATH}", json=body_of(browser()))
    assert refused.status == 403
    token = (await (await http.get("/api/v1/auth/csrf")).json())["data"]["csrf_token"]
    taken = await http.post(f"/api/v1{PATH}", json=body_of(browser()), headers={"X-CSRF-Token": token})
    assert taken.status == 201


async def test_installation_without_a_key_says_so_and_shows_nothing(
    http: TestClient, database: Settings
) -> None:
    await person("lea")
    lea = await as_lea(http)
    open_push(replace(database, vapid_private_key=""))
    refused = await lea.post(PATH, body_of(browser()))
    assert (refused.status, refused.code) == (409, "push_off")
    assert (await lea.get(PATH)).data == {"public_key": "", "devices": []}
    page = await http.get(PAGE, headers={"Authorization": f"Bearer {lea.token}"})
    assert "this-device" not in await page.text()


# --- the page


async def on_the_page(http: TestClient, lea: Api, method: str = "GET", path: str = "") -> str:
    headers = {"Authorization": f"Bearer {lea.token}"}
    async with http.request(method, f"{PAGE}{path}", headers=headers, data={}) as answer:
        return await answer.text()


async def test_page_shows_the_column_and_the_devices_once_there_is_one(http: TestClient) -> None:
    await person("lea")
    lea = await as_lea(http)
    before = await on_the_page(http, lea)
    assert "As push" not in before
    assert 'data-push-here=""' in before
    device = (await lea.post(PATH, body_of(browser()), headers=AGENT)).data
    after = await on_the_page(http, lea)
    assert "As push" in after
    assert "Firefox on Linux" in after
    assert "That device takes no more" in await on_the_page(http, lea, "POST", f"/devices/{device['id']}")
    assert await PushSubscription.all().count() == 0


async def test_choice_about_names_is_kept_and_stays_when_there_is_no_device(http: TestClient) -> None:
    await person("lea")
    lea = await as_lea(http)
    assert not (await lea.get("/users/me/preferences")).data["push_says"]
    await lea.call("PUT", "/users/me/preferences", {"push_says": True})
    await on_the_page(http, lea, "POST")
    assert (await lea.get("/users/me/preferences")).data["push_says"]


async def test_trial_is_sent_to_a_device_that_takes_it_alone(http: TestClient) -> None:
    await person("lea")
    lea = await as_lea(http)
    assert "Nothing could be sent" in await on_the_page(http, lea, "POST", "/trial")
    await lea.post(PATH, body_of(browser()))
    assert "on its way" in await on_the_page(http, lea, "POST", "/trial")


# --- what is kept of it


async def test_devices_are_taken_along_without_their_secrets_and_go_with_their_person(
    http: TestClient,
) -> None:
    viewer = await person("lea")
    await (await as_lea(http)).post(PATH, body_of(browser()), headers=AGENT)
    (row,) = (await export(viewer.user_id))["push_subscriptions"]
    assert row["device"] == "Firefox on Linux"
    assert not {"endpoint", "p256dh", "auth"} & row.keys()
    await erase(viewer.user_id)
    assert await PushSubscription.all().count() == 0
