"""What clients send about their notifications."""

from __future__ import annotations

from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from server.edge.forms import Form
from server.notifications.kinds import TOPICS, Channel
from server.notifications.values import Pace

MOST_IDS = 500
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"  # HH:MM, as a time field sends it
TOPIC_NAMES = frozenset(topic.name for topic in TOPICS)


class ListQuery(BaseModel):
    """`?topic=&unread=true`"""

    model_config = ConfigDict(extra="ignore")

    topic: str = Field("", max_length=40)
    unread: bool = False


class MarkRead(Form):
    """`POST /notifications/read {ids}` or `{all: true}`"""

    ids: list[UUID] = Field(default_factory=list, max_length=MOST_IDS)
    all: bool = False

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if not self.ids and not self.all:
            raise ValueError("Say which: ids, or all.")
        return self


def minutes_of(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock_of(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


class QuietHours(Form):
    """Wall time in the person's own zone; they may go over midnight."""

    start: str = Field(pattern=CLOCK)
    end: str = Field(pattern=CLOCK)

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if self.start == self.end:
            raise ValueError("They would be over as soon as they begin.")
        return self


class PreferencesForm(Form):
    """`PUT /users/me/preferences`: all that is not given stays as it is.

    `choices` is `{topic: {channel: wanted}}`; `quiet_hours` null turns them off. `push_says`:
    names and titles may stand in a push."""

    choices: dict[str, dict[Channel, bool]] = Field(default_factory=dict)
    quiet_hours: QuietHours | None = None
    digest: Literal["at_once", "daily", "weekly"] | None = None
    digest_at: str | None = Field(None, pattern=CLOCK)
    push_says: bool | None = None

    @field_validator("choices")
    @classmethod
    def _known_topics(cls, given: dict[str, dict[Channel, bool]]) -> dict[str, dict[Channel, bool]]:
        if unknown := given.keys() - TOPIC_NAMES:
            raise ValueError(f"No such topic: {', '.join(sorted(unknown))}.")
        return given

    def pace(self, before: Pace) -> Pace:
        """The pace that they ask for."""
        quiet = before.quiet
        if "quiet_hours" in self.model_fields_set:
            hours = self.quiet_hours
            quiet = (minutes_of(hours.start), minutes_of(hours.end)) if hours else None
        return Pace(
            quiet,
            self.digest or before.digest,
            minutes_of(self.digest_at) if self.digest_at else before.digest_minute,
            before.push_says if self.push_says is None else self.push_says,
        )
