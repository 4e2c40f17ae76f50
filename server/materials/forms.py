"""What people send about materials, parsed once at the border."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from server.edge.forms import Form
from server.materials.values import Phase

Name = Annotated[str, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=150)]


class ChangeMaterial(Form):
    """What is left out stays."""

    name: Name | None = None
    phase: Phase | None = None


class AddMaterial(Form):
    """The fields that come with a file."""

    phase: Phase = Phase.BEFORE


class ChooseMaterial(Form):
    """Which of the page's files is meant."""

    material: UUID
