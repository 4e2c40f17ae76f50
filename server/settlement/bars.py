"""Who was there when, as pictures and as a table of the same. PURE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.settlement.evidence import read, read_at
from server.settlement.rule import Presence
from server.settlement.spans import (
    MINUTE,
    Span,
    Spans,
    both,
    joined,
    length,
    minutes_begun,
    minutes_over,
    without,
)

WIDE = 1000  # units of the picture
LAYERS = ("there", "room", "own", "node")  # as they are painted, the last one on top


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: `kind` says what it shows."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """One span of the table."""

    kind: str
    begins_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        return minutes_begun(self.ends_at - self.begins_at)


@dataclass(frozen=True, slots=True)
class Bar:
    """One person's. `side` is learner or mentor; `there_min` with media, `weak_min` on a bad line of
    their own, `node_min` while the media node failed them; they came `late_min` after the planned start,
    and left `early_min` before the planned end, if they were there."""

    side: str
    pieces: Sequence[Piece]
    rows: Sequence[Row]
    there_min: int
    weak_min: int
    node_min: int
    late_min: int
    early_min: int


@dataclass(frozen=True, slots=True)
class Bars:
    """`begins_at` and `ends_at` are the ends of the picture, `plan` the planned lesson in it."""

    begins_at: datetime
    ends_at: datetime
    starts_at: datetime
    planned_end: datetime
    plan: Piece
    no_show_x: float
    people: Sequence[Bar]


def bars_of(evidence: Mapping[str, Any], no_show: timedelta) -> Bars:
    """The learner's and the mentor's, as they were kept with a verdict."""
    start, end = read_at(evidence, "starts_at"), read_at(evidence, "ends_at")
    people = {side: read(evidence, side) for side in ("mentor", "learner")}
    seen = [span for one in people.values() for span in joined(one.media, one.room)]
    first = min([start, *(begin for begin, _ in seen)])
    last = max([end, *(until for _, until in seen)])
    ruler = _Ruler(first, last)
    return Bars(
        begins_at=first,
        ends_at=last,
        starts_at=start,
        planned_end=end,
        plan=ruler.piece("plan", (start, end)),
        no_show_x=ruler.at(min(end, start + no_show)),
        people=[_bar(side, one, ruler, (start, end)) for side, one in people.items()],
    )


@dataclass(frozen=True, slots=True)
class _Ruler:
    first: datetime
    last: datetime

    def at(self, instant: datetime) -> float:
        whole = max(self.last - self.first, MINUTE)
        return round((instant - self.first) / whole * WIDE, 1)

    def piece(self, kind: str, span: tuple[datetime, datetime]) -> Piece:
        begin, end = (self.at(instant) for instant in span)
        return Piece(kind, begin, round(max(end - begin, 1.5), 1))


def _bar(side: str, one: Presence, ruler: _Ruler, plan: Span) -> Bar:
    inside = both(one.there, (plan,))
    layers: dict[str, Spans] = {
        "there": one.media,
        "room": without(one.room, one.media),
        "own": one.own,
        "node": one.node,
    }
    shown = [(kind, span) for kind in LAYERS for span in layers[kind]]
    rows = [Row(kind, *span) for kind, span in shown]
    return Bar(
        side=side,
        pieces=[ruler.piece(kind, span) for kind, span in shown],
        rows=sorted(rows, key=lambda row: row.begins_at),
        there_min=minutes_begun(length(one.media)),
        weak_min=minutes_begun(length(one.own)),
        node_min=minutes_begun(length(one.node)),
        late_min=minutes_over(inside[0][0] - plan[0]) if inside else 0,
        early_min=minutes_over(plan[1] - inside[-1][1]) if inside else 0,
    )
