"""What giving money back asks for: the amount, and why."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from server.edge.amounts import minor_units
from server.edge.forms import Form
from server.infra.errors import Invalid

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
MOST = 10**12  # minor units


class RefundForm(Form):
    """Without an amount, everything that is left. `reason` is shown to the learner."""

    amount_minor: Annotated[int, Field(ge=1, le=MOST)] | None = None
    reason: Why


def typed_amount(sent: dict[str, Any], currency: str) -> int | None:
    """The amount of the page's form, in major units as people write them; None where it was left empty.

    Raises Invalid."""
    text = str(sent.get("amount", "")).strip()
    if not text:
        return None
    minor = minor_units(text, currency)
    if not minor:
        raise Invalid(fields={"amount": "Write an amount such as 12.50, or leave it empty for all."})
    return minor


def typed_reason(sent: dict[str, Any]) -> str:
    """Raises Invalid."""
    reason = str(sent.get("reason", "")).strip()
    if not 0 < len(reason) <= 300:
        raise Invalid(fields={"reason": "Say why, in up to 300 characters."})
    return reason


def typed_once(sent: dict[str, Any]) -> UUID | None:
    """What tells a form that is sent twice from two forms."""
    try:
        return UUID(str(sent.get("once", "")))
    except ValueError:
        return None
