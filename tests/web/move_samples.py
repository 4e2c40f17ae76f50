"""Other times: what the card of a session and the page that proposes one are rendered with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from server.booking.rescheduling.shown import MoveShown
from server.booking.rescheduling.states import HOURS, USUAL_HOURS
from tests.web.request_samples import CHOICES, HOUR, NOTHING, NOW

ASKED = MoveShown(
    id=UUID(int=5),
    session_id=UUID(int=1),
    status="open",
    starts_at=NOW + 96 * HOUR,
    ends_at=NOW + 97 * HOUR,
    old_starts_at=NOW + 72 * HOUR,
    expires_at=NOW + 40 * HOUR,
    reason="My train goes in the night.",
    by_mentor=True,
    group=True,
    own=False,
    answer="",
    asked=4,
    answered=1,
)
MOVES: dict[str, MoveShown] = {
    "asked": ASKED,
    "asked-alone": replace(ASKED, group=False, reason=""),
    "taken": replace(ASKED, answer="accepted"),
    "not-taken": replace(ASKED, answer="declined"),
    "own": replace(ASKED, own=True),
    "own-alone": replace(ASKED, own=True, group=False),
}
PAGE: dict[str, Any] = {
    "mine": True,
    "form": {},
    "hours": HOURS,
    "usual_hours": USUAL_HOURS,
    "choices": CHOICES,
    "errors": {},
}
MOVE_PAGES: dict[str, dict[str, Any]] = {
    "mentor": PAGE,
    "learner": {**PAGE, "mine": False},
    "wrong": {
        **PAGE,
        "choices": NOTHING,
        "errors": {"starts_at": "You have another lesson at that time."},
    },
}
