"""Mentors are reviewed: approved, rejected or sent back, with a reason and a mail."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp.test_utils import TestClient

from server.admin.api import STANDARD_REASON
from server.infra.errors import Conflict
from server.infra.models import StateTransition
from server.people import service
from server.people.models import MentorProfile
from server.people.states import MOVES, MentorStatus, require_move
from tests.databases import BOTH
from tests.factories import PASSWORD, Answer, Api, api_of, person
from tests.server.accounts.mails import mails_to


@pytest.fixture
async def admin(http: TestClient) -> Api:
    await person("olga", "admin")
    await person("mira", "mentor", approved=False)
    return await api_of(http, "olga")


async def review(admin: Api, verdict: str, reason: str = "", username: str = "mira") -> Answer:
    return await admin.post(f"/admin/mentors/{username}/{verdict}", {"reason": reason})


async def test_approved_mentor_may_publish_and_gets_a_mail(admin: Api) -> None:
    user_id = (await MentorProfile.get()).user_id
    assert not await service.mentor_approved(user_id)
    found = await review(admin, "approve")
    assert (found.status, found.data["status"]) == (200, "approved")
    assert await service.mentor_approved(user_id)
    assert "mentor now" in (await mails_to("mira@example.com"))[0].text


async def test_approving_needs_no_body(admin: Api) -> None:
    assert (await admin.post("/admin/mentors/mira/approve")).status == 200


@pytest.mark.parametrize(
    ("verdict", "status"), [("reject", "rejected"), ("request-changes", "changes_requested")]
)
async def test_refusal_needs_a_reason_that_the_mentor_reads(
    admin: Api, verdict: str, status: str
) -> None:
    found = await review(admin, verdict, "  ")
    assert (found.status, list(found.fields)) == (422, ["reason"])
    found = await review(admin, verdict, "Please say what <you> teach & how.")
    assert (found.status, found.data["status"]) == (200, status)
    mail = (await mails_to("mira@example.com"))[0]
    assert "Please say what <you> teach & how." in mail.text
    assert "&lt;you&gt; teach &amp; how." in mail.html


async def test_refusal_without_a_word_gets_the_standard_one(admin: Api) -> None:
    found = await admin.post("/admin/mentors/mira/reject")
    assert found.status == 200
    assert STANDARD_REASON in (await mails_to("mira@example.com"))[0].text


async def test_every_move_keeps_who_and_why(admin: Api) -> None:
    await review(admin, "request-changes", "More, please.")
    moves = await StateTransition.filter(entity="mentor_profile").order_by("id")
    assert [(move.old, move.new, move.reason) for move in moves] == [
        ("", "submitted", ""),
        ("submitted", "changes_requested", "More, please."),
    ]
    assert moves[1].actor_id == (await service.accounts.user_by_username("olga")).id


async def test_changed_profile_waits_for_review_again(http: TestClient, admin: Api) -> None:
    await review(admin, "request-changes", "More, please.")
    mira = await api_of(http, "mira")
    assert (await mira.get("/users/me")).data["mentor"]["reason"] == "More, please."
    changed = await mira.call("PATCH", "/users/me", {"bio": "Much more."})
    assert changed.data["mentor"]["status"] == "submitted"
    waiting = (await admin.get("/admin/mentors")).data["items"]
    assert [(each["username"], each["bio"]) for each in waiting] == [("mira", "Much more.")]


async def test_same_verdict_twice_mails_once(admin: Api) -> None:
    await review(admin, "approve")
    sent = len(await mails_to("mira@example.com"))
    assert (await review(admin, "approve")).status == 200
    assert len(await mails_to("mira@example.com")) == sent


async def test_approved_profile_can_not_be_rejected(admin: Api) -> None:
    await review(admin, "approve")
    found = await review(admin, "reject", "Too late.")
    assert (found.status, found.code) == (409, "wrong_state")


@pytest.mark.parametrize("username", ["nobody", "olga"])
async def test_who_has_no_profile_is_not_found(admin: Api, username: str) -> None:
    assert (await review(admin, "approve", username=username)).status == 404


@BOTH
async def test_opposite_verdicts_at_once_leave_one(admin: Api) -> None:
    calls = [review(admin, "approve"), review(admin, "reject", "No.")] * 5
    found = await asyncio.gather(*calls)
    profile = await MentorProfile.get()
    won = {"approved": 0, "rejected": 1}[profile.status]
    assert [answer.status for answer in found] == [200 if i % 2 == won else 409 for i in range(10)]
    assert await StateTransition.filter(entity="mentor_profile", old="submitted").count() == 1


@pytest.mark.parametrize("role", ["learner", "mentor"])
@pytest.mark.parametrize("path", ["/admin/mentors/mira/approve", "/admin/mentors/mira/reject"])
async def test_others_do_not_review(http: TestClient, admin: Api, role: str, path: str) -> None:
    await person("ben", role)
    assert (await (await api_of(http, "ben")).post(path, {"reason": "x"})).status == 403
    assert (await Api(http).post(path, {"reason": "x"})).status == 401


@pytest.mark.parametrize("old", list(MentorStatus))
@pytest.mark.parametrize("new", list(MentorStatus))
def test_only_the_moves_of_the_table_are_allowed(old: MentorStatus, new: MentorStatus) -> None:
    if new in MOVES[old]:
        require_move(old, new)
    else:
        with pytest.raises(Conflict):
            require_move(old, new)


# --- pages


@pytest.fixture
async def browser(http: TestClient, admin: Api) -> TestClient:
    """Signed in as olga by cookie."""
    await http.post("/auth/login", data={"identifier": "olga", "password": PASSWORD})
    return http


async def csrf(browser: TestClient) -> str:
    return str((await (await browser.get("/api/v1/auth/csrf")).json())["data"]["token"])


async def decide(browser: TestClient, decision: str, reason: str = "") -> int:
    data = {"csrf_token": await csrf(browser), "decision": decision, "reason": reason}
    found = await browser.post("/dashboard/admin/mentors/mira", data=data, allow_redirects=False)
    return found.status


async def test_page_lists_who_waits(browser: TestClient) -> None:
    text = await (await browser.get("/dashboard/admin/reviews")).text()
    assert "mira@example.com" in text
    assert "/dashboard/admin/mentors/mira" in text


async def test_page_approves_without_scripts(browser: TestClient) -> None:
    assert await decide(browser, "approve") == 303
    text = await (await browser.get("/dashboard/admin/reviews")).text()
    assert "/dashboard/admin/mentors/mira" not in text


async def test_page_refuses_nonsense_and_rejection_without_a_reason(browser: TestClient) -> None:
    assert await decide(browser, "crown") == 422
    assert await decide(browser, "reject") == 422
    assert await decide(browser, "reject", "No.") == 303


async def test_overview_counts(browser: TestClient) -> None:
    found = await browser.get("/dashboard/admin/overview")
    assert found.status == 200
    assert "waiting" in await found.text()


@pytest.mark.parametrize("path", ["overview", "users", "reviews"])
async def test_pages_are_for_administrators(http: TestClient, path: str) -> None:
    await person("ben")
    await http.post("/auth/login", data={"identifier": "ben", "password": PASSWORD})
    assert (await http.get(f"/dashboard/admin/{path}")).status == 403
