"""Another e-mail address: confirmed by the new one, taken back by the old one, and nobody else told."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from server.accounts.email_change import ask_for_change, confirm_change, undo_change
from server.accounts.models import Login, User
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.infra.errors import Invalid, Throttled
from tests.databases import BOTH
from tests.factories import PASSWORD, Api, person
from tests.server.accounts.mails import mails_to

PAGE = "/profile/edit/security/email"
OLD, NEW, OTHER = "anna@example.com", "new@example.org", "ben@example.com"
LINK = re.compile(r"/auth/email(?:/undo)?\?token=([\w-]+)")


async def link_to(email: str) -> str:
    """The token in the newest mail to this address."""
    found = LINK.search((await mails_to(email))[0].text)
    assert found
    return found[1]


@pytest.fixture
async def anna(http: TestClient) -> Viewer:
    return await person("anna")


async def changed(anna: Viewer, email: str = NEW) -> None:
    await ask_for_change(anna, email)
    await confirm_change(await link_to(email))


async def address() -> str:
    return (await User.get(username="anna")).email


@BOTH
async def test_new_address_confirms_and_the_old_one_is_told(http: TestClient, anna: Viewer) -> None:
    await ask_for_change(anna, f" {NEW} ")
    token = await link_to(NEW)
    assert await address() == OLD
    async with http.get(f"/auth/email?token={token}") as page:
        assert f'value="{token}"' in await page.text()
    assert await address() == OLD  # opening the link changes nothing
    async with http.post("/auth/email", data={"token": token}) as done:
        assert (done.status, NEW in await done.text()) == (200, True)
    assert await address() == NEW
    assert (await mails_to(OLD))[0].subject == "Your e-mail address was changed"
    for identifier, status in ((NEW, 200), (OLD, 401)):
        body = {"identifier": identifier, "password": PASSWORD}
        assert (await Api(http).post("/auth/login", body)).status == status
    async with http.post("/auth/email", data={"token": token}) as again:
        assert again.status == 422


@BOTH
async def test_old_address_takes_it_back_and_everybody_is_out(http: TestClient, anna: Viewer) -> None:
    await changed(anna)
    await Api(http).post("/auth/login", {"identifier": NEW, "password": PASSWORD})
    token = await link_to(OLD)
    async with http.get(f"/auth/email/undo?token={token}") as page:
        assert "Take your address back?" in await page.text()
    async with http.post("/auth/email/undo", data={"token": token}) as done:
        assert 'href="/auth/reset"' in await done.text()
    assert await address() == OLD
    assert await Login.filter(revoked_at__isnull=True).count() == 0


async def test_who_changed_it_twice_can_not_undo_the_undoing(anna: Viewer) -> None:
    await changed(anna)
    mine = await link_to(OLD)
    await changed(await _again(anna, NEW), "third@example.org")
    theirs = await link_to(NEW)
    await undo_change(mine)
    with pytest.raises(Invalid):
        await undo_change(theirs)
    assert await address() == OLD


async def test_later_undoing_leaves_the_earlier_way_back(anna: Viewer) -> None:
    await changed(anna)
    mine = await link_to(OLD)
    await changed(await _again(anna, NEW), "third@example.org")
    await undo_change(await link_to(NEW))
    await undo_change(mine)
    assert await address() == OLD


async def _again(anna: Viewer, email: str) -> Viewer:
    user = await User.get(id=anna.user_id)
    assert user.email == email
    return anna


async def test_old_address_is_kept_for_a_week(
    http: TestClient, anna: Viewer, moved_clock: ManualClock
) -> None:
    await changed(anna)
    body = {"email": OLD.upper(), "username": "thief", "password": PASSWORD, "role": "learner"}
    assert (await Api(http).post("/auth/register", body)).status == 201
    assert not await User.filter(username="thief").exists()
    moved_clock.advance(timedelta(days=7))
    assert (await Api(http).post("/auth/register", body)).status == 201
    assert await User.filter(username="thief").exists()


async def test_somebody_elses_address_gets_the_same_answer(http: TestClient, anna: Viewer) -> None:
    await person("ben")
    assert await ask_for_change(anna, OTHER) == OTHER
    assert (await mails_to(OTHER))[0].subject == "You already have an account"
    assert not [mail for mail in await mails_to(OTHER) if "new e-mail address" in mail.subject]


async def test_address_taken_meanwhile_is_not_given(anna: Viewer) -> None:
    await ask_for_change(anna, OTHER)
    token = await link_to(OTHER)
    await person("ben")
    with pytest.raises(Invalid):
        await confirm_change(token)
    assert await address() == OLD


async def test_links_that_were_mailed_to_the_old_address_end(http: TestClient, anna: Viewer) -> None:
    await Api(http).post("/auth/password-reset", {"email": OLD})
    reset = re.search(r"token=([\w-]+)", (await mails_to(OLD))[0].text)
    assert reset
    await changed(anna)
    body = {"token": reset[1], "password": "another good one"}
    assert (await Api(http).post("/auth/password-reset/confirm", body)).status == 422


async def test_asking_is_throttled(anna: Viewer, moved_clock: ManualClock) -> None:
    for number in range(5):
        await ask_for_change(anna, f"n{number}@example.org")
    with pytest.raises(Throttled):
        await ask_for_change(anna, NEW)


@pytest.mark.parametrize("email", ["nobody", "ANNA@example.com"])
async def test_page_says_what_is_wrong_and_keeps_it(http: TestClient, anna: Viewer, email: str) -> None:
    login = await Api(http).post("/auth/login", {"identifier": "anna", "password": PASSWORD})
    headers = {"Authorization": f"Bearer {login.data['token']}"}
    async with http.post(PAGE, data={"email": email}, headers=headers) as answer:
        text = await answer.text()
        assert (answer.status, 'id="email-error"' in text, email in text) == (422, True, True)
    async with http.post(PAGE, data={"email": NEW}, headers=headers) as answer:
        assert (answer.status, "Look into your mail" in await answer.text()) == (200, True)
