"""One contract for both mailers, and what the network sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiohttp.test_utils import unused_port
from aiosmtpd.controller import Controller

from config.settings import Settings
from server.infra.mailer import Attachment, Mail, SmtpMailer, kept_mails, open_mailer

MAIL = Mail("Zoë <zoe@example.com>", "Grüße", "Hello Zoë\n", "<p>Hello Zoë</p>")


class Inbox:
    """An SMTP server's handler that keeps what arrives."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 kept"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    found, port = Inbox(), unused_port()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    yield found, f"smtp://127.0.0.1:{port}"
    controller.stop()


async def test_database_keeps_mails_newest_first(database: Settings) -> None:
    mailer = open_mailer(database)
    await mailer.send(MAIL)
    await mailer.send(replace(MAIL, subject="Second"))
    found = await kept_mails()
    assert [mail.subject for mail in found] == ["Second", "Grüße"]
    assert (found[1].to, found[1].text, found[1].html) == (MAIL.to, MAIL.text, MAIL.html)


EVENT = Attachment("lesson.ics", "calendar", f"SUMMARY:{'é' * 30}\r\n é\r\n", {"method": "REQUEST"})


async def test_files_go_with_a_mail(
    database: Settings, inbox: tuple[Inbox, str], settings: Settings
) -> None:
    kept, url = inbox
    mail = replace(MAIL, attachments=(EVENT,))
    await open_mailer(replace(settings, smtp_url=url)).send(mail)
    (file,) = kept.messages[0].iter_attachments()
    assert file.get_content_type() == "text/calendar"
    assert (file.get_param("method"), file.get_param("charset")) == ("REQUEST", "utf-8")
    assert file.get_filename() == EVENT.name
    assert file.get_payload(decode=True) == EVENT.text.encode()
    assert {part.get_content_subtype() for part in kept.messages[0].walk()} >= {"plain", "html"}
    await open_mailer(database).send(mail)
    (shown,) = (await kept_mails())[0].attachments
    assert (shown.name, shown.media_type, shown.text) == (EVENT.name, EVENT.media_type, EVENT.text)


async def test_smtp_server_gets_text_and_html(inbox: tuple[Inbox, str], settings: Settings) -> None:
    kept, url = inbox
    await open_mailer(replace(settings, smtp_url=url, base_url="https://learn.example")).send(MAIL)
    (message,) = kept.messages
    assert message["Subject"] == "Grüße"
    assert message["From"] == "no-reply@learn.example"
    assert "zoe@example.com" in message["To"]
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text and "Hello Zoë" in text.get_content()
    assert html and "<p>Hello Zoë</p>" in html.get_content()


async def test_mail_programs_are_offered_to_end_what_may_be_ended(
    inbox: tuple[Inbox, str], settings: Settings
) -> None:
    kept, url = inbox
    mailer = open_mailer(replace(settings, smtp_url=url))
    await mailer.send(
        replace(MAIL, unsubscribe="https://learn.example/x", message_id="<1@learn.example>")
    )
    await mailer.send(MAIL)
    may, must = kept.messages
    assert may["List-Unsubscribe"] == "<https://learn.example/x>"
    assert may["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert may["Message-ID"] == "<1@learn.example>"
    assert must["List-Unsubscribe"] is None
    assert must["Auto-Submitted"] == "auto-generated"
    assert must["Message-ID"] not in (None, may["Message-ID"])


async def test_header_can_not_be_smuggled_in(inbox: tuple[Inbox, str]) -> None:
    kept, url = inbox
    with pytest.raises(ValueError, match="linefeed"):
        await SmtpMailer(url, "a@b.example").send(replace(MAIL, subject="x\r\nBcc: all@example.com"))
    assert kept.messages == []


async def test_unreachable_server_raises(settings: Settings) -> None:
    with pytest.raises(OSError):
        await SmtpMailer(f"smtp://127.0.0.1:{unused_port()}", "a@b.example").send(MAIL)
