"""What people send about requests, parsed once at the border."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from server.booking.forms import Minutes, Start, Text, Title, Zone

Message = Annotated[Text, Field(max_length=2000)]
Word = Annotated[Text, Field(max_length=1000)]


class RequestForm(BaseModel):
    """A lesson that a learner asks for. Without `timezone` their own zone is meant."""

    topic: Title
    starts_at: Start
    duration_minutes: Minutes = 60
    message: Message = ""
    timezone: Zone | None = None


class Acceptance(BaseModel):
    """A mentor says yes; `free`: and charges nothing."""

    free: bool = False


class Declining(BaseModel):
    """Somebody says no, with a word or without."""

    message: Word = ""


class Proposal(BaseModel):
    """Another time that the mentor offers. Without `timezone` their own zone is meant."""

    starts_at: Start
    message: Word = ""
    timezone: Zone | None = None


class RequestsQuery(BaseModel):
    """Which requests: those asked as a learner, or of one as a mentor; without either, both."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["learner", "mentor"] | None = None
    open: bool | None = None
