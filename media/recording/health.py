"""Whether what a track sends really gets onto the disk. PURE: counters and time go in.

A track that sends nothing (muted, paused, silent) is well; one that sends while its file does not grow is
not, within seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FEW = 3  # packets between two looks that make no sound and move no picture
ALARM_AFTER_S = 3.0  # without growth: of looks two seconds apart the second one tells

Alarm = Literal["", "stalled", "no_keyframe", "disk_full", "write_failed", "queue", "codec"]


@dataclass(frozen=True, slots=True)
class Look:
    """`packets` came of the track, of all layers; `octets` are on disk; `awaits_keyframe`: its writer
    can do nothing before the next one."""

    packets: int
    octets: int
    awaits_keyframe: bool


class TrackWatch:
    """Looks at one track's counters every other second."""

    def __init__(self) -> None:
        self._before: Look | None = None
        self._well_at = 0.0

    def look(self, now: Look, at: float) -> Alarm:
        """What is wrong by now, if anything; it is well again with the first growth."""
        before, self._before = self._before, now
        if before is None or now.packets - before.packets <= FEW or now.octets > before.octets:
            self._well_at = at
        if at - self._well_at < ALARM_AFTER_S:
            return ""
        return "no_keyframe" if now.awaits_keyframe else "stalled"
