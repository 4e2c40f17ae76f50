"""Mail: kept in the database in development, sent by SMTP when `SMTP_URL` is set."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Protocol
from urllib.parse import unquote, urlsplit

from config.settings import Settings
from server.infra import clock
from server.infra.db import require_no_transaction
from server.infra.models import MailRow

SMTP_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Mail:
    """One message; `text` and `html` say the same. `message_id` tells a copy from another message."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as the database keeps it, with the instant it was sent."""

    to: str
    subject: str
    text: str
    html: str
    at: datetime


class Mailer(Protocol):
    """Sends one mail; raises when it could not, so that the job is tried again."""

    async def send(self, mail: Mail) -> None: ...


class DatabaseMailer:
    """Keeps mails in the table `mail`; the development pages show them."""

    async def send(self, mail: Mail) -> None:
        require_no_transaction()
        await MailRow.create(
            recipient=mail.to,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            created_at=clock.now(),
        )


class SmtpMailer:
    """Sends by one SMTP server: `smtps://` from the start in TLS, `smtp://` with STARTTLS if offered."""

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        require_no_transaction()
        await asyncio.to_thread(self._send, self._message(mail))

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, mail.to, mail.subject
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = mail.message_id or make_msgid(domain=self._sender.rpartition("@")[2])
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        return message

    def _send(self, message: EmailMessage) -> None:
        with self._connect() as smtp:
            if self._url.username:
                smtp.login(unquote(self._url.username), unquote(self._url.password or ""))
            smtp.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        host, context = self._url.hostname or "localhost", ssl.create_default_context()
        if self._url.scheme == "smtps":
            port = self._url.port or smtplib.SMTP_SSL_PORT
            return smtplib.SMTP_SSL(host, port, timeout=SMTP_TIMEOUT_S, context=context)
        smtp = smtplib.SMTP(host, self._url.port or smtplib.SMTP_PORT, timeout=SMTP_TIMEOUT_S)
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
        return smtp


def open_mailer(settings: Settings) -> Mailer:
    """The mailer that the settings ask for."""
    if not settings.smtp_url:
        return DatabaseMailer()
    return SmtpMailer(settings.smtp_url, f"no-reply@{urlsplit(settings.base_url).hostname}")


async def kept_mails(limit: int = 200) -> list[KeptMail]:
    """What the DatabaseMailer kept, newest first."""
    rows = await MailRow.all().order_by("-id").limit(limit)
    return [KeptMail(row.recipient, row.subject, row.text, row.html, row.created_at) for row in rows]
