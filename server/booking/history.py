"""Lessons that took place before this platform knew of them: imports and demo data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from server.booking.forms import SessionForm
from server.booking.models import Booking, Session
from server.booking.offerings import offering_of
from server.booking.sessions import plain_columns, schedule, write_texts
from server.booking.states import BookingStatus, SessionStatus
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Invalid
from server.infra.transitions import record_transition

PUBLISHED_BEFORE = timedelta(days=10)  # how long before the lesson it is taken to have been published


@transactional
async def record_past_session(mentor: Viewer, form: SessionForm, learner_ids: Sequence[int]) -> UUID:
    """Write down an ended session with everybody who was in it. It takes nobody's time.

    Raises Invalid, also where it isn't over yet."""
    when = schedule(form.starts_at, form.duration_minutes, form.timezone or mentor.timezone)
    if when["ends_at"] > now():
        raise Invalid(fields={"starts_at": "This session is not over yet."})
    published_at = when["starts_at"] - PUBLISHED_BEFORE
    session = await Session.create(
        id=uuid4(),
        mentor_id=mentor.user_id,
        offering_id=await offering_of(mentor.user_id, form.title),
        ics_uid=str(uuid4()),
        status=SessionStatus.ENDED,
        seats_taken=len(learner_ids),
        created_at=published_at,
        published_at=published_at,
        started_at=when["starts_at"],
        ended_at=when["ends_at"],
        **plain_columns(form),
        **when,
    )
    await write_texts(session.id, form)
    await record_transition("session", session.id, "", SessionStatus.ENDED, None, "recorded afterwards")
    await _record_bookings(session, learner_ids)
    return session.id


async def _record_bookings(session: Session, learner_ids: Sequence[int]) -> None:
    rows = [
        Booking(
            session_id=session.id,
            learner_id=learner_id,
            status=BookingStatus.ATTENDED,
            price_minor=session.price_minor,
            currency=session.currency,
            created_at=session.published_at,
        )
        for learner_id in learner_ids
    ]
    await Booking.bulk_create(rows)
