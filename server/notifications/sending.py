"""The second step: a waiting delivery goes out by its channel, if it is still wanted and right then.

A handler that is killed between the sending and the note of it sends again, with the same Message-ID."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass

from server.infra import clock
from server.infra.db import transactional
from server.infra.outbox import Hopeless
from server.notifications import digests
from server.notifications.attaching import files_for
from server.notifications.kinds import KINDS, MAIL, PAGE, PUSH, Channel, Kind
from server.notifications.links import leave_path
from server.notifications.models import Delivery
from server.notifications.planning import plan, refused_now, suppress
from server.notifications.post import Addressee, post_office
from server.notifications.push import sending as pushing
from server.notifications.recipients import recipient
from server.notifications.routing import Refusal
from server.notifications.values import Recipient, read

OPEN = ("waiting", "failed")  # what may still go out
MAX_SUBJECT = 300


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery that is to go out now."""

    delivery: Delivery
    kind: Kind
    to: Recipient


Send = Callable[[Outgoing], Awaitable[str]]  # gives what history says of it; raises to be tried again


async def _mail(out: Outgoing) -> str:
    to = Addressee(out.to.email, out.to.name, out.to.timezone)
    about = read(out.delivery.about)
    return await post_office().send(
        to,
        out.kind.mail,
        about,
        message_id=out.delivery.message_id,
        unsubscribe=leave_path(out.to.user_id, out.kind),
        attachments=await files_for(out.kind.name, out.to, about),
    )


async def _push(out: Outgoing) -> str:
    return await pushing.send(out.delivery, out.kind, out.to)


SENDERS: dict[Channel, Send] = {MAIL: _mail, PUSH: _push}
OFFERED: tuple[Channel, ...] = (PAGE, *SENDERS)


def ways(kind: Kind) -> list[Channel]:
    """By which channels this can be told at all."""
    able = {MAIL: bool(kind.mail), PUSH: kind.push}
    return [channel for channel in OFFERED if able.get(channel, True)]


async def deliver(delivery_id: int) -> None:
    """Send it, unless that was done, or nobody wants it any more."""
    mailed = await Delivery.exists(id=delivery_id, channel=MAIL)
    async with post_office().turn if mailed else nullcontext():
        out = await _ready(delivery_id)
        if out is not None:
            await _send(out)


async def _send(out: Outgoing) -> None:
    row = Delivery.filter(id=out.delivery.id)
    try:
        subject = await SENDERS[Channel(out.delivery.channel)](out)
    except Hopeless as refused:
        await row.update(status="bounced", detail=str(refused)[:2000])
    except Exception as error:
        await row.update(status="failed", detail=repr(error)[:2000])
        raise
    else:
        await _note_sent(out.delivery, subject)


@transactional
async def _ready(delivery_id: int) -> Outgoing | None:
    delivery = await Delivery.get_or_none(id=delivery_id, status__in=OPEN)
    to = await recipient(delivery.user_id) if delivery else None
    if delivery is None or to is None:
        return None
    if refused := await refused_now(delivery, to):
        await suppress([delivery.id], refused)
        return None
    if delivery.kind == digests.KIND:
        delivery.about = await digests.content(delivery, to)
        if not delivery.about["items"]:
            await suppress([delivery.id], Refusal.WITHDRAWN)
            return None
    elif not await plan(delivery, to):
        return None
    if not delivery.message_id:
        delivery.message_id = post_office().new_message_id()
        await delivery.save(update_fields=["message_id"])
    return Outgoing(delivery, KINDS[delivery.kind], to)


@transactional
async def _note_sent(delivery: Delivery, subject: str) -> None:
    now = clock.now()
    await Delivery.filter(id=delivery.id).update(
        status="sent", subject=subject[:MAX_SUBJECT], detail="", sent_at=now
    )
    if delivery.kind == digests.KIND:
        await digests.note_sent(delivery, now)
