"""What features above hear of sessions and seats, in the transaction of the change: jobs by their names.
Reminders that are no longer true are taken back.

Reminders of a session wait under `reminders_of`, what one learner was told of their seat under
`reminders_for`. A new seat needs no announcement: reminders ask who is coming when they are due."""

from __future__ import annotations

from uuid import UUID

from server.booking.models import Booking, Session
from server.booking.rescheduling.open import being_moved
from server.infra.outbox import enqueue
from server.notifications.service import withdraw

SEAT_LEFT = "booking.seat_left"  # of a session for which another time is proposed


def reminders_of(session_id: UUID) -> str:
    """The cause of what reminds of a session at its times."""
    return f"reminders:{session_id}"


def reminders_for(booking_id: int) -> str:
    """The cause of what reminds one learner of their seat."""
    return f"reminders:booking:{booking_id}"


async def published(session: Session) -> None:
    """It has a time that people count on."""
    await _plan(session)


async def moved(session: Session) -> None:
    """It has another time, which `session` has by now, and a higher `ics_sequence`."""
    await _forget(session)
    await _plan(session)


async def given_back(session: Session, booking: Booking) -> None:
    """A seat is free again, whoever wanted it so: its learner left, or took no new time."""
    await withdraw(reminders_for(booking.id))
    await enqueue("calendar.given_back", {"booking_id": booking.id})
    await promised(booking)
    if await being_moved(session.id):
        await enqueue(SEAT_LEFT, {"session_id": str(session.id)})


async def promised(booking: Booking) -> None:
    """A seat was lost: what `refund_minor` says is to be given back for it, and what was not paid yet is
    not to be paid any more."""
    if booking.refund_minor:
        await enqueue("payments.given_back", {"booking_id": booking.id})
    elif booking.price_minor:
        await enqueue("payments.seat_gone", {"booking_id": booking.id})


async def called_off(session: Session) -> None:
    """It will not take place."""
    await _forget(session)
    await enqueue("calendar.called_off", {"session_id": str(session.id)})


async def _plan(session: Session) -> None:
    await enqueue("calendar.planned", {"session_id": str(session.id)})


async def _forget(session: Session) -> None:
    """Those who gave their seat back are reminded of nothing any more."""
    ids = await Booking.filter(session_id=session.id).values_list("id", flat=True)
    seats = [reminders_for(int(str(each))) for each in ids]
    await withdraw(reminders_of(session.id), *seats)
