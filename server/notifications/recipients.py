"""Whom something goes to, as the database knows them now: read again whenever something is sent."""

from __future__ import annotations

from server.accounts.models import User
from server.notifications.addresses import is_dead
from server.notifications.models import Preference, Rhythm
from server.notifications.push.devices import takes_pushes
from server.notifications.values import Choices, Pace, Recipient


async def recipient(user_id: int) -> Recipient | None:
    """None for somebody who is gone."""
    user = await User.get_or_none(id=user_id)
    if user is None:
        return None
    return Recipient(
        user_id=user.id,
        email=user.email,
        name=user.name or user.username,
        timezone=user.timezone,
        active=user.status == "active",
        verified=user.email_verified_at is not None,
        reachable=not await is_dead(user.email),
        devices=await takes_pushes(user_id),
        choices=await choices_of(user_id),
        pace=await pace_of(user_id),
    )


async def choices_of(user_id: int) -> Choices:
    """What this person chose; what is not in it is as usual."""
    rows = await Preference.filter(user_id=user_id).values_list("topic", "channel", "wanted")
    return {(str(topic), str(channel)): bool(wanted) for topic, channel, wanted in rows}


async def pace_of(user_id: int) -> Pace:
    row = await Rhythm.get_or_none(user_id=user_id)
    if row is None:
        return Pace()
    begin, end = row.quiet_from, row.quiet_until
    quiet = None if begin is None or end is None else (begin, end)
    return Pace(quiet, row.digest, row.digest_minute, row.push_says)
