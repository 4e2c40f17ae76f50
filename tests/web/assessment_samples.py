"""What the pages of a questionnaire are rendered with; who looks is a learner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from server.people.assessment.service import Asked, Finished, LevelCount, Standing

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
LONG = "Rechtsschutzversicherungsgesellschaften_und_andere_sehr_lange_Namen_einer_einzigen_Variablen"
OPTIONS = ("[1, 2, 3]", LONG, "[3]", "Nothing: it raises an error")
ASKED = (
    Asked(1, "What does this print?", f"{LONG} = [1, 2]\nprint({LONG})", OPTIONS, 1),
    Asked(2, "What is the value of 7 // 2 in Python 3?", "", ("3", "3.5", "4", "1"), None),
)
COUNTS = (
    LevelCount("beginner", 3, 3),
    LevelCount("intermediate", 2, 3),
    LevelCount("advanced", 0, 3),
)
FRESH = Standing("python", "Python", "assessed", 9, True, False, (), None, None)
DONE = replace(
    FRESH,
    last=Finished("intermediate", 56, NOW - timedelta(days=1), COUNTS),
    next_at=NOW + timedelta(days=6),
)
OPEN = replace(FRESH, open=ASKED)
OWN = replace(FRESH, skill="guitar", name="Guitar", basis="own")

ASSESSMENT_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "assess-start": ("people/assess_start.html", {"standing": FRESH, "refused": ""}),
    "assess-start-own": ("people/assess_start.html", {"standing": OWN, "refused": ""}),
    "assess-start-missing": (
        "people/assess_start.html",
        {"standing": replace(FRESH, listed=False), "refused": "Put Python on one of your lists first."},
    ),
    "assess-result": ("people/assess_start.html", {"standing": DONE, "refused": ""}),
    "assess-result-verified": (
        "people/assess_start.html",
        {"standing": replace(DONE, verified=True, next_at=None), "refused": ""},
    ),
    "assess-result-own": (
        "people/assess_start.html",
        {"standing": replace(OWN, last=DONE.last), "refused": "You can try again from tomorrow."},
    ),
    "assess-question": (
        "people/assess_question.html",
        {"standing": OPEN, "asked": ASKED[0], "refused": ""},
    ),
    "assess-question-wrong": (
        "people/assess_question.html",
        {"standing": OPEN, "asked": ASKED[1], "refused": "Choose one of the answers."},
    ),
    "assess-end": ("people/assess_end.html", {"standing": OPEN, "refused": ""}),
}
