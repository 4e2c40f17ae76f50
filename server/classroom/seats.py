"""Seats: one for each person in a session, with a token to come back to it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from media.protocol.messages import Role
from server.classroom.models import Seat
from server.infra import clock
from server.infra.db import transactional

NAME_LIMIT = 100  # characters; the column's


@dataclass(frozen=True, slots=True)
class TakenSeat:
    """A seat and the token that gives it back; of the token only a hash is stored. A learner may have
    been made a co-host, or be let share the screen."""

    seat_id: int
    participant_id: str
    resume: str
    role: Role
    may_share: bool


def token_hash(token: str) -> str:
    """What is stored of a token of 256 random bits: no salt or stretching is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@transactional
async def take_seat(
    session_id: UUID,
    user_id: int,
    name: str,
    role: Role,
    resume: str | None = None,
    *,
    may_share: bool = False,
) -> TakenSeat:
    """The person's seat in the session, made at the first entry.

    `role` and `may_share` are those of the first entry: what moderation made of them since stays. Without
    `resume`, the token they came back with, they get a fresh one and older ones are void."""
    token = resume or secrets.token_urlsafe(32)
    values = {"name": name[:NAME_LIMIT], "resume_hash": token_hash(token)}
    first = {**values, "role": role, "may_share": may_share, "created_at": clock.now()}
    seat, made = await Seat.get_or_create(first, session_id=session_id, user_id=user_id)
    if not made:
        await Seat.filter(id=seat.id).update(**values)
    return TakenSeat(seat.id, str(seat.public_id), token, seat.role, seat.may_share)  # type: ignore[arg-type]


async def has_seat(session_id: UUID, user_id: int) -> bool:
    """Whether this person was in the room before."""
    return await Seat.filter(session_id=session_id, user_id=user_id).exists()


async def resumed_user(session_id: UUID, token: str) -> int | None:
    """Whose seat in this session the token gives back."""
    seat = await Seat.get_or_none(session_id=session_id, resume_hash=token_hash(token))
    return seat.user_id if seat else None


@transactional
async def forget_resume_tokens(user_id: int) -> None:
    """The person comes back by a login alone."""
    await Seat.filter(user_id=user_id).update(resume_hash=None)


async def seats_of(session_id: UUID) -> list[Seat]:
    """Everybody who ever sat in the room, in the order of arrival."""
    return await Seat.filter(session_id=session_id).order_by("id")
