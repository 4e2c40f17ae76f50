"""What people send about pathways, parsed once at the border."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from server.edge.forms import Form

Text = Annotated[str, StringConstraints(strip_whitespace=True)]


class PathwayForm(Form):
    """The words of a pathway."""

    title: Annotated[Text, Field(min_length=3, max_length=140)]
    description: Annotated[Text, Field(max_length=10_000)] = ""
    level: Literal["beginner", "intermediate", "advanced"] = "beginner"


class StepForm(Form):
    """Which of the mentor's offerings is meant."""

    offering: UUID


class PathwaysQuery(BaseModel):
    """`mentor` is a username."""

    mentor: Annotated[str, Field(max_length=64)] = ""
