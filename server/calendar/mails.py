"""The event that goes with a mail about a lesson: into its reader's calendar, changed, or taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from server.calendar.events import event_for, sender_of, takes_part
from server.calendar.ics import invitation, method_of
from server.infra.clock import now
from server.infra.mailer import Attachment
from server.notifications.post import post_office
from server.notifications.values import Recipient

FILE = "lesson.ics"
KINDS = (
    "booking_confirmed",
    "request_accepted",
    "seat_booked",
    "session_moved",
    "moved_without_you",
    "seat_given_back",
    "session_cancelled",
    "session_called_off",
)


async def event_of_mail(to: Recipient, about: Mapping[str, Any]) -> Sequence[Attachment]:
    """The lesson as it stands when the mail goes out, and nothing for somebody whose lesson it never was:
    a seat that was only held is in nobody's calendar."""
    session_id = session_in(str(about.get("path", "")))
    if session_id is None or not await takes_part(session_id, to.user_id):
        return ()
    base_url = post_office().base_url
    event = await event_for(session_id, to.user_id, base_url)
    if event is None:
        return ()
    text = invitation(event, to.email, sender_of(base_url), now())
    return (Attachment(FILE, "calendar", text, {"method": method_of(event).value}),)


def session_in(path: str) -> UUID | None:
    """The session whose page this is, or a page below."""
    named = path.removeprefix("/sessions/").partition("/")[0]
    try:
        return UUID(named)
    except ValueError:
        return None
