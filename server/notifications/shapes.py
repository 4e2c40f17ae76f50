"""What `/api/v1` answers about notifications."""

from __future__ import annotations

from typing_extensions import TypedDict

from server.notifications.forms import clock_of
from server.notifications.preferences import Cell, Preferences


class UnreadShape(TypedDict):
    unread: int


class QuietShape(TypedDict):
    start: str
    end: str


class TopicShape(TypedDict):
    topic: str
    title: str
    channels: dict[str, bool]
    locked: list[str]
    why: str


class PreferencesShape(TypedDict):
    topics: list[TopicShape]
    quiet_hours: QuietShape | None
    digest: str
    digest_at: str
    push_says: bool


def preferences_shape(found: Preferences) -> PreferencesShape:
    pace = found.pace
    quiet = QuietShape(start=clock_of(pace.quiet[0]), end=clock_of(pace.quiet[1])) if pace.quiet else None
    return PreferencesShape(
        topics=[
            TopicShape(
                topic=row.topic.name,
                title=row.topic.title,
                channels={cell.channel.value: cell.wanted for cell in row.cells},
                locked=_locked(row.cells),
                why=row.topic.why,
            )
            for row in found.rows
        ],
        quiet_hours=quiet,
        digest=pace.digest,
        digest_at=clock_of(pace.digest_minute),
        push_says=pace.push_says,
    )


def _locked(cells: tuple[Cell, ...]) -> list[str]:
    return [cell.channel.value for cell in cells if cell.locked]
