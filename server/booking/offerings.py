"""What is taught. Each session is a date of an offering; dates of one thing share theirs.

All functions run inside the caller's transaction."""

from __future__ import annotations

from uuid import UUID, uuid4

from server.booking.models import Offering, Session
from server.infra.clock import now
from server.infra.errors import Invalid


async def offering_of(mentor_id: int, title: str) -> UUID:
    """The mentor's offering of that title; made where there is none."""
    named = Offering.filter(mentor_id=mentor_id, title=title, archived_at=None)
    found = await named.order_by("created_at", "id").first()
    if found is not None:
        return found.id
    offering_id = uuid4()
    await Offering.create(id=offering_id, mentor_id=mentor_id, title=title, created_at=now())
    return offering_id


async def own_offering(offering_id: UUID, mentor_id: int) -> UUID:
    """The same id, where the offering is this mentor's. Raises Invalid."""
    if not await Offering.filter(id=offering_id, mentor_id=mentor_id).exists():
        raise Invalid(fields={"offering_id": "You have no such offering."})
    return offering_id


async def rename_with(session: Session, title: str) -> None:
    """An offering goes by the title of its session for as long as it has no other."""
    if session.offering_id is None:
        return
    if not await Session.filter(offering_id=session.offering_id).exclude(id=session.id).exists():
        await Offering.filter(id=session.offering_id).update(title=title)
