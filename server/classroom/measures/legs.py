"""What a row of `quality_minute` holds (`leg`), and how parts of one minute become one. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from media.protocol.control import QualityMinute, Way

MINUTE = timedelta(minutes=1)
HALF = timedelta(seconds=30)


class Leg(BaseModel):
    """One person's minute. `parts` are the ids of what was summed up: a node that isn't sure whether we
    have something says it again, and somebody who comes back within the minute adds a part.

    Of round trips the mean of the parts is kept by their length, and the worst of their 95th
    percentiles."""

    parts: list[str] = Field(default_factory=list)
    span_ms: int = 0
    up: Way = Way()
    down: Way = Way()
    rtt_ms: int | None = None
    rtt_p95_ms: int | None = None
    freezes: int = 0
    frozen_ms: int = 0
    faults: dict[str, int] = Field(default_factory=dict)


def leg_of(minute: QualityMinute) -> Leg:
    return Leg.model_validate({**minute.model_dump(), "parts": [minute.id]})


def joined(one: Leg, other: Leg) -> Leg:
    """Both parts together; a part that is known already changes nothing."""
    if set(other.parts) <= set(one.parts):
        return one
    return Leg(
        parts=[*one.parts, *other.parts],
        span_ms=one.span_ms + other.span_ms,
        up=_ways(one.up, other.up),
        down=_ways(one.down, other.down),
        rtt_ms=_mean((one.rtt_ms, one.span_ms), (other.rtt_ms, other.span_ms)),
        rtt_p95_ms=_worst(one.rtt_p95_ms, other.rtt_p95_ms),
        freezes=one.freezes + other.freezes,
        frozen_ms=one.frozen_ms + other.frozen_ms,
        faults=dict(Counter(one.faults) + Counter(other.faults)),
    )


def summed(legs: Iterable[Leg]) -> Leg:
    """All of somebody's minutes as one."""
    total = Leg()
    for leg in legs:
        total = joined(total, leg)
    return total


def minute_of(minute: QualityMinute, now: datetime) -> datetime:
    """Where the minute began by our clock: nodes' clocks may be off, and what they said may have waited.

    Whole minutes, so that the same minute said again, or by another node, is the same row."""
    began = now - timedelta(milliseconds=minute.now_ms - minute.begin_ms)
    return whole_minute(began + HALF)


def whole_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def lost_share(way: Way) -> float:
    """The lost part of what was sent."""
    sent = way.packets + way.lost
    return way.lost / sent if sent else 0.0


def _ways(one: Way, other: Way) -> Way:
    jitter = _mean((one.jitter_ms, one.packets), (other.jitter_ms, other.packets))
    layers: Counter[Any] = Counter(one.layers) + Counter(other.layers)
    return Way(
        packets=one.packets + other.packets,
        lost=one.lost + other.lost,
        octets=one.octets + other.octets,
        jitter_ms=jitter or 0.0,
        layers=dict(layers),
    )


def _worst(*parts: int | None) -> int | None:
    return max((part for part in parts if part is not None), default=None)


def _mean(*parts: tuple[float | None, int]) -> Any:
    """By weight; None where nothing was measured."""
    known = [(value, weight) for value, weight in parts if value is not None and weight]
    if not known:
        return None
    return round(sum(value * weight for value, weight in known) / sum(weight for _, weight in known))
