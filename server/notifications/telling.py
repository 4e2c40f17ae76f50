"""The first step of every telling: into the centre at once, and for every other way a delivery that says
when it goes out, or why it does not. One transaction, however often and by however many it is tried."""

from __future__ import annotations

from typing import Any

from server.edge.templates import say
from server.infra import clock
from server.infra.db import transactional
from server.notifications.acquaintances import blocked
from server.notifications.inboxes import lock_inbox, next_number
from server.notifications.kinds import KINDS, PAGE, Channel
from server.notifications.models import Delivery, Notification
from server.notifications.planning import expect, plan
from server.notifications.recipients import recipient
from server.notifications.routing import Refusal, refusal
from server.notifications.sending import MAX_SUBJECT, ways
from server.notifications.values import Telling, read
from server.notifications.waking import wake

WORDS = "notifications/words.txt"


@transactional
async def tell(telling: Telling) -> None:
    """Nothing happens the second time, or for somebody who is gone."""
    to = await recipient(telling.user_id)
    if to is None:
        return
    await lock_inbox(to.user_id)
    if await Delivery.filter(user_id=to.user_id, dedupe_key=telling.dedupe_key).exists():
        return
    kind, barred = KINDS[telling.kind], await blocked(to.user_id, telling.actor_id)
    for channel in ways(kind):
        refused = refusal(kind, channel, to, blocked=barred)
        if refused is Refusal.NO_DEVICE:
            continue  # of most people: not worth a line of their history
        if refused is not None:
            await _delivery(telling, channel, status="suppressed", detail=refused)
        elif channel is PAGE:
            await _show(telling)
        elif await plan(waiting := await _delivery(telling, channel, status="waiting"), to):
            await expect(waiting)


async def _show(telling: Telling) -> None:
    now = clock.now()
    await Notification.create(
        user_id=telling.user_id,
        actor_id=telling.actor_id,
        seq=await next_number(telling.user_id),
        kind=telling.kind,
        group_key=telling.group_key,
        about=telling.about,
        path=telling.path,
        dedupe_key=telling.dedupe_key,
        created_at=now,
    )
    await _delivery(telling, PAGE, status="sent", sent_at=now)
    wake(telling.user_id)


async def _delivery(telling: Telling, channel: Channel, **state: Any) -> Delivery:
    return await Delivery.create(
        user_id=telling.user_id,
        channel=channel,
        kind=telling.kind,
        dedupe_key=telling.dedupe_key,
        subject=words_of(telling.kind, telling.about)[:MAX_SUBJECT],
        about={**telling.about, "path": telling.path, "actor_id": telling.actor_id},
        cause=telling.cause,
        created_at=clock.now(),
        **state,
    )


def words_of(kind: str, about: dict[str, object], count: int = 1) -> str:
    """One sentence that says it; of a group of `count`, `about` is the newest's."""
    return say(WORDS, kind, read(about), count)
