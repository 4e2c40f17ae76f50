"""A session used again: its words in a new draft, with a date that is still to come."""

from __future__ import annotations

from uuid import UUID

from server.booking.catalogue import get_session
from server.booking.drafting.drafts import Draft, add_draft
from server.booking.drafting.steps import LAST
from server.booking.formtext import form_of
from server.booking.recurrence import next_week_ahead
from server.edge.access import Viewer
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Forbidden


@transactional
async def draft_from(session_id: UUID, viewer: Viewer, *, same_offering: bool) -> Draft:
    """A draft with all that the session says, at the same weekday and time, in the first week in which
    that is still to come. `same_offering`: it is another date of the same, whatever it will be called.

    Raises NotFound, Forbidden, Conflict(too_many_drafts)."""
    session = await get_session(session_id, viewer)
    if session.mentor_id != viewer.user_id:
        raise Forbidden(message="Only the mentor of this session can use it again.")
    start = next_week_ahead(session.local_start, session.timezone, now())
    data = {**form_of(session), "starts_at": start, "every_weeks": "", "count": ""}
    data["like_session"] = str(session_id)
    offering_id = session.offering_id if same_offering else None
    return await add_draft(viewer, data, LAST, offering_id)
