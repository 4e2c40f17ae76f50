"""Between the fields of the page of hours and an override. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from server.booking.hours.form import A_CLOCK, BOTH_WANTED, END_OF_DAY, minute_of
from server.infra.errors import Invalid
from server.people.availability import Override


def override_of(sent: Mapping[str, Any]) -> Override:
    """`kind` is `away` or `hours`; without a last day the first is meant alone. Raises Invalid."""
    first = _day(sent, "first_date")
    last = _day(sent, "last_date") if _text(sent, "last_date") else first
    start, end = _hours(sent) if sent.get("kind") == "hours" else (None, None)
    return Override(first, last, start, end, _text(sent, "note"))


def _hours(sent: Mapping[str, Any]) -> tuple[int, int]:
    texts = {name: _text(sent, name) for name in ("start", "end")}
    minutes = {name: minute_of(text) for name, text in texts.items()}
    wrong = {
        name: A_CLOCK if texts[name] else BOTH_WANTED for name, found in minutes.items() if found is None
    }
    if wrong:
        raise Invalid(fields=wrong)
    return minutes["start"] or 0, minutes["end"] or END_OF_DAY


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _day(sent: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(_text(sent, name))
    except ValueError as error:
        raise Invalid(fields={name: "Choose a day."}) from error


def override_id(sent: Mapping[str, Any]) -> UUID | None:
    """Which one is to be removed; None where the button of none was pressed."""
    try:
        return UUID(_text(sent, "remove"))
    except ValueError:
        return None
