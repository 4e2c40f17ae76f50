"""Reads the mails that a test made."""

from __future__ import annotations

import re

from server.infra.mailer import KeptMail, kept_mails
from server.worker import run_due

TOKEN = re.compile(r"/auth/(verify|reset)\?token=([A-Za-z0-9_-]+)")


async def mails_to(email: str) -> list[KeptMail]:
    """All mails to an address after the due jobs have run, newest first."""
    await run_due()
    return [mail for mail in await kept_mails() if mail.to == email]


async def token_for(email: str) -> str:
    """The token in the newest mail to this address; text and HTML hold the same."""
    mail = (await mails_to(email))[0]
    found = TOKEN.search(mail.text)
    assert found, mail.text
    assert found[0] in mail.html
    return found[2]
