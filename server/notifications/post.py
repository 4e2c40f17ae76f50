"""Writing and sending one mail to one person: template in, mail out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from config.settings import Settings
from server.edge.templates import render_text
from server.infra.mailer import Attachment, Mail, Mailer, MailRefused, open_mailer
from server.notifications import addresses
from server.notifications.links import open_links

# One template says what a mail says; these two say how it looks.
TEXT = {"layout": "email/text/layout.txt", "words": "email/text/words.txt"}
HTML = {"layout": "email/html/layout.html", "words": "email/html/words.html"}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a mail goes to; times in it are wall time in `timezone`."""

    email: str
    name: str
    timezone: str


class PostOffice:
    """Knows the mailer and our address; opened once at start.

    A process holds `turn` from looking whether a mail is to go out until it is noted that it did: when it
    is killed, no more than one can go out again."""

    def __init__(self, settings: Settings) -> None:
        self._mailer: Mailer = open_mailer(settings)
        self.base_url = settings.base_url
        self.turn = asyncio.Lock()

    def new_message_id(self) -> str:
        """One that no other mail has (RFC 5322 §3.6.4)."""
        return f"<{uuid4().hex}@{urlsplit(self.base_url).hostname}>"

    async def send(
        self,
        to: Addressee,
        template: str,
        context: Mapping[str, Any],
        *,
        message_id: str = "",
        unsubscribe: str = "",
        attachments: Sequence[Attachment] = (),
    ) -> str:
        """Send `web/templates/email/<template>.mail`, as text and as HTML; the first line of the text
        is the subject, which is returned. `unsubscribe` is the path that ends mails of this sort.

        What becomes of it is remembered of the address; raises MailRefused when that takes no mail."""
        mail = f"email/{template}.mail"
        leave = f"{self.base_url}{unsubscribe}" if unsubscribe else ""
        values = {"to": to, "base_url": self.base_url, "unsubscribe": leave, **context}
        first, _, text = render_text(mail, values | TEXT).partition("\n")
        subject = " ".join(first.split())
        html = render_text(mail, values | HTML)
        try:
            await self._mailer.send(Mail(to.email, subject, text, html, message_id, leave, attachments))
        except MailRefused as refused:
            await addresses.note_returned(to.email, str(refused))
            raise
        await addresses.note_taken(to.email)
        return subject


_office: PostOffice | None = None


def open_post_office(settings: Settings) -> None:
    """Say how mail is sent from now on; called once by whoever runs jobs."""
    global _office
    _office = PostOffice(settings)
    open_links(settings.secret_key)


def post_office() -> PostOffice:
    """Raises RuntimeError when nobody has opened it."""
    if _office is None:
        raise RuntimeError("the post office is closed: call open_post_office first")
    return _office
