"""What moderation leaves in the database: it holds after a reload, in another process, after a crash."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from media.protocol.conduct import Person
from server.classroom.conduct.floor import Floor
from server.classroom.conduct.models import Removal, RoomEvent
from server.classroom.conduct.rules import Rules
from server.classroom.models import RoomState, Seat, Ticket
from server.infra import clock
from server.infra.db import transactional
from server.infra.outbox import enqueue

HANDS = ("hand", "hand-lowered")
FLOOR = "floor"


async def rules_of(kept: RoomState) -> Rules:
    """Those of a room that comes up."""
    return Rules(
        locked=kept.locked,
        admission=kept.admission,
        removed=await _removed_from(kept.session_id),
        hands=await _hands_up(kept.session_id),
        floor=Floor(await _floor_of(kept.session_id)),
    )


async def _removed_from(session_id: UUID) -> dict[int, Person]:
    gone = Removal.filter(session_id=session_id).values_list("user_id", flat=True)
    seats = await Seat.filter(session_id=session_id, user_id__in=await gone).order_by("id")
    return {seat.user_id: Person(id=str(seat.public_id), name=seat.name) for seat in seats}


async def _hands_up(session_id: UUID) -> dict[int, datetime]:
    """Since when, by seat. Whoever left with a hand up lowered it by that."""
    said = RoomEvent.filter(session_id=session_id, kind__in=HANDS).order_by("at", "id")
    up: dict[int, datetime] = {}
    for row in await said.values("seat_id", "kind", "at"):
        if row["kind"] == "hand":
            up[row["seat_id"]] = row["at"]
        else:
            up.pop(row["seat_id"], None)
    return up


async def _floor_of(session_id: UUID) -> list[str]:
    """Who had the floor for the screen, and who waited for it, when it changed last."""
    newest = RoomEvent.filter(session_id=session_id, kind=FLOOR).order_by("-at", "-id").first()
    row = await newest.values("detail")
    return list(row["detail"]["order"]) if row else []


@transactional
async def set_locked(session_id: UUID, locked: bool) -> None:
    await RoomState.filter(session_id=session_id).update(locked=locked)


@transactional
async def set_admission(session_id: UUID, admission: bool) -> None:
    await RoomState.filter(session_id=session_id).update(admission=admission)


@transactional
async def set_may_share(seat_id: int, may_share: bool) -> None:
    await Seat.filter(id=seat_id).update(may_share=may_share)


@transactional
async def set_role(seat_id: int, role: str) -> None:
    await Seat.filter(id=seat_id).update(role=role)


@transactional
async def remove(session_id: UUID, user_id: int, by_id: int) -> None:
    """Put somebody out for good: neither token nor ticket lets them in again. They lead nothing more.
    All processes hear of it: a technical check of theirs may be at another one than the room."""
    defaults = {"by_id": by_id, "at": clock.now()}
    await Removal.get_or_create(defaults, session_id=session_id, user_id=user_id)
    await Seat.filter(session_id=session_id, user_id=user_id).update(
        resume_hash=None, role="learner", may_share=False
    )
    await Ticket.filter(session_id=session_id, user_id=user_id, used_at__isnull=True).delete()
    await enqueue("classroom.seat_lost", {"session_id": str(session_id), "user_id": user_id})


@transactional
async def readmit(session_id: UUID, user_id: int) -> None:
    await Removal.filter(session_id=session_id, user_id=user_id).delete()
