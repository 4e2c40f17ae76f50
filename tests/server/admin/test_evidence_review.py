"""Evidence is reviewed: only a reviewer who has seen it makes a level verified."""

from __future__ import annotations

import asyncio
import html
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp.test_utils import TestClient

from server.edge.access import Viewer
from server.infra import clock
from server.infra.models import AuditRow
from server.notifications.models import Notification
from server.people import service
from server.people.models import Credential, UserSkill
from server.worker import run_due
from tests.databases import BOTH
from tests.server.booking.makers import bearer, person, skill

PAGE = "/dashboard/admin/reviews?tab=evidence"


@pytest.fixture
async def lea(http: TestClient) -> Viewer:
    viewer = await person("lea")
    await skill("sql", "SQL")
    await service.replace_skills(viewer.user_id, teach=["sql"], want=["sql"])
    return viewer


@pytest.fixture
async def olga(http: TestClient) -> Viewer:
    return await person("olga", "admin")


async def evidence(viewer: Viewer, *, of_skill: bool = True, **values: Any) -> UUID:
    row = await skill_id() if of_skill else None
    kept = await Credential.create(
        user_id=viewer.user_id,
        skill_id=row,
        level="advanced" if of_skill else "",
        title="Diploma in <databases>",
        issuer="Open School",
        year=2024,
        created_at=clock.now(),
        **values,
    )
    return kept.public_id


async def skill_id() -> int:
    row = await UserSkill.filter(skill__slug="sql").first()
    assert row is not None
    return row.skill_id


async def ask(http: TestClient, viewer: Viewer, method: str, path: str, **sent: Any) -> Any:
    headers = await bearer(viewer)
    url = f"/api/v1/admin/credentials{path}"
    async with http.request(method, url, headers=headers, **sent) as answer:
        return answer.status, await answer.json()


async def levels() -> set[tuple[str, str, bool]]:
    rows = await UserSkill.all()
    return {(row.level, row.level_basis, row.verified_at is not None) for row in rows}


@BOTH
async def test_approved_evidence_verifies_the_level_claimed(
    http: TestClient, lea: Viewer, olga: Viewer
) -> None:
    found = await evidence(lea)
    status, told = await ask(http, olga, "POST", f"/{found}/approve")
    assert (status, told["data"]["status"], told["data"]["listed"]) == (200, "verified", True)
    assert await levels() == {("advanced", "verified", True)}
    audited = await AuditRow.get()
    assert (audited.action, audited.actor_id, audited.subject_id) == (
        "credential.verified",
        olga.user_id,
        str(found),
    )


@BOTH
async def test_two_reviewers_never_decide_the_same_one_twice(
    http: TestClient, lea: Viewer, olga: Viewer
) -> None:
    found, otto = await evidence(lea), await person("otto", "owner")
    calls = [
        ask(http, who, "POST", f"/{found}/{verdict}", json={"reason": "Look."})
        for who, verdict in [(olga, "approve"), (otto, "reject")] * 3
    ]
    answers = await asyncio.gather(*calls)
    assert sorted(status for status, _ in answers) == [200] + [409] * 5
    assert {body["error"]["code"] for status, body in answers if status == 409} == {"wrong_state"}
    assert await AuditRow.all().count() == 1


async def test_rejection_needs_a_reason_changes_no_level_and_is_told(
    http: TestClient, lea: Viewer, olga: Viewer
) -> None:
    found = await evidence(lea)
    status, refused = await ask(http, olga, "POST", f"/{found}/reject", json={"reason": "  "})
    assert (status, list(refused["error"]["fields"])) == (422, ["reason"])
    assert (await ask(http, olga, "POST", f"/{found}/reject", json={"reason": "Not yours."}))[0] == 200
    assert await levels() == {("", "own", False)}
    await run_due()
    told = await Notification.get(user_id=lea.user_id)
    assert (told.kind, told.about["reason"]) == ("credential_reviewed", "Not yours.")


async def test_evidence_without_a_skill_verifies_no_level(
    http: TestClient, lea: Viewer, olga: Viewer
) -> None:
    assert (await ask(http, olga, "POST", f"/{await evidence(lea, of_skill=False)}/approve"))[0] == 200
    assert await levels() == {("", "own", False)}


async def test_nobody_verifies_their_own_evidence(http: TestClient, lea: Viewer, olga: Viewer) -> None:
    found = await evidence(olga)
    assert (await ask(http, olga, "POST", f"/{found}/approve"))[0] == 403
    assert (await Credential.get()).status == "submitted"


async def test_unknown_evidence_is_not_found(http: TestClient, olga: Viewer) -> None:
    assert (await ask(http, olga, "POST", f"/{uuid4()}/approve"))[0] == 404


async def test_list_is_for_reviewers_and_the_longest_wait_comes_first(
    http: TestClient, lea: Viewer, olga: Viewer
) -> None:
    first, second = await evidence(lea), await evidence(lea)
    await evidence(lea, status="verified")
    _, listed = await ask(http, olga, "GET", "")
    assert [one["id"] for one in listed["data"]["items"]] == [str(first), str(second)]
    assert listed["data"]["total"] == 2
    assert (await ask(http, lea, "GET", ""))[0] == 403


async def test_page_shows_the_claim_with_its_file_and_decides(
    http: TestClient, lea: Viewer, olga: Viewer
) -> None:
    found = await evidence(lea, file="evidence/1", content_type="application/pdf")
    headers = await bearer(olga)
    async with http.get(PAGE, headers=headers) as answer:
        text = await answer.text()
    assert "Evidence (1)" in text
    assert "Diploma in &lt;databases&gt;" in text
    assert "SQL, advanced" in text
    assert f"/dashboard/admin/credentials/{found}/file" in text
    url = f"/dashboard/admin/credentials/{found}"
    for sent, status, words in (
        ({"decision": "crown"}, 422, ""),
        ({"decision": "reject", "reason": ""}, 422, "Say why"),
        ({"decision": "approve"}, 303, ""),
        ({"decision": "reject", "reason": "Late."}, 409, "decided this already"),
    ):
        async with http.post(url, data=sent, headers=headers, allow_redirects=False) as answer:
            assert answer.status == status
            assert words in html.unescape(await answer.text())
    async with http.get("/profile/edit/skills", headers=await bearer(lea)) as answer:
        assert (await answer.text()).count(">Verified<") == 2
