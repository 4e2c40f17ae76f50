"""Whether a lesson could be recorded at the media server that it has or would get, said beforehand."""

from __future__ import annotations

from server.booking.service import SessionCard
from server.classroom import running
from server.classroom.check.where import carrying

NO_SPACE = (
    "Recording isn’t possible just now: the media server is short of disk space. The lesson takes place"
    " all the same, and is recorded from the moment there is room again."
)


async def recording_problem(session: SessionCard) -> str:
    """What stands in the way of recording it, in words for its people; "" where nothing does."""
    news = running.news()
    pool = news.nodes if news is not None else None
    if session.recording != "auto" or pool is None:
        return ""
    link = await carrying(session, pool) or pool.fittest(recorded=True)
    return NO_SPACE if link is not None and link.short_of_disk else ""
