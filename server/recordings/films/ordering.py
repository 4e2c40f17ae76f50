"""What is to be composed of a recording: its stored segments, and what happened in the lesson."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from server.booking import service as booking
from server.classroom.happenings import Person, happenings, people_of
from server.recordings.composing.job import LONGEST_MS, Caption, Chapter, Job, Pause
from server.recordings.composing.job import Segment as Part
from server.recordings.films.story import Recorded, Story, Teller, Words
from server.recordings.models import Recording, Segment
from server.recordings.states import SegmentStatus

NOBODY = Person("", "learner")


@dataclass(frozen=True, slots=True)
class Order:
    """`segments` are those whose files are stored; their place on the time line can be shown."""

    recording_id: UUID
    title: str
    segments: tuple[Segment, ...]
    people: dict[str, Person]
    story: Story

    @property
    def total_ms(self) -> int:
        return length_of(self.segments)

    @property
    def size(self) -> int:
        return sum(one.size for one in self.segments)


async def order_of(recording: Recording) -> Order:
    """Nine queries."""
    segments = await segments_of(recording.id)
    people = await people_of(recording.session_id)
    cards = await booking.cards_by_id([recording.session_id])
    teller = Teller(
        recording.origin_at,
        await happenings(recording.session_id),
        [Recorded(one.participant, one.source, one.start_ms, _end(one)) for one in segments],
        people,
        await booking.objectives_of(recording.session_id),
    )
    title = cards[recording.session_id].title
    return Order(recording.id, title, tuple(segments), people, teller.story())


async def segments_of(recording_id: UUID) -> list[Segment]:
    """Those that are stored, by where they begin."""
    ready = Segment.filter(recording_id=recording_id, state=SegmentStatus.READY)
    return [one for one in await ready.order_by("start_ms", "id") if _can_be_shown(one)]


def length_of(segments: Iterable[Segment]) -> int:
    return max((_end(one) for one in segments), default=0)


def chapters_to_store(story: Story) -> list[dict[str, Any]]:
    return [{"at_ms": one.at_ms, "title": one.title, "kind": one.kind} for one in story.chapters]


def job_of(order: Order, files: dict[int, Path], output: Path) -> Job:
    """`files`: where the segments lie that could be fetched, by id.

    Raises pydantic.ValidationError for what no film can be made of."""
    story = order.story
    return Job(
        title=order.title,
        output=output,
        segments=tuple(_part(order, one, files[one.id]) for one in order.segments if one.id in files),
        pauses=tuple(Pause(from_ms=first, to_ms=end) for first, end in story.pauses),
        chapters=tuple(Chapter(at_ms=one.at_ms, title=one.title) for one in story.chapters),
        captions=tuple(_caption(order, one) for one in story.captions),
        duration_ms=order.total_ms,
    )


def _caption(order: Order, words: Words) -> Caption:
    name = order.people.get(words.participant, NOBODY).name
    return Caption(from_ms=words.from_ms, to_ms=words.to_ms, name=name, text=words.text)


def _part(order: Order, segment: Segment, path: Path) -> Part:
    person = order.people.get(segment.participant, NOBODY)
    return Part.model_validate(
        {
            "path": path,
            "participant": segment.participant,
            "name": person.name,
            "role": person.role,
            "source": segment.source,
            "kind": segment.kind,
            "start_ms": segment.start_ms,
            "duration_ms": segment.duration_ms,
        }
    )


def _end(segment: Segment) -> int:
    end: int = segment.start_ms + segment.duration_ms
    return end


def _can_be_shown(segment: Segment) -> bool:
    return segment.start_ms >= 0 and segment.duration_ms > 0 and _end(segment) <= LONGEST_MS
