"""`/profile/edit/security`: password, second factor and logins, without scripts."""

from __future__ import annotations

import html
import re

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from server.accounts.devices import device_of, place_of
from server.accounts.models import Login, RecoveryCode
from server.infra.clock import ManualClock
from tests.databases import BOTH
from tests.factories import PASSWORD, Api, api_of, person
from tests.server.accounts.factors import code_of, log_in, protect
from tests.server.accounts.mails import mails_to

ANNA = "anna@example.com"
NEW = "a completely new one"
PAGE = "/profile/edit/security"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEWER_FIREFOX = FIREFOX.replace("140", "152")
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)


async def sign_in(http: TestClient, password: str = PASSWORD) -> None:
    await http.post("/auth/login", data={"identifier": "anna", "password": password})


async def post(http: TestClient, path: str, **data: str) -> ClientResponse:
    token = (await (await http.get("/api/v1/auth/csrf")).json())["data"]["token"]
    return await http.post(f"{PAGE}{path}", data={**data, "csrf_token": token}, allow_redirects=False)


# --- password


@BOTH
async def test_new_password_ends_all_other_logins(http: TestClient) -> None:
    await person("anna")
    other = await api_of(http, "anna")
    await sign_in(http)
    done = await post(http, "/password", current=PASSWORD, password=NEW)
    assert (done.status, done.headers["Location"]) == (303, f"{PAGE}?done=password")
    assert (await http.get("/api/v1/users/me")).status == 200
    cookies = http.session.cookie_jar.filter_cookies(http.make_url("/"))
    assert (await other.get("/users/me")).status == 401
    http.session.cookie_jar.update_cookies(cookies)
    assert "your new password is set" in (await (await http.get(f"{PAGE}?done=password")).text()).lower()
    assert (await mails_to(ANNA))[0].subject == "Your password was changed"
    assert (await Api(http).post("/auth/login", {"identifier": "anna", "password": NEW})).status == 200


@pytest.mark.parametrize(
    ("current", "password", "field"),
    [
        ("wrong", NEW, "current"),
        (PASSWORD, "short", "password"),
        (PASSWORD, "anna@example.com", "password"),
    ],
)
async def test_password_that_will_not_do_is_said_beside_its_field(
    http: TestClient, current: str, password: str, field: str
) -> None:
    await person("anna")
    await sign_in(http)
    found = await post(http, "/password", current=current, password=password)
    assert found.status == 422
    assert f'id="{field}-error"' in await found.text()
    assert (
        await Api(http).post("/auth/login", {"identifier": "anna", "password": PASSWORD})
    ).status == 200


async def test_guessing_the_present_password_is_throttled(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    await sign_in(http)
    for _ in range(10):
        assert (await post(http, "/password", current="wrong", password=NEW)).status == 422
    assert (await post(http, "/password", current=PASSWORD, password=NEW)).status == 429


# --- the second factor


async def test_second_factor_is_set_up_without_scripts(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    await sign_in(http)
    begun = await post(http, "/2fa/setup", next="/sessions/")
    assert begun.headers["Location"] == f"{PAGE}/2fa?next=%2Fsessions%2F"
    text = await (await http.get(begun.headers["Location"])).text()
    assert "<svg" in text
    assert "<style" not in text
    key = re.search(r'security-key">([A-Z2-7 ]+)<', text)
    assert key
    wrong = await post(http, "/2fa", code="12", next="/sessions/")
    assert wrong.status == 422
    assert key[1] in await wrong.text()
    done = await post(http, "/2fa", code=code_of(key[1].replace(" ", "")), next="/sessions/")
    shown = re.findall(r"<li><code>([\w-]+)</code>", await done.text())
    assert len(set(shown)) == 10
    assert done.headers["Cache-Control"] == "no-store"
    assert 'href="/sessions/">I have kept them' in await done.text()
    assert shown[0] not in await (await http.get(PAGE)).text()
    assert (await log_in(http, shown[0])).status == 200


async def test_new_recovery_codes_replace_the_old(http: TestClient, moved_clock: ManualClock) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    await sign_in(http)
    await http.post("/auth/2fa", data={"code": anna.code()})
    made = await post(http, "/2fa/codes")
    shown = re.findall(r"<li><code>([\w-]+)</code>", await made.text())
    assert len(shown) == await RecoveryCode.all().count() == 10
    assert (await log_in(http, anna.recovery_codes[0])).code == "second_factor_invalid"
    assert (await log_in(http, shown[0])).status == 200


async def test_without_a_setup_under_way_there_is_no_qr_code(http: TestClient) -> None:
    await person("anna")
    await sign_in(http)
    found = await http.get(f"{PAGE}/2fa", allow_redirects=False)
    assert (found.status, found.headers["Location"]) == (303, PAGE)


# --- logins


async def test_page_lists_logins_and_ends_them(http: TestClient) -> None:
    await person("anna")
    other = await Api(http, headers={"User-Agent": PHONE}).post(
        "/auth/login", {"identifier": "anna", "password": PASSWORD}
    )
    await sign_in(http)
    text = html.unescape(await (await http.get(PAGE)).text())
    assert "Mobile Safari on iOS" in text
    assert "127.0.0.1" in text
    (ends,) = re.findall(rf'action="{PAGE}/logins/([\w-]+)"', text)
    assert (await post(http, f"/logins/{ends}")).headers["Location"] == f"{PAGE}?done=ended"
    assert (await post(http, f"/logins/{ends}")).status == 404
    assert (await Api(http, token=other.data["token"]).get("/users/me")).status == 401


async def test_all_other_logins_are_ended_at_once(http: TestClient) -> None:
    await person("anna")
    for _ in range(3):
        await api_of(http, "anna")
    await sign_in(http)
    assert (await post(http, "/logins")).headers["Location"] == f"{PAGE}?done=others"
    assert await Login.filter(revoked_at__isnull=True).count() == 1
    assert (await http.get("/api/v1/users/me")).status == 200


async def test_login_on_a_new_device_is_told_by_mail(http: TestClient) -> None:
    await person("anna")
    before = len(await mails_to(ANNA))
    for agent, mails in ((FIREFOX, 0), (NEWER_FIREFOX, 0), (PHONE, 1), (PHONE, 1), (FIREFOX, 1)):
        api = Api(http, headers={"User-Agent": agent})
        await api.post("/auth/login", {"identifier": "anna", "password": PASSWORD})
        assert len(await mails_to(ANNA)) == before + mails
    mail = (await mails_to(ANNA))[0]
    assert mail.subject == "A new login to your account"
    assert "Mobile Safari on iOS" in mail.text


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox on Linux"),
        (NEWER_FIREFOX, "Firefox on Linux"),
        ("", "An unknown device"),
        ("x" * 5000, "An unknown device"),
        ("<script>alert(1)</script>", "An unknown device"),
    ],
)
def test_device_is_named_without_its_version(agent: str, device: str) -> None:
    assert device_of(agent) == device


@pytest.mark.parametrize(
    ("address", "place"),
    [("192.168.1.7", "the local network"), ("8.8.8.8", ""), ("", ""), ("unknown", "")],
)
def test_place_is_what_an_address_says_by_itself(address: str, place: str) -> None:
    assert place_of(address) == place
