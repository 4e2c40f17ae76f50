"""What people are told about bookings. In the transaction of the change; the rest follows its commit."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from server.booking.cards import session_path
from server.booking.models import Booking, Session
from server.booking.states import ACTIVE_BOOKINGS
from server.notifications.service import notify, withdraw
from server.people.followers import tell_followers
from server.people.privacy import name_among_members


async def booked(session: Session, booking: Booking) -> None:
    """Tell the learner and the mentor of a new seat."""
    names = await _names(session.mentor_id, booking.learner_id)
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    about = {"title": session.title, **times}
    of_booking: Any = {"path": session_path(session.id), "dedupe_key": str(booking.public_id)}
    await notify(
        booking.learner_id,
        "booking_confirmed",
        {**about, "mentor": names[session.mentor_id]},
        actor_id=session.mentor_id,
        **of_booking,
    )
    await notify(
        session.mentor_id,
        "seat_booked",
        {**about, "learner": names[booking.learner_id]},
        actor_id=booking.learner_id,
        group_key=f"seats:{session.id}",
        **of_booking,
    )


async def given_back(session: Session, booking: Booking) -> None:
    """Tell the mentor that a learner does not come, whatever is between them: it is the mentor's time."""
    names = await _names(booking.learner_id)
    await notify(
        session.mentor_id,
        "booking_cancelled",
        {"title": session.title, "who": names[booking.learner_id], "starts_at": session.starts_at},
        path=session_path(session.id),
        dedupe_key=str(booking.public_id),
    )


async def seat_offered(session: Session, booking: Booking) -> None:
    """Tell somebody who waited that a seat is kept for them, and until when."""
    names = await _names(session.mentor_id)
    assert booking.hold_expires_at is not None
    await notify(
        booking.learner_id,
        "seat_offered",
        {
            "title": session.title,
            "mentor": names[session.mentor_id],
            "starts_at": session.starts_at,
            "ends_at": session.ends_at,
            "until": booking.hold_expires_at,
        },
        path=f"{session_path(session.id)}/book",
        dedupe_key=str(booking.public_id),
        actor_id=session.mentor_id,
        cause=hold_cause(booking),
    )


def hold_cause(booking: Booking) -> str:
    """What waits for the end of a hold, or is told of it, is withdrawn with it."""
    return f"hold:{booking.id}"


async def called_off(session: Session, learner_ids: Iterable[int]) -> None:
    """Tell everybody who had a seat, whatever is between them: it is their time."""
    await withdraw(cause_of(session.id))
    for learner_id in learner_ids:
        await notify(
            learner_id,
            "session_cancelled",
            {"title": session.title, "starts_at": session.starts_at},
            path=session_path(session.id),
            dedupe_key=str(session.id),
        )


async def over(session: Session) -> None:
    """Nobody need hear of it any more, who did not by now."""
    await withdraw(cause_of(session.id))


def cause_of(session_id: UUID) -> str:
    """What is told about a session that is still to come is withdrawn with it."""
    return f"session:{session_id}"


async def published(session: Session) -> None:
    """Tell the followers of its mentor, unless they have heard of it."""
    await _tell_followers(session, "new_session", str(session.id))


async def seat_free(session: Session, booking: Booking, waited: Collection[int]) -> None:
    """It was full, and somebody has given a seat back. Those who `waited` for one hear of it whether they
    follow its mentor or not."""
    await _tell_waiting(session, str(booking.public_id), waited)
    taken = await Booking.filter(session_id=session.id, status__in=ACTIVE_BOOKINGS)
    but = [booking.learner_id, *waited, *(each.learner_id for each in taken)]
    await _tell_followers(session, "free_seat", str(booking.public_id), but)


async def _tell_waiting(session: Session, dedupe_key: str, learner_ids: Collection[int]) -> None:
    names = await _names(session.mentor_id) if learner_ids else {}
    for learner_id in learner_ids:
        await notify(
            learner_id,
            "seat_open",
            {
                "title": session.title,
                "mentor": names[session.mentor_id],
                "starts_at": session.starts_at,
                "ends_at": session.ends_at,
            },
            path=f"{session_path(session.id)}/book",
            dedupe_key=dedupe_key,
            actor_id=session.mentor_id,
            cause=cause_of(session.id),
        )


async def _tell_followers(
    session: Session, kind: str, dedupe_key: str, but: Collection[int] = ()
) -> None:
    """Nobody of one that is for who has its address."""
    if not session.listed:
        return
    names = await _names(session.mentor_id)
    await tell_followers(
        session.mentor_id,
        kind,
        {
            "title": session.title,
            "mentor": names[session.mentor_id],
            "starts_at": session.starts_at,
            "ends_at": session.ends_at,
        },
        path=session_path(session.id),
        dedupe_key=dedupe_key,
        cause=cause_of(session.id),
        but=but,
    )


async def recorded(session: Session, learner_ids: Iterable[int]) -> None:
    """Tell those who may watch it that the recording is there."""
    for user_id in (session.mentor_id, *learner_ids):
        await notify(
            user_id,
            "recording_ready",
            {"title": session.title, "starts_at": session.starts_at},
            path=f"{session_path(session.id)}/recordings",
            dedupe_key=str(session.id),
        )


async def _names(*user_ids: int) -> dict[int, str]:
    """As members see them: what a mail says, its reader could see on the site."""
    return {user_id: await name_among_members(user_id) for user_id in user_ids}
