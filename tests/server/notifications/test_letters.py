"""Mails with a token, and what is decided about accounts: each leaves a row without what stands in it."""

from __future__ import annotations

from typing import Any

import pytest

from config.settings import Settings
from server.accounts.models import User
from server.infra import clock, db, outbox
from server.infra.mailer import MailRefused
from server.infra.models import OutboxRow
from server.notifications import bounces, history
from server.notifications.bounces import Bounce
from server.notifications.kinds import LETTERS
from server.notifications.models import Delivery, MailAddress
from server.notifications.post import PostOffice, post_office
from server.worker import load_jobs, run_due
from tests.databases import BOTH
from tests.factories import person
from tests.server.accounts.mails import mails_to, token_for

ZOE = "zoe@example.com"


@db.transactional
async def asked(job: str, user_id: int, **payload: Any) -> None:
    await outbox.enqueue(job, {"user_id": user_id, **payload})


async def again() -> None:
    """The worker was killed before it could say that a job was done."""
    await OutboxRow.all().update(done_at=None, lease_until=None, run_at=clock.now())
    await run_due()


@BOTH
async def test_mail_with_a_token_leaves_a_row_without_it(database: Settings) -> None:
    zoe = await person("zoe")
    await asked("notifications.reset_password", zoe.user_id)
    token = await token_for(ZOE)
    row = await Delivery.get(user_id=zoe.user_id)
    assert (row.kind, row.channel, row.status) == ("reset_password", "mail", "sent")
    assert row.subject == (await mails_to(ZOE))[0].subject
    assert row.sent_at is not None
    assert token not in repr(dict(row))
    for told in (await history.own_history(zoe.user_id, 0, 9), await history.evidence(zoe.user_id, 0, 9)):
        assert [(one.kind, one.topic) for one in told[0]] == [
            ("reset_password", "Security of your account")
        ]


@pytest.mark.parametrize(
    ("job", "payload"),
    [
        ("notifications.known_email", {}),
        ("notifications.reset_password", {}),
        ("notifications.standing_changed", {"what": "warned", "reason": "Spam."}),
        ("people.mail_new_address", {"email": "zoe.new@example.com"}),
        ("people.mail_old_address", {"email": ZOE, "new": "zoe.new@example.com"}),
    ],
)
async def test_letter_goes_out_once_and_its_token_stays_good(
    database: Settings, job: str, payload: dict[str, Any]
) -> None:
    load_jobs()
    zoe = await person("zoe")
    await asked(job, zoe.user_id, **payload)
    address = payload.get("email", ZOE)
    (mail,) = await mails_to(address)
    await again()
    assert await mails_to(address) == [mail]
    row = await Delivery.get(user_id=zoe.user_id)
    assert row.kind in LETTERS
    assert row.about == {"address": address}


async def test_last_mail_to_who_leaves_leaves_a_row_too(database: Settings) -> None:
    load_jobs()
    zoe = await person("zoe")
    payload = {"closes_at": "2030-01-01T12:00:00+00:00"}
    await asked("people.mail_closing", zoe.user_id, **payload)
    assert await mails_to(ZOE) == []
    await User.filter(id=zoe.user_id).update(status="closing")
    await asked("people.mail_closing", zoe.user_id, **payload)
    assert len(await mails_to(ZOE)) == 1
    assert (await Delivery.get(user_id=zoe.user_id)).kind == "account_closing"


async def test_letter_that_fails_is_tried_again_with_its_message_id(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe, sent = await person("zoe"), []

    async def failing(office: PostOffice, *mail: Any, message_id: str) -> str:
        sent.append(message_id)
        raise OSError("nobody there")

    monkeypatch.setattr(PostOffice, "send", failing)
    await asked("notifications.known_email", zoe.user_id)
    await run_due()
    assert (await Delivery.get(user_id=zoe.user_id)).status == "failed"
    monkeypatch.undo()
    await again()
    row = await Delivery.get(user_id=zoe.user_id)
    assert (row.status, [row.message_id]) == ("sent", sent)


async def test_letter_that_an_address_refuses_is_not_tried_again(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = await person("zoe")

    async def refusing(mail: Any) -> None:
        raise MailRefused("550 no such user")

    monkeypatch.setattr(post_office()._mailer, "send", refusing)
    await asked("notifications.known_email", zoe.user_id)
    await run_due()
    assert (await Delivery.get(user_id=zoe.user_id)).status == "bounced"
    assert (await OutboxRow.get(job="notifications.known_email")).done_at is not None


async def test_letter_to_another_address_bounces_there(database: Settings) -> None:
    load_jobs()
    zoe = await person("zoe")
    await asked("people.mail_new_address", zoe.user_id, email="typo@example.com")
    await run_due()
    row = await Delivery.get(user_id=zoe.user_id)
    assert not await bounces.note(Bounce(ZOE, row.message_id, "5.1.1"))
    assert await bounces.note(Bounce("typo@example.com", row.message_id, "5.1.1"))
    assert [one.email_key for one in await MailAddress.all()] == ["typo@example.com"]


async def test_who_is_asked_for_and_is_nobody_gets_no_row(database: Settings) -> None:
    await person("zoe")
    await asked("notifications.reset_password", 0)
    await run_due()
    assert not await Delivery.exists()
