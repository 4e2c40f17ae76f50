"""Mail: kept in the database in development, sent by SMTP when `SMTP_URL` is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from config.settings import Settings
from server.infra import clock
from server.infra.db import require_no_transaction
from server.infra.models import MailRow
from server.infra.outbox import Hopeless

SMTP_TIMEOUT_S = 20.0
PERMANENT = 500  # replies from here on: trying again changes nothing (RFC 5321 §4.2.1)


class MailRefused(Hopeless):
    """The server will never take mail for this address."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that goes with a mail; `parameters` are those of its media type, but the charset."""

    name: str
    subtype: str
    text: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def media_type(self) -> str:
        parameters = "".join(f"; {name}={value}" for name, value in self.parameters.items())
        return f"text/{self.subtype}{parameters}"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message; `text` and `html` say the same. `message_id` tells a copy from another message; a POST
    to `unsubscribe`, where there is one, ends mails of this sort."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str = ""
    unsubscribe: str = ""
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that went with a kept mail."""

    name: str
    media_type: str
    text: str


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as the database keeps it, with the instant it was sent."""

    to: str
    subject: str
    text: str
    html: str
    at: datetime
    attachments: tuple[KeptFile, ...] = ()


class Mailer(Protocol):
    """Sends one mail; raises when it could not, so that the job is tried again, and MailRefused when that
    is of no use."""

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
            attachments=[asdict(_kept(file)) for file in mail.attachments] or None,
            created_at=clock.now(),
        )


class SmtpMailer:
    """Sends by one SMTP server: `smtps://` from the start in TLS, `smtp://` with STARTTLS if offered."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._sender = sender
        self._server: dict[str, Any] = {
            "hostname": parts.hostname or "localhost",
            "port": parts.port,  # None: the usual one
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password or "") if parts.username else None,
            "use_tls": parts.scheme == "smtps",
            "timeout": SMTP_TIMEOUT_S,
        }

    async def send(self, mail: Mail) -> None:
        require_no_transaction()
        try:
            await aiosmtplib.send(self._message(mail), **self._server)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            answer = refused.recipients[0]
            if answer.code >= PERMANENT:
                raise MailRefused(f"{answer.code} {answer.message}") from refused
            raise

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, mail.to, mail.subject
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = mail.message_id or make_msgid(domain=self._sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: no holiday note comes back
        if mail.unsubscribe:
            message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058 §3.1
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        for file in mail.attachments:
            message.add_attachment(
                file.text, subtype=file.subtype, filename=file.name, params=dict(file.parameters)
            )
        return message


def open_mailer(settings: Settings) -> Mailer:
    """The mailer that the settings ask for."""
    if not settings.smtp_url:
        return DatabaseMailer()
    return SmtpMailer(settings.smtp_url, f"no-reply@{urlsplit(settings.base_url).hostname}")


async def kept_mails(limit: int = 200) -> list[KeptMail]:
    """What the DatabaseMailer kept, newest first."""
    return [_read(row) for row in await MailRow.all().order_by("-id").limit(limit)]


def _read(row: MailRow) -> KeptMail:
    files = tuple(KeptFile(**file) for file in row.attachments or ())
    return KeptMail(row.recipient, row.subject, row.text, row.html, row.created_at, files)


def _kept(file: Attachment) -> KeptFile:
    return KeptFile(file.name, file.media_type, file.text)
