"""What people send about messages."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from server.edge.api import PagingQuery
from server.edge.forms import Form
from server.messages.files import MAX_FILES
from server.messages.states import Reason

LARGEST_NUMBER = 2**53 - 1  # as far as JSON's numbers are whole everywhere


class WriteMessage(Form):
    """`client_key` is what the sender calls the message: one that is sent again under it is not doubled.
    `files` were uploaded before. `acknowledged`: give contact data away all the same."""

    text: str = ""
    client_key: str | None = Field(None, min_length=1, max_length=64)
    files: list[UUID] = Field(default_factory=list, max_length=MAX_FILES)
    acknowledged: bool = False


class MessagesQuery(PagingQuery):
    """`after` gives what follows that number, oldest first, instead of a page."""

    after: int | None = Field(None, ge=0, le=LARGEST_NUMBER)


class SearchQuery(BaseModel):
    model_config = ConfigDict(extra="ignore")

    q: str = Field("", max_length=200)


class ReadUpTo(Form):
    seq: int = Field(ge=0, le=LARGEST_NUMBER)


class WritePage(Form):
    """The form below a conversation; `file_ids` were uploaded by it before."""

    text: str = ""
    client_key: str | None = Field(None, max_length=64)
    file_ids: list[UUID] = Field(default_factory=list, max_length=MAX_FILES)
    acknowledged: bool = False

    @field_validator("file_ids", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value


class ChooseMessage(Form):
    message: UUID


class ReportPage(ChooseMessage):
    reason: Reason
    more: str = Field("", max_length=2000)


class Report(Form):
    """On a message or a person."""

    reason: Reason
    text: str = Field("", max_length=2000)
