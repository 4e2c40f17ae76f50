"""What people write when they raise an issue, and the staff when it is decided."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator

from server.edge.amounts import minor_units
from server.edge.forms import Form
from server.infra.errors import Invalid
from server.payments.refunds.forms import MOST
from server.settlement.states import CHOICES, Category, Resolution

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class IssueForm(Form):
    """`reason` is one of the choices; what is the platform's own is none of them."""

    reason: Category
    text: Words

    @field_validator("reason")
    @classmethod
    def _is_chosen(cls, reason: Category) -> Category:
        if reason not in CHOICES:
            raise ValueError("Choose what was wrong.")
        return reason


class DecisionForm(Form):
    """Without an amount, all that is left. Both sides read the `answer`."""

    resolution: Resolution
    amount_minor: Annotated[int, Field(ge=1, le=MOST)] | None = None
    answer: Words


def typed_decision(sent: dict[str, Any], currency: str) -> dict[str, Any]:
    """The page's form as programs send it: the amount in major units, as people write them. Raises
    Invalid."""
    text = str(sent.get("amount", "")).strip()
    minor = minor_units(text, currency) if text else None
    if text and not minor:
        raise Invalid(fields={"amount_minor": "Write an amount such as 12.50, or leave it empty."})
    return {
        "resolution": str(sent.get("resolution", "")),
        "answer": str(sent.get("answer", "")),
        **({"amount_minor": minor} if minor else {}),
    }
