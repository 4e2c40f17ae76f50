"""The words at the end of a lesson, once it is over: the mentor may still write them on the summary.

While the lesson goes on they are written in its room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from media.protocol.teaching import WRAP_UP_LIMIT
from server.booking import service as booking
from server.classroom.teaching.loading import load_ending
from server.classroom.teaching.saving import save_ending
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden, Invalid


@dataclass(frozen=True, slots=True)
class WrapUpWords:
    """`reached` are numbers of the session's objectives, from 0."""

    takeaways: str
    homework: str
    reached: tuple[int, ...]


async def read(session_id: UUID) -> WrapUpWords:
    """Empty where nothing was written. One query."""
    kept = await load_ending(session_id)
    return WrapUpWords(kept.takeaways, kept.homework, tuple(sorted(kept.reached)))


@transactional
async def write(session_id: UUID, viewer: Viewer, takeaways: str, homework: str) -> WrapUpWords:
    """The mentor's words for their learners; what was ticked stays.

    Raises NotFound, Forbidden, Invalid, Conflict (`wrong_state`) unless the lesson is over."""
    access = await booking.room_access(session_id, viewer.user_id)
    if access.role != "mentor":
        raise Forbidden(message="Only the mentor writes this.")
    if access.session.status != "ended":
        raise Conflict(message="The lesson is not over: write this in its room.")
    words = {"takeaways": _clean(takeaways), "homework": _clean(homework)}
    too_long = [name for name, text in words.items() if len(text) > WRAP_UP_LIMIT]
    if too_long:
        raise Invalid(fields=dict.fromkeys(too_long, f"Write at most {WRAP_UP_LIMIT} characters."))
    ending = await load_ending(session_id)
    ending.takeaways, ending.homework = words["takeaways"], words["homework"]
    await save_ending(session_id, ending, clock.now())
    return WrapUpWords(**words, reached=tuple(sorted(ending.reached)))


def _clean(text: str) -> str:
    """As the wire has it: forms send CR LF, and databases refuse some characters."""
    lines = text.replace("\r\n", "\n").strip()
    return "".join(letter for letter in lines if letter in "\n\t" or ord(letter) >= 32)
