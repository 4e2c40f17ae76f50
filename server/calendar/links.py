"""Where a lesson can be put by hand: a file, or the form of a calendar in the browser. Pure.

Nothing goes there before somebody follows the link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from server.booking.values import SessionCard

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses that add one lesson."""

    file: str
    google: str
    outlook: str


def links_of(session: SessionCard, base_url: str) -> Links:
    page = f"{base_url}{session.url}"
    return Links(f"/api/v1{session.url}/calendar.ics", _google(session, page), _outlook(session, page))


def _google(session: SessionCard, page: str) -> str:
    return f"{GOOGLE}?" + urlencode(
        {
            "action": "TEMPLATE",
            "text": session.title,
            "dates": f"{_basic(session.starts_at)}/{_basic(session.ends_at)}",
            "details": page,
            "location": f"{page}/room",
        }
    )


def _outlook(session: SessionCard, page: str) -> str:
    return f"{OUTLOOK}?" + urlencode(
        {
            "path": "/calendar/action/compose",
            "rru": "addevent",
            "subject": session.title,
            "startdt": session.starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "enddt": session.ends_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "body": page,
            "location": f"{page}/room",
        }
    )


def _basic(instant: datetime) -> str:
    """The basic format of ISO 8601."""
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
