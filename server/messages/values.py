"""What messages hand to pages, to the API and to each other: frozen values, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.messages.links import Part, parts
from server.people.privacy import Audience


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody as the viewer may see them; `picture` is an address, or empty."""

    username: str
    name: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """Who writes to each other, as one of them sees it: two people, or those of a session.

    `people` may all read, the viewer too; `hidden` are those blocked either way. `conversation_id` is
    None until something was written; `path` is its page, `api` its address there. Of two, `asks` says
    whom the other lets write to them."""

    key: str
    path: str
    api: str
    title: str
    people: frozenset[int]
    hidden: frozenset[int]
    conversation_id: int | None
    public_id: UUID | None = None
    partner_id: int | None = None
    partner: Writer | None = None
    partner_active: bool = True
    asks: Audience = Audience.MEMBERS
    session_id: UUID | None = None


class Door(StrEnum):
    """Whether one can write now, and why not."""

    OPEN = "open"
    UNVERIFIED = "unverified"  # the writer's address is not confirmed
    CLOSED = "not_open"  # they hear only from people they follow
    GONE = "gone"  # their account is not active any more


@dataclass(frozen=True, slots=True)
class Attachment:
    id: UUID
    name: str
    content_type: str
    size: int

    @property
    def url(self) -> str:
        return f"/api/v1/message-files/{self.id}"

    @property
    def is_picture(self) -> bool:
        return self.content_type in {"image/jpeg", "image/png", "image/webp"}


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the viewer sees it; of a removed one only that it was there."""

    id: UUID
    seq: int
    sender: Writer
    mine: bool
    text: str
    files: tuple[Attachment, ...]
    sent_at: datetime
    removed: bool

    @property
    def parts(self) -> tuple[Part, ...]:
        return parts(self.text)


@dataclass(frozen=True, slots=True)
class Place:
    """The viewer's own place in a conversation, and how far the other has read one of two."""

    read_seq: int = 0
    muted: bool = False
    left: bool = False
    partner_read_seq: int = 0
    partner_read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation in the list. `title` is the other's name or the session's."""

    id: UUID
    path: str
    title: str
    partner: Writer | None
    session_id: UUID | None
    last: Line | None
    unread: int
    muted: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A message that a search found, with the page that shows it."""

    line: Line
    title: str
    path: str
