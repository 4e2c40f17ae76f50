"""Mail: kept in the database in development, sent by SMTP when `SMTP_URL` is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.infra import clock
from server.infra.db import require_no_transaction
from server.infra.models import MailRow


@dataclass(frozen=True, slots=True)
class Mail:
    """One message; `text` and `html` say the same."""

    to: str
    subject: str
    text: str
    html: str


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


async def kept_mails(limit: int = 200) -> list[KeptMail]:
    """What the DatabaseMailer kept, newest first."""
    rows = await MailRow.all().order_by("-id").limit(limit)
    return [KeptMail(row.recipient, row.subject, row.text, row.html, row.created_at) for row in rows]
