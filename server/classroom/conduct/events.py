"""What happened in a room, for those who look at the lesson afterwards.

Kinds: `hand`, `hand-lowered`, `reaction`, `lost-me`, `moment`, `screen`, `screen-end`, `floor`,
`moderation`, `recording-pause`, `recording-resume`, `recording-stop`, and those of other parts of the
lesson. A place on the lesson's time line is `at` less the room's `origin_at`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.classroom.conduct.log import NewEvent
from server.classroom.room import Member, Room


def record(
    room: Room,
    member: Member,
    kind: str,
    detail: dict[str, Any] | None = None,
    said: Callable[[NewEvent], None] | None = None,
) -> NewEvent:
    """Keep that `member` did it now; `said` is called with it once it is stored. Nothing is awaited."""
    event = NewEvent(room.lesson.session_id, member.seat_id, kind, detail or {}, room.log.now(), said)
    room.log.add(event)
    return event
