"""What the API reads."""

from __future__ import annotations

from pydantic import Field

from server.edge.forms import Form


class Revoke(Form):
    """Why a certificate does not hold any more; its owner is told."""

    reason: str = Field(min_length=3, max_length=1000)
