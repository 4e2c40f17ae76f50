"""What is recorded of a person, and which recordings they fetched, for them to take along.

Recordings stay until their time is over: they are the lesson of everybody who was in it."""

from __future__ import annotations

from typing import Any

from server.classroom.models import Seat
from server.infra.personal import Rows, erased, exported
from server.recordings.models import Recording, RecordingAccess, Segment, WatchPosition

ROWS = (
    Rows(RecordingAccess, "user_id", "recordings_fetched"),
    Rows(WatchPosition, "user_id", "recordings_watched"),
    Rows(
        Recording,
        "held_by_id",
        why="what the staff did is in the audit log",
        stay="who holds a recording answers for it",
    ),
)
TRACK = (
    "public_id",
    "recording__session_id",
    "source",
    "kind",
    "start_ms",
    "duration_ms",
    "size",
    "state",
)


async def export(user_id: int) -> dict[str, Any]:
    """Participants are known to recordings by their seats."""
    seats = [str(seat) for seat in await Seat.filter(user_id=user_id).values_list("public_id", flat=True)]
    tracks = await Segment.filter(participant__in=seats).order_by("id").values(*TRACK) if seats else []
    return {**await exported(ROWS, user_id), "recorded_tracks": tracks}


async def erase(user_id: int) -> None:
    await erased(ROWS, user_id)
