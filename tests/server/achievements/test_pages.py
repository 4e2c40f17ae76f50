"""The pages and the API of certificates and badges, by requests."""

from __future__ import annotations

import pypdfium2
import pytest
from aiohttp.test_utils import TestClient

from server.achievements import service
from server.achievements.lookup import MISSES
from server.achievements.models import Certificate
from server.edge.access import Viewer
from server.people import circle
from server.worker import run_due
from tests.factories import Api
from tests.server.achievements.lessons import certificate_of, held
from tests.server.booking.makers import bearer, mentor, person
from tests.server.queries import counted

UNKNOWN = "00000-00000-00000-00000"


@pytest.fixture
async def mira(http: TestClient) -> Viewer:
    return await mentor("mira")


@pytest.fixture
async def lea(http: TestClient) -> Viewer:
    return await person("lea")


@pytest.fixture
async def code(mira: Viewer, lea: Viewer) -> str:
    """Of the certificate that Lea has of a lesson with Mira."""
    await service.issue(await held(mira, {lea: 60}, title="Sieve & <b>shuffle</b>"))
    await run_due()
    return (await Certificate.get(user_id=lea.user_id)).code


async def as_viewer(http: TestClient, viewer: Viewer) -> Api:
    return Api(http, headers=await bearer(viewer))


async def text_of(http: TestClient, path: str, viewer: Viewer | None = None) -> str:
    headers = await bearer(viewer) if viewer else {}
    async with http.get(path, headers=headers) as answer:
        assert answer.status == 200, path
        return await answer.text()


# --- checking a code


async def test_anybody_with_the_code_sees_what_the_certificate_says(http: TestClient, code: str) -> None:
    async with http.get(f"/certificates/{code}") as answer:
        page = await answer.text()
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    for said in ("This certificate is valid", "Lea", "Mira", code, "100 %"):
        assert said in page
    assert "Sieve &amp; &lt;b&gt;shuffle" in page
    assert '<meta property="og:title" content="Certificate of Lea">' in page
    assert "profile it stands" not in page  # what only its owner is told


async def test_code_is_found_as_people_copy_it(http: TestClient, code: str) -> None:
    copied = code.lower().replace("-", " ").replace("0", "o")
    assert code in await text_of(http, f"/certificates/{copied}")


@pytest.mark.parametrize("wrong", [UNKNOWN, "nothing", "%00", "K" * 300, "é"])
async def test_unknown_code_gets_a_page_that_explains(http: TestClient, wrong: str) -> None:
    async with http.get(f"/certificates/{wrong}") as answer:
        assert answer.status == 404


async def test_unknown_code_is_explained(http: TestClient) -> None:
    async with http.get(f"/certificates/{UNKNOWN}") as answer:
        assert (answer.status, answer.headers["X-Robots-Tag"]) == (404, "noindex, nofollow")
        assert "We know no such certificate" in await answer.text()
    found = await Api(http).get(f"/certificates/{UNKNOWN}")
    assert (found.status, found.code) == (404, "not_found")


async def test_revoked_one_says_so_and_its_reason_to_its_owner_alone(
    http: TestClient, code: str, lea: Viewer, mira: Viewer
) -> None:
    await service.revoke(code, mira.user_id, "Somebody else sat there.")
    for viewer in (None, mira, lea):
        page = await text_of(http, f"/certificates/{code}", viewer)
        assert "This certificate was revoked" in page
        assert "is valid" not in page
        assert ("Somebody else sat there." in page) == (viewer is lea)
    async with http.get(f"/certificates/{code}/pdf", allow_redirects=False) as answer:
        assert answer.headers["Location"] == f"/certificates/{code}"


async def test_who_tries_codes_is_stopped_and_who_has_some_is_not(http: TestClient, code: str) -> None:
    api = Api(http)
    for _ in range(MISSES.count + 5):
        assert (await api.get(f"/certificates/{code}")).status == 200
    for number in range(MISSES.count):
        assert (await api.get(f"/certificates/{number:020}")).status == 404
    assert (await api.get(f"/certificates/{UNKNOWN}")).status == 429
    async with http.get(f"/certificates/{UNKNOWN}") as answer:
        assert answer.status == 429


async def test_program_hears_whether_it_holds(http: TestClient, code: str) -> None:
    found = (await Api(http).get(f"/certificates/{code}")).data
    said = {key: found[key] for key in ("state", "name", "mentor", "minutes", "percent", "revoked_at")}
    assert said == {
        "state": "valid",
        "name": "Lea",
        "mentor": "Mira",
        "minutes": 60,
        "percent": 100,
        "revoked_at": None,
    }


@pytest.mark.parametrize("path", ["/certificates/{}", "/api/v1/certificates/{}"])
async def test_unknown_code_costs_what_a_known_one_does(
    http: TestClient, code: str, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """One look into the database each: the time tells nothing."""
    asked = []
    for tried in (code, UNKNOWN, "nothing"):
        with counted(monkeypatch) as statements:
            await (await http.get(path.format(tried))).read()
        asked.append([statement for statement in statements if '"certificate"' in statement])
    assert [len(statements) for statements in asked] == [1, 1, 1]


# --- the sheet


async def test_sheet_opens_and_says_what_the_page_says(http: TestClient, code: str) -> None:
    async with http.get(f"/certificates/{code}/pdf") as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")
        assert f'filename="certificate-{code}.pdf"' in answer.headers["Content-Disposition"]
        content = await answer.read()
    said = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_bounded()
    for part in ("Lea", "Mira", "shuffle", code):
        assert part in said
    async with http.get(f"/certificates/{UNKNOWN}/pdf") as answer:
        assert answer.status == 404


# --- somebody's achievements


async def test_profile_shows_badges_and_only_listed_certificates(
    http: TestClient, code: str, lea: Viewer, mira: Viewer
) -> None:
    path = "/profile/lea/achievements"
    for viewer, sees in ((None, False), (mira, False), (lea, True)):
        page = await text_of(http, path, viewer)
        assert "First lesson" in page
        assert (code in page) == sees
        assert ("On the way" in page) == (viewer is lea)
    assert f'href="{path}"' in await text_of(http, "/profile/lea")


async def test_owner_puts_one_on_the_profile_and_takes_it_off(
    http: TestClient, code: str, lea: Viewer, mira: Viewer
) -> None:
    path, form = "/profile/lea/achievements", f"/certificates/{code}/listed"
    for do, sees in (("list", True), ("unlist", False)):
        sent = {"do": do, "next": path}
        async with http.post(form, data=sent, headers=await bearer(lea), allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, path)
        assert (code in await text_of(http, path)) == sees
    async with http.post(form, data={"do": "list"}, headers=await bearer(mira)) as answer:
        assert answer.status == 404


async def test_revoked_one_leaves_the_profile(http: TestClient, code: str, lea: Viewer) -> None:
    await service.set_listed(code, lea.user_id, True)
    await service.revoke(code, lea.user_id, "No.")
    assert code not in await text_of(http, "/profile/lea/achievements")
    assert "Revoked" in await text_of(http, "/profile/lea/achievements", lea)


async def test_who_is_blocked_finds_no_achievements(
    http: TestClient, code: str, lea: Viewer, mira: Viewer
) -> None:
    await circle.block(lea, "mira")
    found = await (await as_viewer(http, mira)).get("/users/lea/achievements")
    assert found.status == 404


async def test_program_reads_achievements_by_pages(http: TestClient, code: str, lea: Viewer) -> None:
    await service.set_listed(code, lea.user_id, True)
    stranger = (await Api(http).get("/users/lea/achievements")).data
    assert [one["slug"] for one in stranger["earned"]] == ["first-lesson"]
    assert [one["code"] for one in stranger["certificates"]] == [code]
    assert (stranger["ahead"], stranger["total"]) == ([], 1)
    own = (await (await as_viewer(http, lea)).get("/users/lea/achievements?page=2&per_page=1")).data
    assert (own["certificates"], own["total"]) == ([], 1)
    assert own["ahead"][0]["slug"] == "five-in-a-row"
    assert "first-taught" not in {one["slug"] for one in own["ahead"]}


async def test_nobody_without_achievements_has_an_empty_page(http: TestClient, mira: Viewer) -> None:
    assert "Your first badge is one lesson away" in await text_of(
        http, "/profile/mira/achievements", mira
    )
    assert "shows no certificates" in await text_of(http, "/profile/mira/achievements")


async def test_own_page_takes_as_many_queries_for_many_as_for_one(
    http: TestClient, code: str, lea: Viewer, mira: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers, counts = await bearer(lea), []
    for _ in range(2):
        await http.get("/profile/lea/achievements", headers=headers)
        with counted(monkeypatch) as statements:
            await http.get("/profile/lea/achievements", headers=headers)
        counts.append(len(statements))
        for _ in range(4):
            await certificate_of(lea.user_id, await held(mira, {lea: 60}))
    assert counts[0] == counts[1] <= 14


# --- staff


async def test_staff_revokes_with_a_reason(http: TestClient, code: str, lea: Viewer) -> None:
    root = await as_viewer(http, await person("root", "admin"))
    path = f"/admin/certificates/{code}/revoke"
    assert (await root.post(path, {"reason": " "})).status == 422
    assert (await root.post(path, {"reason": "Shared account."})).data["state"] == "revoked"
    again = await root.post(path, {"reason": "Shared account."})
    assert (again.status, again.code) == (409, "already_revoked")
    nothing = await root.post(f"/admin/certificates/{UNKNOWN}/revoke", {"reason": "Nothing."})
    assert nothing.status == 404
    learner = await as_viewer(http, lea)
    assert (await learner.post(path, {"reason": "Mine."})).status == 403


# --- staff


async def test_staff_revoke_on_the_page_with_a_reason(http: TestClient, code: str, lea: Viewer) -> None:
    path, offered = f"/certificates/{code}", "Revoke it for good"
    assert offered not in await text_of(http, path, lea)
    headers = await bearer(await person("root", "admin"))
    async with http.get(path, headers=headers) as answer:
        assert offered in await answer.text()
    async with http.post(f"{path}/revoke", data={"reason": " "}, headers=headers) as answer:
        assert answer.status == 422
        assert 'id="reason-error"' in await answer.text()
    async with http.post(f"{path}/revoke", data={"reason": "Two people."}, headers=headers) as answer:
        assert "This certificate was revoked" in await answer.text()
    assert "Two people." not in await text_of(http, path)
    async with http.post(f"{path}/revoke", data={"reason": "Again."}, headers=headers) as answer:
        assert answer.status == 409
