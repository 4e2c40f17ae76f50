"""What we know of an address beyond its owner: whether mail to it comes back."""

from __future__ import annotations

from tortoise.expressions import F

from server.accounts.names import same
from server.infra import clock
from server.infra.db import transactional
from server.notifications.models import MailAddress

DEAD_AFTER = 3  # refusals in a row: a mail server may be wrong once


@transactional
async def note_returned(email: str, reason: str) -> None:
    """A mail to it was refused for good, or came back."""
    key, now = same(email), clock.now()
    await MailAddress.bulk_create([MailAddress(email_key=key, updated_at=now)], ignore_conflicts=True)
    known = MailAddress.filter(email_key=key)
    await known.update(bounces=F("bounces") + 1, reason=reason[:500], state="bouncing", updated_at=now)
    await known.filter(bounces__gte=DEAD_AFTER).update(state="dead")


async def note_taken(email: str) -> None:
    """A server has taken a mail to it: what was is forgotten."""
    await (
        MailAddress.filter(email_key=same(email))
        .exclude(state="ok")
        .update(state="ok", bounces=0, reason="", updated_at=clock.now())
    )


async def is_dead(email: str) -> bool:
    """So many mails came back that only what must be told is still tried."""
    return await MailAddress.filter(email_key=same(email), state="dead").exists()


async def trouble(email: str) -> str:
    """What a server said when it refused the last mail to it; empty when mail arrives."""
    row = await MailAddress.get_or_none(email_key=same(email))
    return row.reason if row is not None and row.state != "ok" else ""
