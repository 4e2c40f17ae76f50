"""What a lesson is taught with, in memory, while its room is up. Pure: `loading` fills it from the
database, `keeping` writes each change there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from media.protocol.teaching import ObjectiveView, TimerView, WrapUpView
from server.classroom.teaching.board import Board
from server.classroom.teaching.notes import Notes
from server.classroom.teaching.pace import Pace
from server.classroom.teaching.polls import Polls
from server.edge.api import timestamp


@dataclass(slots=True)
class Timer:
    """Counts down to `ends_at`; None: it is off."""

    ends_at: datetime | None = None
    label: str = ""

    def view(self) -> TimerView:
        return TimerView(ends_at=timestamp(self.ends_at) if self.ends_at else None, label=self.label)


@dataclass(slots=True)
class Ending:
    """What the mentor leaves learners with; `reached` are numbers of objectives."""

    reached: set[int] = field(default_factory=set)
    takeaways: str = ""
    homework: str = ""

    def view(self) -> WrapUpView:
        return WrapUpView(takeaways=self.takeaways, homework=self.homework)


@dataclass(slots=True, eq=False)
class Desk:
    """`paces`, by seat: how quickly somebody uses all this."""

    objectives: tuple[str, ...] = ()
    polls: Polls = field(default_factory=Polls)
    notes: Notes = field(default_factory=Notes)
    board: Board = field(default_factory=Board)
    timer: Timer = field(default_factory=Timer)
    ending: Ending = field(default_factory=Ending)
    paces: dict[int, Pace] = field(default_factory=dict)

    def objective_views(self) -> Iterable[ObjectiveView]:
        reached = self.ending.reached
        return (
            ObjectiveView(text=text, reached=number in reached)
            for number, text in enumerate(self.objectives)
        )
