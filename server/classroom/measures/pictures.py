"""One person's minutes as pictures, and the table that says the same. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.classroom.measures.legs import lost_share
from server.classroom.measures.quality import PersonsQuality
from server.classroom.measures.words import Timed, cause_of

CAUSES = {
    None: "good",
    "self": "weak network",
    "other": "somebody else’s network",
    "node": "media node",
}
LAYERS = (("f", "Full size"), ("h", "Half size"), ("q", "Quarter size"), ("none", "No picture"))


@dataclass(frozen=True, slots=True)
class MinuteRow:
    """One line of the table; `words` is what was wrong."""

    time: str
    cause: str
    words: str
    sent_lost: float
    got_lost: float
    rtt_ms: int | None
    freezes: int


@dataclass(frozen=True, slots=True)
class Pictures:
    """`loss` and `rtt` are pairs of a time and a number; `layers` triples of words, a share, and its
    words, for what came."""

    rows: Sequence[MinuteRow]
    loss: Sequence[tuple[str, float]]
    rtt: Sequence[tuple[str, int]]
    layers: Sequence[tuple[str, float, str]]
    causes: Sequence[tuple[str, str]]


def pictures(person: PersonsQuality, zone: str) -> Pictures:
    rows = [_row(minute, ZoneInfo(zone)) for minute in person.course]
    seen = {row.cause for row in rows}
    return Pictures(
        rows=rows,
        loss=[(row.time, max(row.sent_lost, row.got_lost)) for row in rows],
        rtt=[(row.time, row.rtt_ms) for row in rows if row.rtt_ms is not None],
        layers=[
            (words, person.down.layers[name], f"{person.down.layers[name]:.0%}")
            for name, words in LAYERS
            if name in person.down.layers
        ],
        causes=[(cause or "good", words) for cause, words in CAUSES.items() if (cause or "good") in seen],
    )


def _row(minute: Timed, zone: ZoneInfo) -> MinuteRow:
    leg, cause = minute.leg, cause_of(minute.leg)
    return MinuteRow(
        time=f"{minute.at.astimezone(zone):%H:%M}",
        cause=cause or "good",
        words=CAUSES[cause],
        sent_lost=round(lost_share(leg.up) * 100, 1),
        got_lost=round(lost_share(leg.down) * 100, 1),
        rtt_ms=leg.rtt_ms,
        freezes=leg.freezes,
    )
