"""Sessions that are booked and moved, as booking does it, at hours of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from server.accounts import service as accounts
from server.booking import service
from server.booking.models import Booking, Session
from server.booking.rescheduling.answering import accept
from server.booking.rescheduling.forms import MoveForm
from server.booking.rescheduling.proposing import propose
from server.edge.access import Viewer
from tests.server.booking.makers import mentor, person, published

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
START = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)  # noon in Berlin, on the day its clocks go forward


async def lesson(starts_at: datetime = START) -> tuple[UUID, Viewer, Viewer]:
    """A session with a mentor and a learner in Berlin."""
    mira, lea = await mentor(), await person("lea", zone="Europe/Berlin")
    session_id = await published(mira, starts_at, capacity=5)
    await service.book_session(session_id, lea)
    return session_id, mira, lea


async def moved(session_id: UUID, starts_at: datetime) -> None:
    """Its mentor proposes the time, and all with a seat take it."""
    session = await Session.get(id=session_id)
    mentor_of_it = await accounts.get_viewer(session.mentor_id)
    proposal = await propose(session_id, mentor_of_it, MoveForm(starts_at=starts_at.isoformat()))
    for booking in await Booking.filter(session_id=session_id, status="confirmed").order_by("id"):
        await accept(proposal, await accounts.get_viewer(booking.learner_id))
