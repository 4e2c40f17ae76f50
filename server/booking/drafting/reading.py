"""What a draft says so far, and what is still wrong or missing in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from server.booking.drafting.schedule import dates_of, start_of, taken_dates
from server.booking.drafting.steps import STEP_OF, Data, Step
from server.booking.forms import SessionForm
from server.booking.formtext import said_errors, values_of
from server.booking.times import check_ahead
from server.edge.api import validated
from server.infra.errors import Invalid
from server.people.contacts import require_no_contacts

TEXTS = ("title", "description", "objectives", "audience", "prerequisites")
# Said instead of what the parser says of a field that is empty, too short or no choice of the list.
WORDS = {
    "title": "Write a title of at least three letters, and at most 140.",
    "duration_minutes": "Choose how long it takes.",
    "level": "Choose a level.",
    "language": "Choose a language.",
    "capacity": "Write a number of seats from 1 to 200.",
    "price": "Write an amount such as 12.50, or 0.",
    "policy": "Choose a policy.",
    "recording": "Choose whether it is recorded.",
}
ASKED = (
    "level",
    "language",
    "duration_minutes",
    "capacity",
    "policy",
    "recording",
)  # no default is taken


def form_of(data: Data) -> SessionForm:
    """What the API would be sent of the first date. Raises Invalid."""
    values = values_of(data)
    return validated(SessionForm, {**values, "starts_at": start_of(data).isoformat()})


def problems(data: Data, now: datetime) -> dict[str, str]:
    """By the names of the form's fields, in the order of the steps."""
    found: dict[str, str] = {}
    for each in _checks(data, now):
        for name, text in each.items():
            found.setdefault(name, text)
    places = list(STEP_OF)
    return dict(sorted(found.items(), key=lambda item: places.index(item[0]) if item[0] in places else 0))


def problems_in(step: Step, data: Data, now: datetime) -> dict[str, str]:
    return {name: text for name, text in problems(data, now).items() if name in step.fields}


def steps_to_mend(data: Data, now: datetime) -> frozenset[str]:
    """The keys of the steps with something wrong or missing."""
    return frozenset(STEP_OF[name].key for name in problems(data, now) if name in STEP_OF)


def _checks(data: Data, now: datetime) -> Iterator[Mapping[str, str]]:
    yield {name: WORDS[name] for name in ASKED if not data.get(name)}
    yield _times(data, now)
    yield _values(data)
    if not str(data.get("objectives", "")).strip():
        yield {"objectives": "Write at least one thing that learners will take away."}
    try:
        require_no_contacts({name: str(data.get(name, "")) for name in TEXTS})
    except Invalid as refused:
        yield refused.fields


def _times(data: Data, now: datetime) -> dict[str, str]:
    if not data.get("starts_at"):
        return {"starts_at": "Choose a day and a time."}
    try:
        dates_of(data)
        for date in taken_dates(data):
            check_ahead(date.starts_at, now)
    except Invalid as refused:
        if refused.code == "ambiguous_time":
            return {"which": "Say which of both you mean."}
        return said_errors(refused)
    return {}


def _values(data: Data) -> dict[str, str]:
    values = values_of(data)
    try:
        validated(SessionForm, {**values, "starts_at": "2030-05-14T18:00Z"})  # `_times` judges the time
    except Invalid as refused:
        return {name: WORDS.get(name, text) for name, text in said_errors(refused).items()}
    return {}
