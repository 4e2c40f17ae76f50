"""What people send about another time, parsed once at the border."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from server.booking.forms import Start, Text, Zone
from server.booking.rescheduling.states import USUAL_HOURS


class MoveForm(BaseModel):
    """Another start. Without `timezone` the zone of the session is meant; the answers are due after
    `answer_within_hours`, and two hours before the earlier start at the latest."""

    starts_at: Start
    timezone: Zone | None = None
    reason: Annotated[Text, Field(max_length=1000)] = ""
    answer_within_hours: Annotated[int, Field(ge=1, le=168, strict=True)] = USUAL_HOURS
