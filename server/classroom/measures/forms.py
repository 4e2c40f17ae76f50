"""What is asked of the call history."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from server.edge.forms import Form


class CallsQuery(Form):
    """`with` is the username of somebody who was there, too."""

    met: Annotated[str, Field(alias="with", max_length=60)] = ""
