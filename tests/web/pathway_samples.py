"""What the pages of pathways are rendered with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from server.booking.values import Person, SessionDetail
from server.pathways.editing import Choice
from server.pathways.values import Followed, PathwayCard, PathwayPage, Place, Step

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
LONG = "Donaudampfschifffahrtsgesellschaftskapitänspatentprüfung for everybody who never asked"
MENTOR = Person("tomasz", "Tomasz Wiśniewski")
CARD = PathwayCard("balance", "Read any balance sheet", "beginner", "published", 3, MENTOR)
FOLLOWED = [
    Followed("balance", "Read any balance sheet", 3, 1, "Cash is a fact", None),
    Followed("long", LONG, 12, 12, "", NOW),
]
PLACES = [Place("/pathways/balance", "Read any balance sheet", 2, 3)]
LEVELS = (("beginner", "Beginner"), ("intermediate", "Intermediate"), ("advanced", "Advanced"))
LIST: dict[str, Any] = {
    "pathways": [CARD, replace(CARD, title=LONG, status="draft", steps=1)],
    "form": {},
    "levels": LEVELS,
    "errors": {},
    "flash": None,
}


def pathway_pages(session: SessionDetail) -> dict[str, tuple[str, dict[str, Any], str]]:
    """Template, context and who looks: "guest", "learner" or "mentor"."""
    steps = (
        Step(1, UUID(int=31), "Profit is an opinion", ("Accounting",), session, done=True),
        Step(
            2,
            UUID(int=32),
            "Cash is a fact",
            ("Accounting", "Finance"),
            session,
            current=True,
            seated=True,
        ),
        Step(3, UUID(int=33), LONG),
    )
    page = PathwayPage(
        id=UUID(int=30),
        slug="balance",
        title="Read any balance sheet",
        description="Three lessons.\n\nAfterwards no annual report frightens you.",
        level="beginner",
        status="published",
        mentor=MENTOR,
        headline="Auditor for eleven years",
        steps=steps,
        followed=True,
    )
    shown = {"pathway": page, "flash": None}
    own = replace(page, own=True, followed=False, status="draft", title=LONG)
    edit: dict[str, Any] = {
        "pathway": own,
        "choices": [Choice(UUID(int=34), "Footnotes, aloud")],
        "form": {"title": LONG, "description": "", "level": "advanced"},
        "levels": LEVELS,
        "errors": {},
        "flash": "Saved.",
    }
    none = replace(own, steps=(), title="New")
    done = replace(page, completed_at=NOW, status="archived")
    template, editor = "pathways/pathway.html", "pathways/edit.html"
    guests = replace(page, followed=False, steps=tuple(replace(step, done=False) for step in steps))
    return {
        "pathway": (template, shown, "learner"),
        "pathway-guest": (template, {**shown, "pathway": guests}, "guest"),
        "pathway-completed": (template, {**shown, "pathway": done}, "learner"),
        "pathway-own": (template, {**shown, "pathway": own}, "mentor"),
        "pathway-none": (template, {**shown, "pathway": none}, "mentor"),
        "pathways": ("pathways/list.html", LIST, "mentor"),
        "pathways-none": (
            "pathways/list.html",
            {**LIST, "pathways": [], "errors": {"title": "Write a title."}},
            "mentor",
        ),
        "pathway-edit": (editor, edit, "mentor"),
        "pathway-edit-none": (
            editor,
            {**edit, "pathway": none, "choices": [], "errors": {"form": "At least two steps."}},
            "mentor",
        ),
    }
