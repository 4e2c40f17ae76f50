"""What the pages on which a session is created are rendered with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from server.booking.drafting.drafts import Draft
from server.booking.drafting.page import PAGE, USUAL, step_path
from server.booking.drafting.planned import PlannedDate
from server.booking.drafting.publishing import Condition
from server.booking.drafting.schedule import EVERY_WEEKS, MOST_DATES
from server.booking.drafting.steps import BY_KEY, FIRST, STEPS, Step
from server.booking.forms import DURATIONS, LANGUAGES, LEVELS, MAX_CAPACITY, SessionForm

LONG_TITLE = "Donaudampfschifffahrtsgesellschaftskapitänsmützen: a workshop on very long German words"
NOW = datetime(2026, 11, 23, 10, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Named:
    slug: str
    name: str


SKILLS = [Named("accounting", "Accounting"), Named("data", "Data analysis"), Named("sql", "SQL")]
TYPED = {
    **USUAL,
    "title": LONG_TITLE,
    "description": "We take one apart.\r\n\r\nBring yours.",
    "skills": ["sql", "data"],
    "objectives": "draw a join\r\nsay which rows get lost",
    "audience": "People who have met a table before",
    "prerequisites": "",
    "starts_at": "2026-10-25T02:30",
    "timezone": "Europe/Berlin",
    "price": "twelve",
}
DRAFT = Draft(UUID(int=77), TYPED, 5, NOW)
BEGUN = Draft(UUID(int=78), {"title": ""}, 1, NOW - timedelta(days=2))
BEGUN_DRAFTS = [DRAFT, BEGUN, *(replace(BEGUN, id=UUID(int=number)) for number in (79, 80))]


def _way(current: Step, reached: int, mend: str = "") -> list[tuple[Step, str]]:
    states = {current.key: "current", mend: "mend"}
    return [(step, states.get(step.key, "done" if step.number <= reached else "ahead")) for step in STEPS]


def _step(key: str, draft: Draft | None = DRAFT, **changes: Any) -> dict[str, Any]:
    step = BY_KEY[key]
    return {
        "draft": draft,
        "drafts": [],
        "step": step,
        "steps": _way(step, draft.reached if draft else 1, changes.pop("mend", "")),
        "action": step_path(draft.id, step) if draft else PAGE,
        "seen": "0123456789abcdef",
        "form": TYPED if draft else {**USUAL, "timezone": "Europe/Berlin"},
        "errors": {},
        "kept_instead": {},
        "flash": None,
        "skills": SKILLS,
        "languages": LANGUAGES,
        "levels": LEVELS,
        "zones": [(name, name) for name in ("America/New_York", "Europe/Berlin", "UTC")],
        "durations": DURATIONS,
        "every_weeks": EVERY_WEEKS,
        "most_dates": MOST_DATES,
        "max_capacity": MAX_CAPACITY,
        "currency": "EUR",
        "both": [],
        "next_valid": "",
        "dates": [],
        **changes,
    }


def _date(weeks: int, **flags: Any) -> PlannedDate:
    start = datetime(2026, 12, 3, 17, tzinfo=UTC) + weeks * timedelta(weeks=1)
    return PlannedDate(
        start,
        start + timedelta(hours=1),
        (start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        **flags,
    )


DATES = [
    _date(0),
    _date(1, clash=LONG_TITLE),
    _date(2, skipped="2026-12-17T17:30", twice=True),
    _date(3, away=True, left_out=True),
    _date(4, past=True),
]
FIRST_OF_BOTH, SECOND_OF_BOTH = (
    datetime.fromisoformat(f"2026-10-25T02:30:00{offset}") for offset in ("+02:00", "+01:00")
)
CONDITIONS = (
    Condition("title", "A title, and what happens", "", FIRST),
    Condition("objectives", "At least one objective", "Write at least one.", BY_KEY["learners"]),
    Condition("free", "Nothing else of yours at that time", "You have “Joins” then.", BY_KEY["schedule"]),
    Condition("verified", "Your e-mail address is confirmed", href="/auth/check-mail"),
    Condition(
        "approved", "Your mentor profile is approved", "Wait a little.", href="/profile/edit/mentor"
    ),
)
MET = tuple(Condition(each.key, each.words, "", each.step, each.href) for each in CONDITIONS)
FORM = SessionForm(
    title=LONG_TITLE,
    description="We take one apart.",
    objectives=["draw a join"],
    audience="People who have met a table before",
    prerequisites="A table",
    starts_at="2026-12-03T17:00Z",
    duration_minutes=60,
    price_minor=1250,
)


def _last(**changes: Any) -> dict[str, Any]:
    usual = {
        "dates": DATES[:1],
        "conditions": MET,
        "unmet": [],
        "hindered": [],
        "free_dates": 1,
        "may_leave_out": False,
        "preview": FORM,
        "skill_names": ["SQL", "Data analysis"],
    }
    return _step("publish", **{**usual, **changes})


CONTEXTS: dict[str, dict[str, Any]] = {
    "new": _step("basics", None),
    "drafts": _step("basics", None, drafts=BEGUN_DRAFTS, flash="Your draft is kept."),
    "basics": _step(
        "basics", mend="learners", errors={"title": "Write a title.", "skills": "Choose one."}
    ),
    "changed": _step("basics", kept_instead={"title": "Joins", "skills": "sql", "description": ""}),
    "learners": _step("learners", errors={"objectives": "Write at least one thing."}),
    "schedule": _step("schedule", dates=DATES, errors={"leave_out": "Leave at least one date in."}),
    "schedule-clash": _step("schedule", dates=DATES[1:2]),
    "schedule-skipped": _step(
        "schedule", next_valid="2026-10-26T00:00", errors={"starts_at": "Skipped."}
    ),
    "schedule-twice": _step(
        "schedule",
        both=[(each.isoformat(), each) for each in (FIRST_OF_BOTH, SECOND_OF_BOTH)],
        errors={"which": "Say which of both you mean."},
    ),
    "terms": _step("terms", errors={"price": "Write an amount such as 12.50, or 0."}),
    "publish": _last(),
    "publish-series": _last(dates=DATES[:3]),
    "publish-free-dates": _last(
        dates=DATES[:3], unmet=CONDITIONS[2:3], hindered=DATES[1:2], free_dates=2, may_leave_out=True
    ),
    "publish-missing": _last(
        conditions=CONDITIONS, unmet=[each for each in CONDITIONS if not each.met], dates=[], preview=None
    ),
}
WIZARD_PAGES = {f"create-{name}": ("booking/create.html", context) for name, context in CONTEXTS.items()}
