"""What travels between the parts of notifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# Instants: text in jobs and rows, instants again in templates.
TIMES = frozenset({"starts_at", "ends_at", "at", "until"})

Choices = Mapping[tuple[str, str], bool]  # (topic, channel): wanted


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing for one person, as its job carries it; see `service.notify`."""

    user_id: int
    kind: str
    about: dict[str, Any]
    dedupe_key: str
    path: str = ""
    actor_id: int | None = None
    group_key: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """When somebody wants to be told: `quiet` from and until a minute of their day, and how often what
    may wait is mailed ("at_once", "daily", "weekly"), at which minute. `push_says`: names and titles may
    stand in a push."""

    quiet: tuple[int, int] | None = None
    digest: str = "daily"
    digest_minute: int = 480
    push_says: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom something goes to, and what they want; `devices`: on some of theirs they take pushes."""

    user_id: int
    email: str
    name: str
    timezone: str
    active: bool
    verified: bool
    reachable: bool = True
    devices: bool = False
    choices: Choices = field(default_factory=dict)
    pace: Pace = Pace()


def written(about: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON can hold."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in about.items()
    }


def read(about: Mapping[str, Any]) -> dict[str, Any]:
    """What `written` wrote, with instants again."""
    return {
        name: datetime.fromisoformat(value) if name in TIMES else value for name, value in about.items()
    }
