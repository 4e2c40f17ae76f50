"""Ending one sort of mails from the mail itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import TestClient

from server.infra import db
from server.infra.errors import NotFound
from server.infra.mailer import KeptMail
from server.notifications.kinds import GATHERED, KINDS, MAIL, TOPICS
from server.notifications.links import leave_path, sort_of
from server.notifications.preferences import preferences_of
from server.notifications.service import notify
from server.worker import run_due
from tests.factories import person
from tests.server.accounts.mails import mails_to

START = datetime(2030, 1, 1, 12, tzinfo=UTC)


async def told(user_id: int, kind: str, key: str) -> list[KeptMail]:
    """All mails to Lea after she was told this."""

    @db.transactional
    async def unit() -> None:
        about = {"title": "Go", "mentor": "Mira", "who": "Mira", "starts_at": START, "ends_at": START}
        await notify(user_id, kind, about, path="/sessions/1", dedupe_key=key)

    await unit()
    await run_due()
    return await mails_to("lea@example.com")


async def wanted_mails(user_id: int) -> set[str]:
    rows = (await preferences_of(user_id)).rows
    return {row.topic.name for row in rows for cell in row.cells if cell.channel is MAIL and cell.wanted}


async def test_one_click_of_a_mail_program_ends_that_sort_and_no_other(http: TestClient) -> None:
    lea = await person("lea")
    (mail, *_) = await told(lea.user_id, "free_seat", "1")
    path = leave_path(lea.user_id, KINDS["free_seat"])
    assert path in mail.text
    assert path in mail.html
    before = await wanted_mails(lea.user_id)
    answer = await http.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status == 200
    assert await wanted_mails(lea.user_id) == before - {"following"}
    count = len(await mails_to("lea@example.com"))
    assert len(await told(lea.user_id, "free_seat", "2")) == count


async def test_opening_the_link_ends_nothing_and_the_button_can_be_taken_back(http: TestClient) -> None:
    lea = await person("lea")
    path = leave_path(lea.user_id, KINDS["new_follower"])
    before = await wanted_mails(lea.user_id)
    page = await http.get(path)
    assert "New followers" in await page.text()
    assert await wanted_mails(lea.user_id) == before
    await http.post(path, data={"do": "end"})
    assert await wanted_mails(lea.user_id) == before - {"followers"}
    await http.post(path, data={"do": "again"})
    assert await wanted_mails(lea.user_id) == before


async def test_what_must_be_told_offers_no_end(http: TestClient) -> None:
    lea = await person("lea")
    (mail, *_) = await told(lea.user_id, "booking_cancelled", "1")
    assert leave_path(lea.user_id, KINDS["booking_cancelled"]) == ""
    assert "unsubscribe" not in mail.text + mail.html


async def test_ending_the_digest_ends_all_that_goes_into_it(http: TestClient) -> None:
    lea = await person("lea")
    before = await wanted_mails(lea.user_id)
    await http.post(leave_path(lea.user_id, KINDS["digest"]), data={"do": "end"})
    gone = before - await wanted_mails(lea.user_id)
    assert {"following", "followers"} <= gone
    assert "bookings" not in gone


@pytest.mark.parametrize("token", ["", "x", "WzEsImZvbGxvd2luZyJd.AAAA"])
async def test_links_that_are_not_ours_are_not_found(http: TestClient, token: str) -> None:
    with pytest.raises(NotFound):
        sort_of(token)
    assert (await http.get(f"/communication/unsubscribe/{token or 'x'}")).status == 404


def test_every_kind_belongs_to_a_row_of_the_preferences() -> None:
    assert {kind.topic for kind in KINDS.values()} <= {*TOPICS, GATHERED}


async def test_link_in_the_mail_about_a_message_ends_those_mails(http: TestClient) -> None:
    lea = await person("lea")
    before = await wanted_mails(lea.user_id)
    await http.post(leave_path(lea.user_id, KINDS["message"]), data={"do": "end"})
    assert await wanted_mails(lea.user_id) == before - {"messages"}
