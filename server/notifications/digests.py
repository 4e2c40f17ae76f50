"""One mail for all that could wait. A delivery like any other; what it gathers has its Message-ID."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from server.infra import clock
from server.infra.db import transactional
from server.notifications.inboxes import lock_inbox
from server.notifications.kinds import MAIL, MAY_WAIT
from server.notifications.models import Delivery
from server.notifications.planning import expect, refused_now, suppress
from server.notifications.post import post_office
from server.notifications.values import Recipient, read

KIND = "digest"
GATHERED = "gathered"  # it is part of a digest that is on its way


@transactional
async def gather(user_id: int) -> None:
    """Put all that is due into one mail; nothing happens when there is nothing."""
    await lock_inbox(user_id)
    due = Delivery.filter(
        user_id=user_id, channel=MAIL, kind__in=MAY_WAIT, status="waiting", due_at__lte=clock.now()
    )
    ids = await due.values_list("id", flat=True)
    if not ids:
        return
    now = clock.now()
    digest = await Delivery.create(
        user_id=user_id,
        channel=MAIL,
        kind=KIND,
        dedupe_key=f"{KIND}:{uuid4().hex}",
        status="waiting",
        message_id=post_office().new_message_id(),
        created_at=now,
        due_at=now,
    )
    await Delivery.filter(id__in=list(ids)).update(status=GATHERED, message_id=digest.message_id)
    await expect(digest)


async def content(digest: Delivery, to: Recipient) -> dict[str, Any]:
    """What the mail says, newest first; what is not wanted any more is left out."""
    items: list[dict[str, Any]] = []
    gathered = Delivery.filter(message_id=digest.message_id, status=GATHERED)
    for delivery in await gathered.order_by("-id"):
        if refused := await refused_now(delivery, to):
            await suppress([delivery.id], refused)
        else:
            items.append({"text": delivery.subject, **read(delivery.about)})
    return {"items": items, "digest": to.pace.digest}


async def note_sent(digest: Delivery, at: datetime) -> None:
    """It has gone out, and what it gathered with it."""
    gathered = Delivery.filter(message_id=digest.message_id, status=GATHERED)
    await gathered.update(status="sent", sent_at=at)
