"""Who is told what, by which channel, and when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from server.notifications.kinds import MAIL, PAGE, PUSH, Channel, Kind, Topic
from server.notifications.rhythm import after_quiet, next_digest, zone_of
from server.notifications.values import Choices, Recipient


class Refusal(StrEnum):
    """Why somebody is not told."""

    INACTIVE = "inactive"
    BLOCKED = "blocked"  # one of the two has blocked the other
    UNWANTED = "unwanted"
    UNPROVEN = "unproven"  # nobody has shown that the address is theirs
    UNREACHABLE = "unreachable"  # mail to the address comes back
    NO_DEVICE = "no_device"  # nothing is there that takes pushes
    WITHDRAWN = "withdrawn"  # what it was about is off
    LATE = "late"  # it was of use before, and could not go out in time


def wants(topic: Topic, channel: Channel, choices: Choices) -> bool:
    """What cannot be turned off, else what was chosen, else what is usual."""
    if channel in topic.locked:
        return True
    return choices.get((topic.name, channel), channel in topic.usual)


def refusal(kind: Kind, channel: Channel, to: Recipient, *, blocked: bool) -> Refusal | None:
    """Why this is not to reach them this way; None where it is."""
    if channel is PUSH and not to.devices:
        return Refusal.NO_DEVICE
    if not to.active:
        return Refusal.INACTIVE
    if blocked:
        return Refusal.BLOCKED
    if not wants(kind.topic, channel, to.choices):
        return Refusal.UNWANTED
    if channel is MAIL and MAIL not in kind.topic.locked:
        return _optional_mail(to)
    return None


def _optional_mail(to: Recipient) -> Refusal | None:
    """What must be told is tried all the same: the address may be well again."""
    if not to.verified:
        return Refusal.UNPROVEN
    return None if to.reachable else Refusal.UNREACHABLE


def due(kind: Kind, channel: Channel, to: Recipient, now: datetime) -> datetime:
    """When it goes out. The page disturbs nobody; the digest is a mail."""
    if channel is PAGE or kind.urgent:
        return now
    zone = zone_of(to.timezone)
    if is_digested(kind, channel, to):
        return next_digest(now, zone, to.pace)
    return after_quiet(now, zone, to.pace)


def is_late(kind: Kind, about: Mapping[str, Any], now: datetime) -> bool:
    """Whether the instant has come before which it was to be told."""
    instant = about.get(kind.before)
    return isinstance(instant, datetime) and now >= instant


def is_digested(kind: Kind, channel: Channel, to: Recipient) -> bool:
    return channel is MAIL and kind.may_wait and to.pace.digest != "at_once"
