"""Mail that is refused or comes back: noted, not tried for ever, forgotten when mail arrives again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, unused_port
from aiosmtpd.controller import Controller

from config.settings import Settings
from server.accounts import service as accounts
from server.accounts.models import User
from server.infra import db
from server.infra.models import OutboxRow
from server.notifications import addresses, bounces
from server.notifications.models import Delivery
from server.notifications.planning import DELIVER
from server.notifications.post import open_post_office
from server.notifications.service import notify
from server.worker import run_due
from tests.databases import BOTH
from tests.factories import person
from tests.server.booking.makers import cookie
from tests.server.booking.test_pages import get

START = datetime(2030, 1, 1, 12, tzinfo=UTC)
REPORT = """From: MAILER-DAEMON@mx.example
To: no-reply@learn.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Lea follows you

--b--
"""


class MailServer:
    """Answers RCPT with `answer`."""

    def __init__(self) -> None:
        self.answer = "250 ok"
        self.asked: list[str] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self.asked.append(address)
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 kept"


@pytest.fixture
def server(database: Settings) -> Iterator[MailServer]:
    found, port = MailServer(), unused_port()
    controller = Controller(found, hostname="127.0.0.1", port=port)  # type: ignore[arg-type]
    controller.start()
    open_post_office(replace(database, smtp_url=f"smtp://127.0.0.1:{port}"))
    yield found
    controller.stop()


async def tell(user_id: int, key: str, kind: str = "free_seat") -> Delivery:
    """Something by mail; gives its delivery as it is after the first try."""

    @db.transactional
    async def unit() -> None:
        about = {"title": "Go", "mentor": "Mira", "starts_at": START, "ends_at": START}
        await notify(user_id, kind, about, path="/sessions/1", dedupe_key=key)

    await unit()
    await run_due()
    return await Delivery.get(user_id=user_id, channel="mail", dedupe_key=f"{kind}:{key}")


async def test_what_is_refused_for_good_is_tried_once(server: MailServer) -> None:
    lea = await person("lea")
    await run_due()
    server.asked.clear()
    server.answer = "550 5.1.1 no such user"
    found = await tell(lea.user_id, "1")
    assert (found.status, found.detail) == ("bounced", "550 5.1.1 no such user")
    assert server.asked == ["lea@example.com"]
    assert not await OutboxRow.filter(done_at__isnull=True, failed_at__isnull=True, job=DELIVER).exists()
    assert await addresses.trouble("lea@example.com") == "550 5.1.1 no such user"


async def test_what_is_refused_for_now_is_tried_again(server: MailServer) -> None:
    lea = await person("lea")
    await run_due()
    server.answer = "451 4.7.1 come back later"
    found = await tell(lea.user_id, "1")
    assert found.status == "failed"
    assert await OutboxRow.filter(done_at__isnull=True, failed_at__isnull=True, job=DELIVER).exists()
    assert await addresses.trouble("lea@example.com") == ""


async def test_dead_address_gets_what_must_be_told_alone_until_it_lives(server: MailServer) -> None:
    lea = await person("lea")
    await run_due()
    server.answer = "550 5.1.1 no such user"
    for key in ("1", "2", "3"):
        await tell(lea.user_id, key)
    assert (await tell(lea.user_id, "4")).detail == "unreachable"
    server.answer = "250 ok"
    assert (await tell(lea.user_id, "5", "booking_cancelled")).status == "sent"
    assert (await tell(lea.user_id, "6")).status == "sent"


async def test_a_mail_with_a_token_is_not_tried_for_ever_either(server: MailServer) -> None:
    server.answer = "550 5.1.1 no such user"
    lea = await person("lea", verified=False)
    await run_due()
    row = await OutboxRow.get(job="notifications.verify_email")
    assert (row.attempts, row.failed_at) == (1, None)
    assert row.done_at is not None
    assert (await Delivery.get(user_id=lea.user_id, kind="verify_email")).status == "bounced"


def report(delivery: Delivery, address: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    text = REPORT.format(address=address, action=action, status=status, message_id=delivery.message_id)
    return text.encode()


@BOTH
async def test_mail_that_comes_back_is_noted_once(database: Settings) -> None:
    lea = await person("lea")
    sent = await tell(lea.user_id, "1")
    for expected in (True, False):
        (bounce,) = bounces.read_report(report(sent, "Lea@example.com"))
        assert await bounces.note(bounce) is expected
    assert (await Delivery.get(id=sent.id)).status == "bounced"
    assert await addresses.trouble("lea@example.com") == "5.1.1 smtp; 550 5.1.1 no such user"


async def test_reports_of_others_change_nothing(database: Settings) -> None:
    lea = await person("lea")
    sent = await tell(lea.user_id, "1")
    (foreign,) = bounces.read_report(report(sent, "mallory@example.com"))
    assert await bounces.note(foreign) is False
    (unknown,) = bounces.read_report(
        report(sent, "lea@example.com").replace(b"Message-ID: <", b"Message-ID: <x")
    )
    assert await bounces.note(unknown) is False
    assert bounces.read_report(report(sent, "lea@example.com", "delayed", "4.4.7")) == []
    assert bounces.read_report(b"Subject: I am on holiday\r\n\r\nBack on Monday.") == []
    assert (await Delivery.get(id=sent.id)).status == "sent"


@BOTH
async def test_pages_say_so_while_mails_come_back(http: TestClient) -> None:
    lea = await person("lea")
    sent, headers = await tell(lea.user_id, "1"), await cookie(lea)
    pages = ("/sessions/", "/communication/notifications")
    words = "Mails to lea@example.com come back"
    assert not any([words in (await get(http, path, headers))[1] for path in pages])
    (bounce,) = bounces.read_report(report(sent, "lea@example.com"))
    await bounces.note(bounce)
    assert all([words in (await get(http, path, headers))[1] for path in pages])
    assert words not in (await get(http, pages[0], await cookie(await person("jun"))))[1]
    await tell(lea.user_id, "2")
    assert words not in (await get(http, pages[0], headers))[1]


async def test_another_address_is_not_the_one_from_which_mails_come_back(http: TestClient) -> None:
    lea = await person("lea")
    await addresses.note_returned("lea@example.com", "550 no such user")
    assert (await accounts.get_viewer(lea.user_id)).mail_returns
    await User.filter(id=lea.user_id).update(email="new@example.com", email_key="new@example.com")
    assert not (await accounts.get_viewer(lea.user_id)).mail_returns
