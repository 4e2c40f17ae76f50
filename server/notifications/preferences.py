"""What a person wants to be told, by which channels, and when. It counts from when something is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.infra import clock
from server.infra.db import transactional
from server.notifications.kinds import MAIL, MAY_WAIT, PUSH, TOPICS, Channel, Topic
from server.notifications.models import Delivery, Preference, Rhythm
from server.notifications.planning import expect_digest
from server.notifications.push.devices import takes_pushes
from server.notifications.recipients import choices_of, pace_of, recipient
from server.notifications.rhythm import next_digest, zone_of
from server.notifications.routing import wants
from server.notifications.sending import OFFERED
from server.notifications.values import Choices, Pace


@dataclass(frozen=True, slots=True)
class Cell:
    """One topic by one channel."""

    channel: Channel
    wanted: bool
    locked: bool


@dataclass(frozen=True, slots=True)
class Row:
    topic: Topic
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Preferences:
    rows: tuple[Row, ...]
    pace: Pace

    @property
    def pushed(self) -> bool:
        """Whether some device of theirs takes pushes."""
        return any(cell.channel is PUSH for cell in self.rows[0].cells)


async def preferences_of(user_id: int) -> Preferences:
    """Without a device that takes pushes there is nothing to choose about them."""
    choices, pushed = await choices_of(user_id), await takes_pushes(user_id)
    channels = [channel for channel in OFFERED if pushed or channel is not PUSH]
    rows = tuple(_row(topic, channels, choices) for topic in TOPICS)
    return Preferences(rows, await pace_of(user_id))


def _row(topic: Topic, channels: Iterable[Channel], choices: Choices) -> Row:
    cells = (
        Cell(channel, wants(topic, channel, choices), channel in topic.locked) for channel in channels
    )
    return Row(topic, tuple(cells))


@transactional
async def change_preferences(
    user_id: int, choices: Mapping[str, Mapping[Channel, bool]], pace: Pace
) -> None:
    """Set what is given; what cannot be turned off stays on, whatever is written."""
    for topic, by_channel in choices.items():
        for channel, wanted in by_channel.items():
            await choose(user_id, topic, channel, wanted)
    if pace != await pace_of(user_id):
        await _set_pace(user_id, pace)
        await _move_digest(user_id)


async def choose(user_id: int, topic: str, channel: Channel, wanted: bool) -> None:
    """One box of the matrix; call it in a transaction."""
    values = {"wanted": wanted, "updated_at": clock.now()}
    row = Preference(user_id=user_id, topic=topic, channel=channel, **values)
    await Preference.bulk_create([row], ignore_conflicts=True)
    chosen = Preference.filter(user_id=user_id, topic=topic, channel=channel)
    await chosen.exclude(wanted=wanted).update(**values)


async def _set_pace(user_id: int, pace: Pace) -> None:
    begin, end = pace.quiet or (None, None)
    values = {
        "quiet_from": begin,
        "quiet_until": end,
        "digest": pace.digest,
        "digest_minute": pace.digest_minute,
        "push_says": pace.push_says,
        "updated_at": clock.now(),
    }
    await Rhythm.bulk_create([Rhythm(user_id=user_id, **values)], ignore_conflicts=True)
    await Rhythm.filter(user_id=user_id).update(**values)


async def _move_digest(user_id: int) -> None:
    """What waits for a digest waits for the next one of the new pace."""
    to = await recipient(user_id)
    waiting = Delivery.filter(user_id=user_id, channel=MAIL, status="waiting", kind__in=MAY_WAIT)
    if to is None or not await waiting.exists():
        return
    due_at = next_digest(clock.now(), zone_of(to.timezone), to.pace)
    await waiting.update(due_at=due_at)
    await expect_digest(user_id, due_at)
