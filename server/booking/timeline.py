"""What happened to a session and to the seats in it: every transition, by whom, when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.booking.models import Booking
from server.infra.models import StateTransition
from server.people.privacy import visible

MOST = 200  # moments of one page


@dataclass(frozen=True, slots=True)
class Moment:
    """`what` is the entity and its new state, such as `booking.held`; `who` is empty where the platform
    did it by itself; `whose` names the learner of a booking, for the mentor."""

    at: datetime
    what: str
    who: str
    reason: str
    whose: str = ""
    own: bool = False


async def booking_moments(booking_id: UUID, viewer_id: int) -> list[Moment]:
    """Of one booking (public id) and of its session since: three queries."""
    booking = await Booking.get(public_id=booking_id)
    found = await _moves("booking", [str(booking.id)])
    since = found[0].at if found else booking.created_at
    session = [move for move in await _moves("session", [str(booking.session_id)]) if move.at > since]
    return await _moments([*found, *session], viewer_id, {})


async def session_moments(session_id: UUID, viewer_id: int) -> list[Moment]:
    """Of a session and all seats in it, for its mentor: four queries."""
    bookings = await Booking.filter(session_id=session_id).values_list("id", "learner_id")
    whose = {str(number): int(learner_id) for number, learner_id in bookings}
    moves = [*await _moves("session", [str(session_id)]), *await _moves("booking", whose)]
    return await _moments(moves, viewer_id, whose)


async def _moves(entity: str, ids: Iterable[str]) -> list[StateTransition]:
    """The last ones, the first of them first."""
    found = StateTransition.filter(entity=entity, entity_id__in=list(ids))
    return list(reversed(await found.order_by("-at", "-id").limit(MOST)))


async def _moments(
    moves: Sequence[StateTransition], viewer_id: int, whose: dict[str, int]
) -> list[Moment]:
    actors = {move.actor_id for move in moves if move.actor_id is not None}
    faces = await visible(viewer_id, actors | set(whose.values()))
    names = {user_id: face.name for user_id, face in faces.items()}
    return [
        Moment(
            at=move.at,
            what=f"{move.entity}.{move.new}",
            who=names.get(move.actor_id, "Somebody") if move.actor_id is not None else "",
            reason=move.reason,
            whose=names.get(whose[move.entity_id], "") if move.entity_id in whose else "",
            own=move.actor_id == viewer_id,
        )
        for move in sorted(moves, key=lambda move: (move.at, move.id))
    ][-MOST:]
