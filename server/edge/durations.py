"""How long something is, in words. Pure."""

from __future__ import annotations


def duration_words(seconds: float) -> str:
    """`24 hours`, `1 hour 20 minutes`, `10 minutes`; empty for none. From 12 hours on minutes don't
    count, from two days on hours don't."""
    minutes = round(seconds / 60)
    if minutes >= 48 * 60:
        return _counted(round(minutes / (24 * 60)), "day")
    if minutes >= 12 * 60:
        return _counted(round(minutes / 60), "hour")
    parts = ((minutes // 60, "hour"), (minutes % 60, "minute"))
    return " ".join(_counted(count, unit) for count, unit in parts if count > 0)


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
