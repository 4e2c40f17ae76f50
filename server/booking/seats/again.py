"""The same weekly slot again: a coming session of the same offering, or a time to ask its mentor for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from server.booking.cards import session_path
from server.booking.models import Session
from server.booking.searching import listed
from server.booking.seats.cancelling import own_booking
from server.booking.times import read_start
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.errors import Invalid

WEEKS = 8  # how far ahead it is looked for


@dataclass(frozen=True, slots=True)
class Slot:
    """When the wall clocks of its mentor show the same weekday and hour again; `session_id` is what is
    taught then, None where it is still to be asked for."""

    starts_at: datetime
    session_id: UUID | None


async def same_slot(booking_id: UUID, viewer: Viewer) -> str:
    """The address at which this lesson is booked, or asked for, at the same time of a coming week.

    Raises NotFound."""
    booking = await own_booking(booking_id, viewer)
    session = await Session.get(id=booking.session_id).select_related("mentor")
    slot = await _next_slot(session, viewer.user_id)
    if slot.session_id:
        return f"{session_path(slot.session_id)}/book"
    minutes = (session.ends_at - session.starts_at) // timedelta(minutes=1)
    start = slot.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = urlencode({"starts_at": start, "minutes": minutes, "topic": session.title})
    return f"/mentors/{session.mentor.username}/request?{asked}"  # type: ignore[attr-defined]


async def _next_slot(session: Session, viewer_id: int) -> Slot:
    """The first coming week with such a session; else the first one whose clocks show the time."""
    coming = [at for at in _same_times(session.local_start, session.timezone) if at > now()]
    found = listed(viewer_id, now()).filter(offering_id=session.offering_id, starts_at__in=coming)
    first = await found.order_by("starts_at").first() if session.offering_id else None
    return Slot(first.starts_at, first.id) if first else Slot(coming[0], None)


def _same_times(local_start: str, zone_name: str) -> list[datetime]:
    """The same wall time a week later, two weeks, …: as far as `WEEKS` from now. A week whose clocks skip
    it, or show it twice, is left out."""
    wall, found = datetime.fromisoformat(local_start), list[datetime]()
    weeks = max(0, (now().replace(tzinfo=None) - wall) // timedelta(weeks=1))
    for later in range(weeks, weeks + WEEKS + 2):
        try:
            found.append(read_start((wall + timedelta(weeks=later + 1)).isoformat(), zone_name))
        except Invalid:
            continue
    return found
