"""The pages of user management and of the log: what they show, to whom, and without scripts."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from server.accounts import service as accounts
from server.accounts.models import Login, RoleGrant, User
from server.edge.access import FRESH_FOR
from server.infra import clock
from server.infra.models import AuditRow
from server.people.models import MentorProfile
from tests.factories import PASSWORD, api_of, person

USERS, AUDIT = "/dashboard/admin/users", "/dashboard/admin/audit"


async def enter(http: TestClient, username: str) -> None:
    await http.post("/auth/login", data={"identifier": username, "password": PASSWORD})


async def read(http: TestClient, path: str) -> str:
    found = await http.get(path)
    assert found.status == 200, path
    return await found.text()


async def page_of(username: str) -> str:
    return f"{USERS}/{(await User.get(username=username)).public_id}"


async def send(http: TestClient, path: str, **fields: object) -> tuple[int, str]:
    csrf = (await (await http.get("/api/v1/auth/csrf")).json())["data"]["token"]
    found = await http.post(path, data={"csrf_token": csrf, **fields})
    return found.status, await found.text()


@pytest.fixture
async def people(http: TestClient) -> None:
    await person("olga", "owner")
    await person("sam", "support")
    await person("ben")
    await person("mira", "mentor")


async def test_list_is_found_by_its_address(http: TestClient, people: None) -> None:
    await enter(http, "sam")
    everybody = await read(http, USERS)
    assert all(f"{name}@" in everybody for name in ("olga", "sam", "ben", "mira"))
    mentors = await read(http, f"{USERS}?role=mentor")
    assert ("mira@" in mentors, "ben@" in mentors, "1 found" in mentors) == (True, False, True)
    assert "Nobody is like that" in await read(http, f"{USERS}?q=nobody&status=banned")
    assert "One filter was left out" in await read(http, f"{USERS}?q={'x' * 101}")


async def test_page_warns_suspends_and_lets_in_again(http: TestClient, people: None) -> None:
    await api_of(http, "ben")
    await enter(http, "sam")
    page = await page_of("ben")
    shown = await read(http, page)
    assert ("Suspend</span>" in shown, "Ban</span>" in shown, 'id="roles"' in shown) == (
        True,
        False,
        False,
    )
    for action, status in (("warn", "active"), ("suspend", "suspended"), ("lift", "active")):
        found, text = await send(http, f"{page}/standing", action=action, reason=f"because {action}")
        assert (found, f"because {action}" in text) == (200, True)
        assert (await User.get(username="ben")).status == status
    assert "Logged in now" in text


async def test_mentor_is_suspended_from_teaching_alone(http: TestClient, people: None) -> None:
    await enter(http, "sam")
    assert "Suspend as a mentor" not in await read(http, await page_of("ben"))
    assert "Suspend as a mentor" in await read(http, await page_of("mira"))
    path = "/dashboard/admin/mentors/mira"
    found, _ = await send(http, path, decision="suspend", reason=" ")
    assert (found, (await MentorProfile.get(user__username="mira")).status) == (422, "approved")
    found, text = await send(http, path, decision="suspend", reason="Was rude.")
    assert (found, "Decided. We have told them." in text) == (200, True)
    assert (await MentorProfile.get(user__username="mira")).status == "suspended"
    assert (await User.get(username="mira")).status == "active"


async def test_what_was_typed_is_kept_beside_what_is_wrong(http: TestClient, people: None) -> None:
    await enter(http, "olga")
    page = await page_of("ben")
    found, text = await send(http, f"{page}/standing", action="crown", reason="my words")
    assert (found, "my words" in text) == (422, True)
    found, text = await send(http, f"{page}/roles", roles=["learner", "ops"], roles_reason=" ")
    assert (found, 'id="roles_reason-error"' in text) == (422, True)
    assert re.search(r'value="ops" checked', text)
    found, _ = await send(http, f"{page}/roles", roles=["learner", "ops"], roles_reason="joins")
    assert found == 200
    assert await RoleGrant.filter(user__username="ben").count() == 2


async def test_change_that_is_not_theirs_is_said_on_the_page(http: TestClient, people: None) -> None:
    await enter(http, "sam")
    found, text = await send(http, f"{await page_of('olga')}/standing", action="suspend", reason="x")
    assert (found, "Only an owner can change an owner." in text) == (403, True)


async def test_old_login_is_asked_to_confirm_before_the_forms_are_shown(
    http: TestClient, people: None
) -> None:
    await enter(http, "olga")
    await Login.all().update(confirmed_at=clock.now() - FRESH_FOR - timedelta(seconds=1))
    for path in (await page_of("ben"), "/dashboard/admin/invitations"):
        shown = await read(http, path)
        assert (f"/auth/confirm?next={path}" in shown, "<textarea" in shown) == (True, False)


async def test_looking_at_an_account_is_kept_once_an_hour(http: TestClient, people: None) -> None:
    await enter(http, "sam")
    for _ in range(2):
        await read(http, await page_of("ben"))
    assert await AuditRow.filter(action="user.viewed").count() == 1


@pytest.mark.parametrize(
    ("role", "open_pages"),
    [
        ("owner", {"overview", "users", "reviews", "audit", "control", "invitations"}),
        ("admin", {"overview", "users", "reviews", "audit", "control"}),
        ("support", {"overview", "users", "reviews"}),
        ("finance", {"overview"}),
        ("ops", {"overview", "control"}),
    ],
)
async def test_navigation_shows_what_one_may_enter(
    http: TestClient, role: str, open_pages: set[str]
) -> None:
    await person("pat", role)
    await enter(http, "pat")
    landed = await http.get("/dashboard/")
    names = ("overview", "users", "reviews", "audit", "control")
    shown = await landed.text()
    if role != "admin":  # the learner in them comes first, until they were here once
        shown = await read(http, "/dashboard/admin/overview")
        landed = await http.get("/dashboard/")
        assert landed.url.path == "/dashboard/admin/overview"
        assert {name for name in names if f'href="/dashboard/admin/{name}"' in shown} == (
            open_pages & set(names)
        )
    for name in (*names, "invitations"):
        status = (await http.get(f"/dashboard/admin/{name}")).status
        assert status == (200 if name in open_pages else 403), name


# --- the log


@pytest.fixture
async def log(http: TestClient, people: None) -> None:
    olga, sam = [
        await accounts.get_viewer((await User.get(username=name)).id) for name in ("olga", "sam")
    ]
    ben = await User.get(username="ben")
    await accounts.warn(sam, ben.public_id, "=1+1")
    await accounts.change_account(olga, ben.public_id, status="banned", roles=None, reason="spam")
    await enter(http, "olga")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"mentor.approved", "user.warned", "user.banned"}),
        ("actor=sam", {"user.warned"}),
        ("actor=SAM&person=ben", {"user.warned"}),
        ("actor=nobody", set()),
        ("person=sam", set()),
        ("action=user.ban", {"user.banned"}),
        ("subject=invitation", set()),
        ("from=2001-01-01&to=2001-01-02", set()),
        ("from=2001-01-01&to=", {"mentor.approved", "user.warned", "user.banned"}),
        ("to=9999-12-31", {"mentor.approved", "user.warned", "user.banned"}),
    ],
)
async def test_log_is_filtered(http: TestClient, log: None, query: str, found: set[str]) -> None:
    answer = await (await http.get(f"/api/v1/admin/audit?{query}")).json()
    assert {item["action"] for item in answer["data"]["items"]} == found
    assert answer["data"]["total"] == len(found)
    await read(http, f"{AUDIT}?{query}")


async def test_bad_day_is_named(http: TestClient, log: None) -> None:
    answer = await http.get("/api/v1/admin/audit?from=yesterday")
    assert (answer.status, list((await answer.json())["error"]["fields"])) == (422, ["from"])
    assert "One filter was left out" in await read(http, f"{AUDIT}?from=yesterday")


async def test_table_is_safe_in_a_spreadsheet(http: TestClient, log: None) -> None:
    text = await read(http, f"{AUDIT}.csv?person=ben")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["actor"], row["action"], row["reason"]) for row in rows] == [
        ("olga", "user.banned", "spam"),
        ("sam", "user.warned", "'=1+1"),
    ]
