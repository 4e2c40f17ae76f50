"""Who must prove more than a password, and how recently."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, unused_port

from config.settings import Settings
from server.accounts.models import Login, User
from server.app import build_app
from server.edge.access import FRESH_FOR
from server.infra.clock import ManualClock
from tests.factories import PASSWORD, api_of, person
from tests.server.accounts.factors import STEP, log_in, protect, wrong_code
from tests.serving import AppServer

OVERVIEW = "/dashboard/admin/overview"
SECOND = timedelta(seconds=1)


async def real_admin(username: str = "root") -> None:
    """An administrator who is none of the demo's people."""
    await person(username, "admin")
    await User.filter(username=username).update(email=f"{username}@example.com")


async def sign_in(http: TestClient, username: str = "anna", **values: str) -> str:
    """By the page; returns where it leads."""
    data = {"identifier": username, "password": PASSWORD, **values}
    found = await http.post("/auth/login", data=data, allow_redirects=False)
    return str(found.headers.get("Location"))


async def post(
    http: TestClient, path: str, headers: dict[str, str] | None = None, **data: str
) -> ClientResponse:
    token = (await (await http.get("/api/v1/auth/csrf")).json())["data"]["token"]
    sent = {**data, "csrf_token": token}
    return await http.post(path, data=sent, headers=headers, allow_redirects=False)


# --- administrators


async def test_administration_is_closed_until_a_second_factor_is_set_up(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await real_admin()
    refused = await (await api_of(http, "root")).get("/admin/users")
    assert (refused.status, refused.code) == (403, "second_factor_setup_required")
    root = await protect(http, "root", moved_clock)
    assert (await root.api.get("/admin/users")).status == 200
    again = await log_in(http, root.code(), "root")
    assert again.status == 200
    root.api.token = again.data["token"]
    assert (await root.api.get("/admin/users")).status == 200
    assert (await root.api.post("/auth/2fa/disable")).status == 200
    assert (await root.api.get("/admin/users")).code == "second_factor_setup_required"


async def test_pages_of_the_administration_lead_to_the_setup_and_back(http: TestClient) -> None:
    await real_admin()
    await sign_in(http, "root")
    found = await http.get(OVERVIEW, allow_redirects=False)
    assert found.headers["Location"] == "/profile/edit/security?next=%2Fdashboard%2Fadmin%2Foverview"
    page = await (await http.get(found.headers["Location"])).text()
    assert "Set up a second factor first" in page
    assert f'name="next" value="{OVERVIEW}"' in page


@pytest.mark.parametrize(("env", "host"), [("production", "127.0.0.1"), ("development", "0.0.0.0")])
async def test_people_of_the_demo_are_spared_on_this_machine_alone(
    database: Settings, env: str, host: str
) -> None:
    await person("olga", "admin")
    port = unused_port()
    settings = replace(database, env=env, host=host, port=port, base_url=f"http://127.0.0.1:{port}")
    async with TestClient(AppServer(build_app(settings), host="127.0.0.1", port=port)) as client:
        refused = await (await api_of(client, "olga")).get("/admin/users")
        assert refused.code == "second_factor_setup_required"


# --- fresh


async def test_changing_roles_asks_for_a_fresh_login(http: TestClient, moved_clock: ManualClock) -> None:
    await person("olga", "admin", "owner")
    ben = await person("ben")
    api = await api_of(http, "olga")
    path, body = f"/admin/users/{ben.public_id}", {"roles": ["learner", "mentor"], "reason": "asked"}
    moved_clock.advance(FRESH_FOR + SECOND)
    refused = await api.call("PATCH", path, body)
    assert (refused.status, refused.code) == (403, "confirmation_required")
    api = await api_of(http, "olga")
    assert (await api.call("PATCH", path, body)).status == 200


async def test_page_asks_for_the_password_and_leads_back(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    await sign_in(http)
    moved_clock.advance(FRESH_FOR + SECOND)
    own = str(http.make_url("/profile/edit/security?next=/sessions/"))
    asked = await post(http, "/profile/edit/security/2fa/setup", {"Referer": own})
    back = "/auth/confirm?next=%2Fprofile%2Fedit%2Fsecurity%3Fnext%3D%2Fsessions%2F"
    assert (asked.status, asked.headers["Location"]) == (303, back)
    text = await (await http.get(back)).text()
    assert 'value="/profile/edit/security?next=/sessions/"' in text
    wrong = await post(http, "/auth/confirm", password="wrong", next="/profile/edit/security")
    assert wrong.status == 422
    assert 'value="/profile/edit/security"' in await wrong.text()
    done = await post(http, "/auth/confirm", password=PASSWORD, next="/profile/edit/security")
    assert (done.status, done.headers["Location"]) == (303, "/profile/edit/security")
    found = await post(http, "/profile/edit/security/2fa/setup")
    assert found.headers["Location"] == "/profile/edit/security/2fa"


async def test_page_asks_for_a_code_where_there_is_a_second_factor(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    await sign_in(http)
    await http.post("/auth/2fa", data={"code": anna.code()})
    moved_clock.advance(FRESH_FOR + SECOND)
    assert (await post(http, "/auth/confirm", password=PASSWORD)).status == 422
    assert (await post(http, "/auth/confirm", code=wrong_code(anna.secret))).status == 422
    assert (await post(http, "/profile/edit/security/2fa/disable")).headers["Location"] == "/auth/confirm"
    assert (await post(http, "/auth/confirm", code=anna.code())).status == 303
    done = await post(http, "/profile/edit/security/2fa/disable")
    assert done.headers["Location"] == "/profile/edit/security?done=off"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_confirming_never_leads_to_another_site(http: TestClient, target: str) -> None:
    await person("anna")
    await sign_in(http)
    found = await post(http, "/auth/confirm", password=PASSWORD, next=target)
    assert found.headers["Location"] == "/profile/edit/security"


async def test_page_of_another_site_is_nowhere_to_lead_back_to(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    await sign_in(http)
    moved_clock.advance(FRESH_FOR + SECOND)
    for referer in ("https://evil.example/x", "x", "http://[", "//evil.example/x"):
        found = await post(http, "/profile/edit/security/2fa/setup", {"Referer": referer})
        assert found.headers["Location"] == "/auth/confirm"


async def test_guessing_the_password_there_is_throttled(
    http: TestClient, moved_clock: ManualClock
) -> None:
    await person("anna")
    await sign_in(http)
    for _ in range(10):
        assert (await post(http, "/auth/confirm", password="wrong")).status == 422
    assert (await post(http, "/auth/confirm", password=PASSWORD)).status == 429


async def test_new_password_alone_is_no_fresh_proof(http: TestClient, moved_clock: ManualClock) -> None:
    """Who took over a login and knows the password has still no code."""
    await person("anna")
    anna = await protect(http, "anna", moved_clock)
    moved_clock.advance(FRESH_FOR + STEP)
    await sign_in(http)
    await http.post("/auth/2fa", data={"code": anna.code()})
    await Login.all().update(confirmed_at=moved_clock.now() - FRESH_FOR - SECOND)
    sent = {"current": PASSWORD, "password": "a completely new one"}
    changed = await post(http, "/profile/edit/security/password", **sent)
    assert changed.headers["Location"] == "/profile/edit/security?done=password"
    assert (await post(http, "/profile/edit/security/2fa/disable")).headers["Location"] == "/auth/confirm"
