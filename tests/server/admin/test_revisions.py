"""Changes to an approved profile wait for review; what learners see stays as it was until then."""

from __future__ import annotations

import asyncio
import html
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from hypothesis import given
from hypothesis import strategies as st

from server.edge.access import Viewer
from server.infra.models import AuditRow, StateTransition
from server.people import revisions, service
from server.people.differences import differing
from server.people.models import MentorProfile, MentorRevision
from server.people.revisions import RevisionStatus
from server.people.states import MentorStatus
from server.worker import run_due
from tests.databases import BOTH
from tests.server.booking.makers import bearer, mentor, person, skill

PAGE = "/dashboard/admin/reviews"


@pytest.fixture
async def mira(http: TestClient) -> Viewer:
    viewer = await mentor()
    await skill("sql", "SQL")
    await MentorProfile.all().update(headline="Draws databases", bio="With chalk.", languages=["en"])
    return viewer


@pytest.fixture
async def olga(http: TestClient) -> Viewer:
    return await person("olga", "admin")


async def change(viewer: Viewer, **parts: Any) -> int:
    """The id of what waits then."""
    await service.change_profile(viewer, **parts)
    return (await MentorRevision.get(status="submitted")).id


async def shown() -> tuple[str, str]:
    profile = await MentorProfile.get()
    return profile.headline, profile.bio


async def ask(http: TestClient, viewer: Viewer, method: str, path: str, **sent: Any) -> Any:
    headers = await bearer(viewer)
    async with http.request(method, f"/api/v1/admin{path}", headers=headers, **sent) as answer:
        return answer.status, await answer.json()


# --- the mentor


@BOTH
async def test_what_is_shown_stays_until_the_change_is_approved(mira: Viewer, olga: Viewer) -> None:
    number = await change(mira, bio="With pens.", languages=["en", "de"])
    assert await shown() == ("Draws databases", "With chalk.")
    assert (await MentorProfile.get()).languages == ["en", "de"]
    assert (await MentorProfile.get()).status == MentorStatus.APPROVED
    await revisions.review_revision(olga, number, RevisionStatus.APPROVED)
    assert await shown() == ("Draws databases", "With pens.")
    assert await revisions.latest_revision(mira.user_id) is None


@BOTH
async def test_many_changes_at_once_leave_one_that_waits(mira: Viewer) -> None:
    await asyncio.gather(*(service.change_profile(mira, bio=f"With pen {n}.") for n in range(8)))
    assert await MentorRevision.filter(status="submitted").count() == 1


async def test_later_change_takes_the_place_and_keeps_the_other_part(mira: Viewer) -> None:
    first = await change(mira, bio="With pens.")
    second = await change(mira, headline="Paints databases")
    assert first != second
    found = await revisions.latest_revision(mira.user_id)
    assert found is not None
    assert [(each.part, each.new) for each in found.changes] == [
        ("headline", "Paints databases"),
        ("bio", "With pens."),
    ]


async def test_same_change_again_keeps_its_place(mira: Viewer) -> None:
    assert await change(mira, bio="With pens.") == await change(mira, bio="With pens.")


async def test_changing_back_takes_the_change_back(mira: Viewer) -> None:
    await change(mira, bio="With pens.")
    await service.change_profile(mira, bio="With chalk.")
    assert await revisions.count_revisions() == 0


async def test_suspended_mentor_changes_nothing_that_is_shown(mira: Viewer) -> None:
    await MentorProfile.all().update(status="suspended")
    await change(mira, bio="With pens.")
    assert await shown() == ("Draws databases", "With chalk.")


async def test_profile_that_was_never_approved_changes_at_once(mira: Viewer) -> None:
    await MentorProfile.all().update(status="submitted")
    await service.change_profile(mira, bio="With pens.")
    assert await shown() == ("Draws databases", "With pens.")


async def page(http: TestClient, viewer: Viewer, path: str) -> str:
    async with http.get(path, headers=await bearer(viewer)) as answer:
        assert answer.status == 200
        return html.unescape(await answer.text())


async def test_mentor_sees_what_waits_and_takes_it_back(http: TestClient, mira: Viewer) -> None:
    await change(mira, bio="With pens.")
    text = await page(http, mira, "/profile/edit/mentor")
    assert "Waiting for review" in text
    assert "With pens." in text
    assert "With chalk." in text
    headers = await bearer(mira)
    for _ in range(2):
        async with http.post("/profile/edit/mentor/withdraw", headers=headers, data={}) as answer:
            assert "Taken back" in await answer.text()
    assert "With pens." not in await page(http, mira, "/profile/edit/mentor")
    async with http.get("/profile/mira") as answer:
        assert "With chalk." in await answer.text()


async def test_mentor_reads_why_and_keeps_what_was_written(
    http: TestClient, mira: Viewer, olga: Viewer
) -> None:
    number = await change(mira, bio="With <pens>.")
    await revisions.review_revision(olga, number, RevisionStatus.REJECTED, "Which pens?")
    text = await page(http, mira, "/profile/edit/mentor")
    assert "Which pens?" in text
    assert "With <pens>." in text
    await service.change_profile(mira, bio="With chalk.")
    assert "Which pens?" not in await page(http, mira, "/profile/edit/mentor")


# --- the reviewers


@BOTH
async def test_opposite_verdicts_at_once_leave_one(http: TestClient, mira: Viewer, olga: Viewer) -> None:
    number = await change(mira, bio="With pens.")
    verdicts = [("approve", {}), ("reject", {"reason": "No."})] * 4
    calls = [
        ask(http, olga, "POST", f"/revisions/{number}/{verdict}", json=body) for verdict, body in verdicts
    ]
    answers = await asyncio.gather(*calls)
    assert sorted(status for status, _ in answers) == [200] + [409] * 7
    assert {body["error"]["code"] for status, body in answers if status == 409} == {"wrong_state"}
    assert await AuditRow.filter(subject="mentor_revision").count() == 1
    moves = await StateTransition.filter(entity="mentor_revision").order_by("id")
    assert [move.old for move in moves] == ["", "submitted"]


async def test_nobody_approves_a_text_that_they_have_not_read(
    http: TestClient, mira: Viewer, olga: Viewer
) -> None:
    number = await change(mira, bio="With pens.")
    await change(mira, bio="Call me.")
    assert (await ask(http, olga, "POST", f"/revisions/{number}/approve"))[0] == 409
    assert await shown() == ("Draws databases", "With chalk.")


async def test_program_lists_and_sends_back_with_a_reason(
    http: TestClient, mira: Viewer, olga: Viewer
) -> None:
    number = await change(mira, bio="With pens.")
    _, listed = await ask(http, olga, "GET", "/revisions")
    assert listed["data"]["items"][0]["changes"] == [
        {"part": "bio", "old": "With chalk.", "new": "With pens."}
    ]
    status, refused = await ask(http, olga, "POST", f"/revisions/{number}/reject", json={"reason": " "})
    assert (status, list(refused["error"]["fields"])) == (422, ["reason"])
    status, told = await ask(http, olga, "POST", f"/revisions/{number}/reject", json={"reason": "No."})
    assert (status, told["data"]["status"]) == (200, "rejected")
    await run_due()


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, "-1", "²"])
async def test_unknown_revision_is_not_found(
    http: TestClient, mira: Viewer, olga: Viewer, number: str
) -> None:
    assert (await ask(http, olga, "POST", f"/revisions/{number}/approve"))[0] == 404


async def press(http: TestClient, viewer: Viewer, path: str, **sent: str) -> tuple[int, str]:
    headers = await bearer(viewer)
    async with http.post(
        f"/dashboard/admin/{path}", data=sent, headers=headers, allow_redirects=False
    ) as answer:
        return answer.status, html.unescape(await answer.text())


async def test_page_shows_old_and_new_side_by_side_and_decides(
    http: TestClient, mira: Viewer, olga: Viewer
) -> None:
    number = await change(mira, bio="With coloured chalk.")
    text = await page(http, olga, f"{PAGE}?tab=revisions")
    assert "Changed profiles (1)" in text
    assert "With <ins>coloured </ins>chalk." in text
    status, text = await press(http, olga, f"revisions/{number}", decision="reject", reason="")
    assert status == 422
    assert "Say why: the mentor reads it." in text
    assert (await press(http, olga, f"revisions/{number}", decision="approve"))[0] == 303
    status, text = await press(http, olga, f"revisions/{number}", decision="approve")
    assert status == 409
    assert "does not wait for review any more" in text
    assert await shown() == ("Draws databases", "With coloured chalk.")
    assert "1 changed profile waits" not in await page(http, olga, "/dashboard/admin/overview")


async def test_suspended_mentor_can_not_publish_until_let_in_again(
    http: TestClient, mira: Viewer, olga: Viewer
) -> None:
    status, refused = await ask(http, olga, "POST", "/mentors/mira/suspend", json={"reason": " "})
    assert (status, list(refused["error"]["fields"])) == (422, ["reason"])
    status, told = await ask(http, olga, "POST", "/mentors/mira/suspend", json={"reason": "Rude."})
    assert (status, told["data"]["status"]) == (200, "suspended")
    assert not await service.mentor_approved(mira.user_id)
    assert "Rude." in await page(http, olga, PAGE)
    assert (await press(http, olga, "mentors/mira", decision="approve"))[0] == 303
    assert await service.mentor_approved(mira.user_id)
    actions = await AuditRow.all().order_by("id").values_list("action", flat=True)
    assert list(actions) == ["mentor.suspended", "mentor.approved"]


# --- the texts


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_put_together_are_the_texts(old: str, new: str) -> None:
    left, right = differing(old, new)
    assert "".join(piece.text for piece in left) == old
    assert "".join(piece.text for piece in right) == new
    same = [[piece.text for piece in side if not piece.changed] for side in (left, right)]
    assert "".join(same[0]) == "".join(same[1])
