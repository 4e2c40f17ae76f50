"""One thing told to all devices of a person. Which of them had it is kept, so that a second try reaches
the others alone."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import F

from server.infra import clock
from server.infra.outbox import Hopeless, Later
from server.notifications.kinds import Kind
from server.notifications.models import Delivery, PushSubscription
from server.notifications.push.base64url import encoded
from server.notifications.push.devices import living
from server.notifications.push.handover import Fate, Message, Outcome, push
from server.notifications.push.office import push_office
from server.notifications.values import Recipient, read

REACHED = "reached"  # the devices that had it, in `about` of a delivery that is tried again
WORTH = timedelta(days=1)  # for so long a service keeps it for a device that is off
REFUSALS = 5  # in a row: a service may be wrong for a while
DISCREET = "There is something new for you."

Reached = list[tuple[PushSubscription, Outcome]]


async def send(delivery: Delivery, kind: Kind, to: Recipient) -> str:
    """Gives what history says of it. Raises Later when a service asks for patience, and Hopeless when
    there is no device that takes it."""
    had = set(delivery.about.get(REACHED) or ())  # type: ignore[call-overload]
    devices = [row for row in await living(to.user_id) if str(row.public_id) not in had]
    outcomes = await push_to(devices, message_of(delivery, kind, to))
    had |= {str(row.public_id) for row, outcome in outcomes if outcome.fate is Fate.TAKEN}
    waiting = [outcome for _, outcome in outcomes if outcome.fate is Fate.LATER]
    if waiting:
        about = {**delivery.about, REACHED: sorted(had)}
        await Delivery.filter(id=delivery.id).update(about=about)
        raise Later(waiting[0].detail, max(outcome.after_s for outcome in waiting))
    if not had:
        raise Hopeless(_why(outcomes))
    return delivery.subject


async def push_to(devices: Iterable[PushSubscription], message: Message) -> Reached:
    """To each of them at once; what that says of the devices is noted."""
    office, found = push_office(), list(devices)
    if office is None or not found:
        return []
    async with office.client() as client:
        outcomes = await asyncio.gather(*(push(office, client, row, message) for row in found))
    reached = list(zip(found, outcomes, strict=True))
    await _note(reached)
    return reached


async def try_out(login_id: int) -> None:
    """Something to look at, for the browser of one login."""
    message = Message(
        title="This is how we tell you",
        body="Notifications are on for this device.",
        path="/communication/preferences",
        topic=topic_of("trial"),
        ttl=60,
        urgency="high",
    )
    await push_to(await PushSubscription.filter(login_id=login_id), message)


# --- what is said


def message_of(delivery: Delivery, kind: Kind, to: Recipient) -> Message:
    """Others may look at the screen it appears on: names and titles only for who wants them there."""
    says = to.pace.push_says
    return Message(
        title=delivery.subject if says else kind.topic.title,
        body=kind.topic.title if says else DISCREET,
        path=str(delivery.about.get("path") or ""),
        topic=topic_of(delivery.dedupe_key),
        ttl=_ttl(kind, read(delivery.about), clock.now()),
        urgency="high" if kind.urgent else "low" if kind.may_wait else "normal",
    )


def topic_of(key: str) -> str:
    """At most 32 characters of base64url (RFC 8030 §5.4), which tell a service nothing."""
    return encoded(hashlib.sha256(key.encode()).digest()[:24])


def _ttl(kind: Kind, about: Mapping[str, Any], now: datetime) -> int:
    """Seconds; until the instant after which it is of no use."""
    ends = about.get(kind.before) if kind.before else None
    worth = min(WORTH, ends - now) if isinstance(ends, datetime) else WORTH
    return max(0, int(worth.total_seconds()))


# --- what is learned


async def _note(reached: Reached) -> None:
    by_fate = {fate: [row.id for row, one in reached if one.fate is fate] for fate in Fate}
    rows = PushSubscription.filter
    await rows(id__in=by_fate[Fate.GONE]).delete()
    await rows(id__in=by_fate[Fate.TAKEN]).update(used_at=clock.now(), failures=0)
    await rows(id__in=by_fate[Fate.REFUSED]).update(failures=F("failures") + 1)
    await rows(id__in=by_fate[Fate.REFUSED], failures__gte=REFUSALS).delete()


def _why(outcomes: Reached) -> str:
    said = sorted({outcome.detail for _, outcome in outcomes})
    return f"no device took it: {', '.join(said)}" if said else "no device is left"
