"""Conversations for tests, written through the rules that write real ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from server.booking import service as booking
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.infra import clock
from server.messages import writing
from server.messages.circles import of_session, with_person
from server.messages.reading import lines
from server.messages.values import Circle, Line
from server.messages.writing import NewMessage
from tests.server.booking.makers import published


async def say(sender: Viewer, to: str | UUID, text: str = "Hello", **wanted: object) -> Line:
    """One message, to a username or into a session."""
    sent = await writing.write(sender, await circle(sender, to), NewMessage(text, **wanted))  # type: ignore[arg-type]
    return sent.line


async def circle(viewer: Viewer, of: str | UUID) -> Circle:
    return await (with_person(viewer, of) if isinstance(of, str) else of_session(viewer, of))


async def texts(viewer: Viewer, of: str | UUID) -> list[str]:
    """What this viewer reads there."""
    return [line.text for line in await lines(viewer, await circle(viewer, of))]


async def lesson(mentor: Viewer, learners: Sequence[Viewer]) -> UUID:
    """A published session in which these learners have seats."""
    start = next_mark(clock.now()) + timedelta(hours=2)
    session_id = await published(mentor, start, capacity=max(1, len(learners)))
    for learner in learners:
        await booking.book_session(session_id, learner)
    return session_id
