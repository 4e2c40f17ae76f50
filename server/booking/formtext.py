"""Between the text of a browser's form and the values that the API takes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from server.booking.values import SessionDetail
from server.edge.amounts import amount_text, minor_units, settlement_currency
from server.infra.errors import DomainError

DIGITS = re.compile(r"[0-9]{1,9}")
AS_TYPED = (
    "title",
    "description",
    "audience",
    "prerequisites",
    "level",
    "language",
    "starts_at",
    "currency",
    "recording",
    "policy",
)
FIELD_IDS = {"price_minor": "price", "currency": "price"}  # where the form's names differ from the API's


def values_of(posted: Mapping[str, Any]) -> dict[str, Any]:
    """What the API would be sent: numbers for digits, minor units for a price, one objective a line.
    Numbers that are none stay text, so that their field is refused."""
    values: dict[str, Any] = {name: posted[name] for name in AS_TYPED if name in posted}
    for name in ("duration_minutes", "capacity"):
        if name in posted:
            values[name] = number(posted[name])
    if "price" in posted:
        values["price_minor"] = _minor(posted["price"], posted.get("currency") or settlement_currency())
    if posted.get("timezone"):
        values["timezone"] = posted["timezone"]
    values["skills"] = _listed(posted.get("skills"))
    values["objectives"] = _lines(posted.get("objectives"))
    return values


def shown(posted: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, as the fields show it again."""
    return {
        **posted,
        "skills": _listed(posted.get("skills")),
        "objectives": "\n".join(_lines(posted.get("objectives"))),
    }


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and value else list(value or [])


def _lines(value: Any) -> list[str]:
    """Several fields or several lines, empty ones left out."""
    return [line.strip() for text in _listed(value) for line in text.splitlines() if line.strip()]


def number(text: Any) -> Any:
    """Up to nine digits as a number; anything else as it is."""
    return int(text) if isinstance(text, str) and DIGITS.fullmatch(text) else text


def _minor(text: Any, currency: Any) -> Any:
    """An amount in the currency's minor units; the text itself where it is no such amount."""
    minor = minor_units(str(text).strip() or "0", str(currency))
    return text if minor is None else minor


def form_of(session: SessionDetail) -> dict[str, Any]:
    return {
        "title": session.title,
        "description": session.description,
        "audience": session.audience,
        "prerequisites": session.prerequisites,
        "skills": list(session.skill_slugs),
        "level": session.level,
        "language": session.language,
        "objectives": "\n".join(session.objectives),
        "starts_at": session.local_start,
        "timezone": session.timezone,
        "duration_minutes": str(session.duration_minutes),
        "capacity": str(session.capacity),
        "price": amount_text(session.price_minor, session.currency),
        "currency": session.currency,
        "recording": session.recording,
        "policy": session.policy,
    }


def said_errors(refused: DomainError) -> dict[str, str]:
    """The refusal beside its fields. A field that only carries a code gets the sentence instead; a
    part of a list speaks for the list; the form asks for a price in major units."""
    if not refused.fields:
        return {"form": refused.message}
    return {
        FIELD_IDS.get(name, name.partition(".")[0]): refused.message if text == refused.code else text
        for name, text in refused.fields.items()
    }
