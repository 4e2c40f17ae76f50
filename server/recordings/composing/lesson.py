"""What there is at each moment of a lesson, by its segments and pauses. PURE."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from server.recordings.composing.job import Job, Pause, Segment, Source


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Ids of people. `present` is who has any segment here, mentors first, then in the order of coming;
    `cameras` is in that order too, `screens` begins with the newest."""

    paused: bool = False
    present: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    screens: tuple[str, ...] = ()


class Lesson:
    """Only people with segments exist here: who did not consent has none.

    Somebody is present while one of their segments lasts, so that nobody is shown whose consent ended."""

    def __init__(self, job: Job) -> None:
        self.people = people(job.segments)
        edges = {0, *(edge for span in job.pauses for edge in (span.from_ms, span.to_ms))}
        edges |= {edge for one in job.segments for edge in (one.start_ms, one.end_ms)}
        self._job = job
        self._edges = sorted(edges)
        self._found = -1, Moment()  # lessons are gone through: what is asked is mostly the same

    def at(self, ms: float) -> Moment:
        place = max(0, bisect_right(self._edges, ms) - 1)
        if place != self._found[0]:
            self._found = place, self._moment(self._edges[place])
        return self._found[1]

    def _moment(self, ms: int) -> Moment:
        job = self._job
        if paused(job.pauses, ms):
            return Moment(paused=True)
        here = [one for one in job.segments if one.start_ms <= ms < one.end_ms]
        screens = sorted(_of(here, "screen"), key=lambda one: -one.start_ms)
        shown = {one.participant for one in here}
        filmed = {one.participant for one in _of(here, "camera")}
        return Moment(
            present=tuple(person for person in self.people if person in shown),
            cameras=tuple(person for person in self.people if person in filmed),
            screens=tuple(dict.fromkeys(one.participant for one in screens)),
        )


def people(segments: Iterable[Segment]) -> dict[str, Person]:
    """By id, mentors first, then by their first segment; the name is that of the last segment."""
    ordered = sorted(segments, key=lambda one: one.start_ms)
    found = {one.participant: Person(one.participant, one.name, one.role) for one in ordered}
    return dict(sorted(found.items(), key=lambda item: item[1].role != "mentor"))


def tracks(segments: Iterable[Segment], *sources: Source) -> dict[tuple[str, Source], list[Segment]]:
    """The segments of each (participant, source) in the order of time."""
    found: dict[tuple[str, Source], list[Segment]] = {}
    for one in sorted(segments, key=lambda one: one.start_ms):
        if one.source in sources:
            found.setdefault((one.participant, one.source), []).append(one)
    return found


def paused(pauses: Iterable[Pause], ms: float) -> bool:
    return any(span.from_ms <= ms < span.to_ms for span in pauses)


def _of(segments: Iterable[Segment], source: Source) -> list[Segment]:
    return [one for one in segments if one.source == source]
