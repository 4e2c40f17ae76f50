"""Sessions that are booked and moved, as booking does it, at hours of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from server.booking import announcing, service
from server.booking.models import Session
from server.edge.access import Viewer
from server.infra import db
from tests.server.booking.makers import mentor, person, published

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
START = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)  # noon in Berlin, on the day its clocks go forward


async def lesson(starts_at: datetime = START) -> tuple[UUID, Viewer, Viewer]:
    """A session with a mentor and a learner in Berlin."""
    mira, lea = await mentor(), await person("lea", zone="Europe/Berlin")
    session_id = await published(mira, starts_at, capacity=5)
    await service.book_session(session_id, lea)
    return session_id, mira, lea


@db.transactional
async def moved(session_id: UUID, starts_at: datetime) -> None:
    session = await Session.filter(id=session_id).select_for_update().get()
    session.starts_at, session.ends_at = starts_at, starts_at + timedelta(hours=1)
    session.ics_sequence += 1
    await session.save()
    await announcing.moved(session)
