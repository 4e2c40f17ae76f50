"""The five steps of creating a session, what each asks, and what somebody has typed into it. Pure.

What is typed is kept as it is: texts by the names of the form's fields, and lists where many can be
chosen. What it means is read in `reading.py`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LISTS = ("skills", "leave_out")
MOST_TEXT = 20_000  # characters of one field that are kept, however wrong they are
MOST_CHOSEN = 100

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """`number` counts from 1; `words` are its name on the way, `title` its question."""

    number: int
    key: str
    words: str
    title: str
    fields: tuple[str, ...]


STEPS = (
    Step(1, "basics", "Topic", "What is it about?", ("title", "description", "skills", "language")),
    Step(
        2,
        "learners",
        "Learners",
        "Who is it for?",
        ("level", "objectives", "audience", "prerequisites"),
    ),
    Step(
        3,
        "schedule",
        "Time",
        "When is it?",
        (
            "starts_at",
            "which",
            "duration_minutes",
            "timezone",
            "every_weeks",
            "count",
            "leave_out",
        ),
    ),
    Step(
        4,
        "terms",
        "Terms",
        "How many, and for how much?",
        ("capacity", "price", "currency", "policy", "recording"),
    ),
    Step(5, "publish", "Publish", "Ready to publish?", ()),
)
FIRST, LAST = STEPS[0], STEPS[-1]
BY_KEY = {step.key: step for step in STEPS}
STEP_OF = {field: step for step in STEPS for field in step.fields}


def after(step: Step) -> Step:
    return STEPS[min(step.number, LAST.number - 1)]


def before(step: Step) -> Step:
    return STEPS[max(step.number - 2, 0)]


def sent_in(step: Step, posted: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of this step hold, as it was typed. A list without anything chosen is sent by no
    browser."""
    found: dict[str, Any] = {}
    for name in step.fields:
        if name in LISTS:
            found[name] = listed(posted.get(name))[:MOST_CHOSEN]
        elif name in posted:
            value = posted[name]
            found[name] = str(value[-1] if isinstance(value, list) else value)[:MOST_TEXT]
    return found


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and value else list(value or [])


def kept_in(step: Step, data: Data) -> dict[str, Any]:
    """What a draft holds of this step."""
    return {name: data[name] for name in step.fields if name in data}


def is_blank(values: Data) -> bool:
    """Whether somebody has typed nothing yet; what a list offers first is no word of theirs."""
    words = (str(values.get(name, "")).strip() for name in ("title", "description"))
    return not any(words) and not values.get("skills")


def fingerprint(step: Step, data: Data) -> str:
    """Of what a draft holds of this step. A form carries that of when it was shown: where the draft has
    another by then, somebody changed it meanwhile."""
    kept = kept_in(step, data)
    told = {
        name: value.replace("\r\n", "\n") if isinstance(value, str) else value
        for name, value in kept.items()
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
