"""What people send about lessons that they attended, parsed once at the border."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from server.edge.forms import Form
from server.feedback.rules import MAX_COMMENT
from server.messages.forms import Report
from server.messages.states import Subject

MOST_STARS = 5


def _stars(value: Any) -> Any:
    if type(value) is not int or not 1 <= value <= MOST_STARS:
        raise ValueError("Choose one to five stars.")
    return value


Stars = Annotated[int, Field(ge=1, le=MOST_STARS, strict=True), BeforeValidator(_stars)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_COMMENT)]


class Aspects(Form):
    """What the stars rest on, where somebody wants to say it."""

    clear: Stars | None = None
    prepared: Stars | None = None
    helpful: Stars | None = None

    def given(self) -> dict[str, int]:
        return self.model_dump(exclude_none=True)


class ReviewForm(Form):
    """`technical` is of the connection and touches nobody's rating; `private_note` is for the mentor
    alone. What is sent again replaces all of it."""

    rating: Stars
    aspects: Aspects = Field(default_factory=Aspects)
    technical: Stars | None = None
    comment: Words = ""
    private_note: Words = ""


class ReplyForm(Form):
    text: Annotated[Words, Field(min_length=1)]


class ReviewReport(Report):
    """`of` says whether it is the review or the mentor's reply to it."""

    of: Annotated[Subject, Field(json_schema_extra={"enum": ["review", "reply"]})] = Subject.REVIEW
