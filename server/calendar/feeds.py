"""Feeds: a person has one or none, renews its address, and programs read it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from server.calendar.events import events_of
from server.calendar.ics import Event
from server.calendar.models import CalendarFeed
from server.infra.clock import now
from server.infra.db import transactional

READ_NOTED = timedelta(minutes=10)  # a later read is written down after so long


@dataclass(frozen=True, slots=True)
class Feed:
    """A person's own feed, as its page shows it."""

    id: UUID
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a program gets: `tag` tells it from other content, and it is so since `changed_at`."""

    events: Sequence[Event]
    tag: str
    changed_at: datetime


async def feed_of(user_id: int) -> Feed | None:
    row = await CalendarFeed.get_or_none(user_id=user_id)
    return Feed(row.public_id, row.created_at, row.read_at) if row else None


@transactional
async def turn_on(user_id: int) -> None:
    """Nothing happens where there is one."""
    row = CalendarFeed(user_id=user_id, public_id=uuid4(), created_at=now())
    await CalendarFeed.bulk_create([row], ignore_conflicts=True)


@transactional
async def renew(user_id: int) -> None:
    """Another address; the old one leads nowhere from now on."""
    fresh = {"public_id": uuid4(), "created_at": now(), "read_at": None, "tag": "", "changed_at": None}
    await CalendarFeed.filter(user_id=user_id).update(**fresh)


@transactional
async def turn_off(user_id: int) -> None:
    await CalendarFeed.filter(user_id=user_id).delete()


async def read(feed_id: UUID, base_url: str) -> Content | None:
    """What a program gets at this address; None where nobody has it, or its owner is not active."""
    row = await CalendarFeed.get_or_none(public_id=feed_id, user__status="active")
    if row is None:
        return None
    events = await events_of(row.user_id, now(), base_url)
    tag = hashlib.sha256(repr(events).encode()).hexdigest()[:40]
    if row.tag != tag or row.changed_at is None:
        row.tag, row.changed_at = tag, now().replace(microsecond=0)
        await _note(row, tag=tag, changed_at=row.changed_at)
    if row.read_at is None or now() - row.read_at >= READ_NOTED:
        await _note(row, read_at=now())
    assert row.changed_at is not None
    return Content(events, tag, row.changed_at)


async def _note(row: CalendarFeed, **values: object) -> None:
    """Of this address alone: it may have been renewed meanwhile."""
    await CalendarFeed.filter(id=row.id, public_id=row.public_id).update(**values)
