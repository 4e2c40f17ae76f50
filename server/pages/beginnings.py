"""A session that somebody of the demo has begun to write, and not published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from server.booking.drafting.drafts import begin_draft, drafts_of, keep_step
from server.booking.drafting.steps import BY_KEY, fingerprint
from server.edge.access import Viewer
from server.people.timetable import today

BEGUN = {
    "title": "Read a flame graph",
    "description": "We profile a small service together and read what the graph says.",
    "skills": ["python"],
    "language": "en",
}
LEARNERS = {
    "level": "intermediate",
    "objectives": "Record a profile without stopping the service\nFind the widest plateau, and say why",
    "audience": "You run something in production, and it is slower than you thought.",
    "prerequisites": "Any language that you can profile.",
}
TERMS = {"capacity": "6", "price": "0", "currency": "EUR", "policy": "standard", "recording": "auto"}
IN_DAYS = timedelta(days=27)


async def seed_beginnings(cast: Mapping[str, Viewer]) -> None:
    """Once: who finishes it or throws it away is not given it again while they have another."""
    mentor = cast.get("mira")
    if mentor is None or await drafts_of(mentor.user_id):
        return
    draft = await begin_draft(mentor, BEGUN, onward=True)
    schedule = {
        "starts_at": f"{today(mentor) + IN_DAYS}T18:00",
        "duration_minutes": "60",
        "timezone": mentor.timezone,
    }
    for key, typed in (("learners", LEARNERS), ("schedule", schedule), ("terms", TERMS)):
        step = BY_KEY[key]
        draft = await keep_step(draft.id, mentor, step, typed, fingerprint(step, draft.data), onward=True)
