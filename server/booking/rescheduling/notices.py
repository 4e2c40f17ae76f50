"""What people are told about another time, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.booking.cards import session_path
from server.booking.models import Booking, Session
from server.booking.rescheduling.models import RescheduleProposal
from server.notifications.service import notify
from server.people.privacy import name_among_members


def cause_of(proposal: RescheduleProposal) -> str:
    """What waits to be told or done about a proposal is withdrawn with it."""
    return f"reschedule:{proposal.id}"


async def proposed(
    session: Session, proposal: RescheduleProposal, user_ids: Iterable[int], *, group: bool
) -> None:
    """Whoever is asked. `group`: without an answer the seat is given back."""
    about = {"until": proposal.expires_at, "message": proposal.reason, "group": group}
    about |= _times(proposal)
    await _tell(session, proposal, user_ids, "move_proposed", about, cause=cause_of(proposal))


async def moved(session: Session, proposal: RescheduleProposal, user_ids: Iterable[int]) -> None:
    """Everybody who has the new time now, and whoever proposed it: the answers come later."""
    await _tell(session, proposal, user_ids, "session_moved", _times(proposal))


async def left_behind(
    session: Session, proposal: RescheduleProposal, bookings: Iterable[Booking]
) -> None:
    """Those who took no new time: their seat is given back, and all that they paid."""
    for booking in bookings:
        money = {"refund_minor": booking.refund_minor or 0, "currency": booking.currency}
        about = {**_times(proposal), **money}
        await _tell(session, proposal, [booking.learner_id], "moved_without_you", about)


async def stays(
    session: Session, proposal: RescheduleProposal, user_ids: Iterable[int], why: str
) -> None:
    """It does not move: `declined`, `withdrawn` or `expired`."""
    await _tell(session, proposal, user_ids, "move_off", {**_times(proposal), "why": why})


def _times(proposal: RescheduleProposal) -> dict[str, Any]:
    """The new time, and when it was to be."""
    return {
        "starts_at": proposal.starts_at,
        "ends_at": proposal.ends_at,
        "at": proposal.old_starts_at,
    }


async def _tell(
    session: Session,
    proposal: RescheduleProposal,
    user_ids: Iterable[int],
    kind: str,
    about: dict[str, Any],
    cause: str | None = None,
) -> None:
    who = await name_among_members(proposal.proposer_id)
    for user_id in user_ids:
        await notify(
            user_id,
            kind,
            {"title": session.title, "who": who, **about},
            path=session_path(session.id),
            dedupe_key=str(proposal.public_id),
            cause=cause,
        )
