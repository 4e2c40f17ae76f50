"""What is sent about questionnaires, parsed once at the border."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from server.edge.forms import Form

MOST = 50  # more than any questionnaire asks


class Step(Form):
    """One press of a button on its pages; no choice passes a question by."""

    do: Literal["start", "answer", "finish"]
    question: int = Field(1, ge=1, le=MOST)
    choice: int | None = Field(None, ge=0, le=MOST)


class Answers(Form):
    """`PUT …/answers`: the place of what was chosen among the options, from 0, by a question's number."""

    answers: dict[int, int] = Field(max_length=MOST)
