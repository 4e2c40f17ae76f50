"""What people are told about bookings. Runs in the transaction of the change; mails follow its commit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.booking.cards import session_path
from server.booking.models import Booking, Session
from server.notifications import service as notifications
from server.people.privacy import name_among_members


async def booked(session: Session, booking: Booking) -> None:
    """Tell the learner and the mentor of a new seat."""
    names = await _names(session.mentor_id, booking.learner_id)
    about: dict[str, Any] = {
        "booking_id": booking.public_id,
        "title": session.title,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "path": session_path(session.id),
    }
    await notifications.booking_confirmed(booking.learner_id, mentor=names[session.mentor_id], **about)
    await notifications.seat_booked(session.mentor_id, learner=names[booking.learner_id], **about)


async def given_back(session: Session, booking: Booking) -> None:
    """Tell the mentor that a learner does not come."""
    names = await _names(booking.learner_id)
    await notifications.booking_cancelled(
        session.mentor_id,
        booking_id=booking.public_id,
        title=session.title,
        who=names[booking.learner_id],
        starts_at=session.starts_at,
        path=session_path(session.id),
    )


async def called_off(session: Session, learner_ids: Iterable[int]) -> None:
    """Tell everybody who had a seat."""
    for learner_id in learner_ids:
        await notifications.session_cancelled(
            learner_id,
            session_id=session.id,
            title=session.title,
            starts_at=session.starts_at,
            path=session_path(session.id),
        )


async def _names(*user_ids: int) -> dict[int, str]:
    """As members see them: what a mail says, its reader could see on the site."""
    return {user_id: await name_among_members(user_id) for user_id in user_ids}
