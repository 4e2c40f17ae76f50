"""Who is invited to the staff: by whom, how they accept, and what a link is worth."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.accounts import invitations
from server.accounts import service as accounts
from server.accounts.models import Invitation, Login, RoleGrant, User
from server.accounts.values import Registration
from server.edge.access import FRESH_FOR
from server.infra import clock
from server.infra.errors import DomainError
from server.infra.models import AuditRow
from tests.databases import BOTH
from tests.factories import PASSWORD, Api, api_of, person
from tests.server.accounts.mails import mails_to

ADA = "ada@example.com"
LINK = re.compile(r"/auth/invitation\?token=([A-Za-z0-9_-]+)")


@pytest.fixture
async def owner(http: TestClient) -> Api:
    await person("olga", "owner")
    return await api_of(http, "olga")


async def invite(owner: Api, email: str = ADA, *roles: str) -> Any:
    found = await owner.post("/admin/invitations", {"email": email, "roles": list(roles or ["support"])})
    assert found.status == 201, found.body
    return found.data


async def token_to(email: str = ADA) -> str:
    found = LINK.search((await mails_to(email))[0].text)
    assert found
    return found[1]


async def roles_of(email: str) -> set[str]:
    return {grant.role for grant in await RoleGrant.filter(user__email=email)}


async def accept(http: TestClient, token: str, **fields: str) -> tuple[int, str]:
    """By whoever is signed in in this browser, or by making an account."""
    csrf = (await (await http.get("/api/v1/auth/csrf")).json())["data"]["token"]
    data = {"token": token, "csrf_token": csrf, **fields}
    found = await http.post("/auth/invitation", data=data, allow_redirects=False)
    return found.status, found.headers.get("Location", "")


async def enter(http: TestClient, username: str) -> None:
    await http.post("/auth/login", data={"identifier": username, "password": PASSWORD})


# --- inviting


async def test_mail_has_the_link_and_the_database_only_its_hash(http: TestClient, owner: Api) -> None:
    made = await invite(owner, ADA, "ops", "finance")
    assert (made["status"], made["roles"], made["invited_by"]) == ("open", ["finance", "ops"], "olga")
    token = await token_to()
    row = await Invitation.get()
    assert token not in str(dict(row))
    assert row.expires_at - row.created_at == timedelta(days=7)
    assert (await AuditRow.get(action="invitation.sent")).detail == {"roles": ["finance", "ops"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nonsense", "roles": ["ops"]}, "email"),
        ({"email": ADA, "roles": []}, "roles"),
        ({"email": ADA, "roles": ["mentor"]}, "roles"),
        ({"email": ADA, "roles": ["king"]}, "roles"),
        ({"email": "olga@peerlearn.example", "roles": ["owner"]}, "email"),
    ],
)
async def test_bad_invitation_is_named(owner: Api, body: dict[str, Any], field: str) -> None:
    found = await owner.post("/admin/invitations", body)
    assert (found.status, list(found.fields)) == (422, [field])
    assert not await Invitation.exists()


@pytest.mark.parametrize("role", ["admin", "support", "learner"])
async def test_owners_alone_invite(http: TestClient, owner: Api, role: str) -> None:
    await person("ben", role)
    found = await (await api_of(http, "ben")).post("/admin/invitations", {"email": ADA, "roles": ["ops"]})
    assert found.status == 403


async def test_inviting_asks_for_a_fresh_login(http: TestClient, owner: Api) -> None:
    await Login.all().update(confirmed_at=clock.now() - FRESH_FOR - timedelta(seconds=1))
    found = await owner.post("/admin/invitations", {"email": ADA, "roles": ["ops"]})
    assert found.code == "confirmation_required"


async def test_later_invitation_replaces_the_earlier_one(http: TestClient, owner: Api) -> None:
    await invite(owner)
    first = await token_to()
    await invite(owner)
    assert {each["status"] for each in (await owner.get("/admin/invitations")).data["items"]} == {
        "open",
        "revoked",
    }
    assert await invitations.offer_of(first, None) is None
    assert await invitations.offer_of(await token_to(), None) is not None


# --- the link


async def test_opening_the_link_changes_nothing(http: TestClient, owner: Api) -> None:
    """Mail scanners do."""
    await person("ada")
    await invite(owner)
    path = f"/auth/invitation?token={await token_to()}"
    for method in ("GET", "HEAD", "GET"):
        assert (await http.request(method, path)).status == 200
    await enter(http, "ada")
    assert "Accept the invitation" in await (await http.get(path)).text()
    assert await roles_of(ADA) == {"learner"}
    assert (await Invitation.get()).used_at is None


@pytest.mark.parametrize("end", ["used", "revoked", "too old", "inviter demoted", "unknown"])
async def test_link_that_is_over_gives_nothing(http: TestClient, owner: Api, end: str) -> None:
    ada = await person("ada")
    made = await invite(owner)
    token = await token_to()
    if end == "used":
        await invitations.accept(ada, token)
        await RoleGrant.filter(user_id=ada.user_id, role="support").delete()
    elif end == "revoked":
        assert (await owner.call("DELETE", f"/admin/invitations/{made['id']}")).status == 200
    elif end == "too old":
        await Invitation.all().update(expires_at=clock.now())
    elif end == "inviter demoted":
        await RoleGrant.filter(role="owner").delete()
    else:
        token = "x" * 43
    await enter(http, "ada")
    assert (await accept(http, token))[0] == 422
    assert await roles_of(ADA) == {"learner"}


# --- accepting


async def test_signed_in_person_accepts_and_gets_a_new_login(http: TestClient, owner: Api) -> None:
    await person("ada")
    await invite(owner)
    elsewhere = await api_of(http, "ada")
    await enter(http, "ada")
    before = {cookie.value for cookie in http.session.cookie_jar}
    status, location = await accept(http, await token_to())
    assert (status, location.partition("?")[0]) == (303, "/profile/edit/security")
    assert await roles_of(ADA) == {"learner", "support"}
    assert not before & {cookie.value for cookie in http.session.cookie_jar}
    assert (await http.get("/api/v1/users/me")).status == 200
    refused = await (await http.get("/api/v1/admin/users")).json()
    assert refused["error"]["code"] == "second_factor_setup_required"
    assert (await elsewhere.get("/users/me")).status == 401
    assert (await AuditRow.get(action="user.roles")).detail == {"gained": ["support"], "lost": []}


async def test_other_address_and_an_unproven_one_are_refused(http: TestClient, owner: Api) -> None:
    await person("ada", verified=False)
    await person("eve")
    await invite(owner)
    token = await token_to()
    for username in ("eve", "ada"):
        await enter(http, username)
        assert (await accept(http, token))[0] == 403
    assert (await Invitation.get()).used_at is None
    assert not await RoleGrant.filter(role="support").exists()


async def test_newcomer_makes_an_account_with_the_address_of_the_invitation(
    http: TestClient, owner: Api
) -> None:
    await invite(owner)
    token = await token_to()
    assert "Make your account" in await (await http.get(f"/auth/invitation?token={token}")).text()
    fields = {"username": "ada", "password": PASSWORD, "name": "Ada", "email": "eve@example.com"}
    status, _ = await accept(http, token, **{**fields, "password": "x"})
    assert status == 422
    status, location = await accept(http, token, **fields)
    assert (status, location.partition("?")[0]) == (303, "/profile/edit/security")
    user = await User.get(username="ada")
    assert (user.email, user.email_verified_at is not None) == (ADA, True)
    assert await roles_of(ADA) == {"learner", "support"}
    assert "verify" not in "".join(mail.text for mail in await mails_to(ADA))


async def test_account_with_the_address_is_asked_to_log_in(http: TestClient, owner: Api) -> None:
    await person("ada")
    await invite(owner)
    token = await token_to()
    page = await (await http.get(f"/auth/invitation?token={token}")).text()
    assert "/auth/login?next=/auth/invitation%3Ftoken%3D" in page
    status, _ = await accept(http, token, username="ada2", password=PASSWORD, name="Ada")
    assert status == 422
    assert (await Invitation.get()).used_at is None


@BOTH
async def test_of_many_uses_at_once_one_succeeds(database: Settings) -> None:
    olga = await person("olga", "owner")
    await accounts.invite(olga, ADA, {"ops"})
    token = await token_to()
    wanted = [Registration("", f"ada{number}", PASSWORD, "learner", name="Ada") for number in range(5)]
    tries = [invitations.register_invited(token, each) for each in wanted]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, int) for each in found) == 1
    assert all(isinstance(each, int | DomainError) for each in found)
    assert await RoleGrant.filter(role="ops").count() == 1


# --- the page


async def test_page_invites_and_takes_back_without_scripts(http: TestClient, owner: Api) -> None:
    await enter(http, "olga")
    csrf = (await (await http.get("/api/v1/auth/csrf")).json())["data"]["token"]
    page = "/dashboard/admin/invitations"
    refused = await http.post(page, data={"csrf_token": csrf, "email": ADA})
    assert (refused.status, ADA in await refused.text()) == (422, True)
    sent = await http.post(page, data={"csrf_token": csrf, "email": ADA, "roles": "ops"})
    assert "on its way" in await sent.text()
    made = await Invitation.get()
    await http.post(f"{page}/{made.public_id}", data={"csrf_token": csrf})
    assert "Taken back" in await (await http.get(page)).text()
