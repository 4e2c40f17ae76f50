"""Administrators look after accounts, and can't take the house from its owner."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.accounts.models import User
from server.infra.models import StateTransition
from tests.factories import Answer, Api, api_of, person


@pytest.fixture
async def admin(http: TestClient) -> Api:
    await person("olga", "admin")
    await person("ben")
    await person("mira", "mentor")
    return await api_of(http, "olga")


@pytest.fixture
async def owner(http: TestClient, admin: Api) -> Api:
    await person("otto", "admin", "owner")
    return await api_of(http, "otto")


async def change(by: Api, username: str, **values: Any) -> Answer:
    user = await User.get(username=username)
    return await by.call("PATCH", f"/admin/users/{user.public_id}", {"reason": "because", **values})


async def usernames(by: Api, query: str) -> list[str]:
    return [item["username"] for item in (await by.get(f"/admin/users?{query}")).data["items"]]


async def test_users_are_found_and_paged(admin: Api) -> None:
    assert await usernames(admin, "") == ["mira", "ben", "olga"]
    assert await usernames(admin, "q=MIR") == ["mira"]
    assert await usernames(admin, "role=mentor") == ["mira"]
    assert await usernames(admin, "status=banned") == []
    second = await admin.get("/admin/users?page=2&per_page=2")
    assert (second.data["total"], second.data["page"]) == (3, 2)
    assert [item["username"] for item in second.data["items"]] == ["olga"]


@pytest.mark.parametrize("q", ["%25", "_", "%27%20OR%201=1--", "x" * 100, "%EF%B7%BA" * 100])
async def test_search_takes_text_as_it_is(admin: Api, q: str) -> None:
    assert await usernames(admin, f"q={q}") == []


async def test_suspension_ends_all_logins_and_is_kept(http: TestClient, admin: Api) -> None:
    ben = await api_of(http, "ben")
    assert (await change(admin, "ben", status="suspended")).data["status"] == "suspended"
    assert (await ben.get("/users/me")).status == 401
    assert (await change(admin, "ben", status="active")).status == 200
    assert (await ben.get("/users/me")).status == 401
    moves = await StateTransition.filter(entity="user").order_by("id")
    assert [(move.old, move.new, move.reason) for move in moves] == [
        ("active", "suspended", "because"),
        ("suspended", "active", "because"),
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"status": "king"}, "status"),
        ({"roles": ["king"]}, "roles"),
        ({"status": "suspended", "reason": " "}, "reason"),
        ({"status": "closing"}, "status"),
    ],
)
async def test_bad_change_is_named(admin: Api, values: dict[str, Any], field: str) -> None:
    found = await change(admin, "ben", **values)
    assert (found.status, list(found.fields)) == (422, [field])


async def test_admin_makes_no_admins_and_touches_no_owner(admin: Api, owner: Api) -> None:
    assert (await change(admin, "ben", roles=["learner", "admin"])).status == 403
    assert (await change(admin, "otto", status="suspended")).status == 403
    assert (await change(admin, "otto", roles=[])).status == 403
    assert (await change(admin, "ben", roles=["learner", "mentor"])).data["roles"] == [
        "learner",
        "mentor",
    ]


async def test_nobody_changes_their_own_standing(admin: Api, owner: Api) -> None:
    assert (await change(admin, "olga", roles=["admin", "owner"])).status == 403
    assert (await change(owner, "otto", roles=["learner"])).status == 403


async def test_owner_makes_and_unmakes_admins(http: TestClient, owner: Api) -> None:
    assert (await change(owner, "ben", roles=["learner", "admin"])).status == 200
    ben = await api_of(http, "ben")
    assert (await ben.get("/admin/users")).code == "second_factor_setup_required"
    assert (await change(owner, "ben", roles=["learner"])).status == 200
    assert (await ben.get("/admin/users")).code == "unauthenticated"
    assert (await (await api_of(http, "ben")).get("/admin/users")).code == "forbidden"


@pytest.mark.parametrize("user_id", ["1", "nonsense", "00000000-0000-0000-0000-000000000000"])
async def test_unknown_user_is_not_found(admin: Api, user_id: str) -> None:
    found = await admin.call("PATCH", f"/admin/users/{user_id}", {"status": "active", "reason": "x"})
    assert found.status == 404
