"""The JSON of messages, in the API and on the socket."""

from __future__ import annotations

from typing_extensions import TypedDict

from server.edge.api import timestamp
from server.messages.values import Attachment, ConversationRow, Line, Writer


class WriterShape(TypedDict):
    username: str
    name: str
    picture: str


class FileShape(TypedDict):
    id: str
    name: str
    content_type: str
    size: int
    url: str


class MessageShape(TypedDict):
    """`seq` counts up within the conversation without a gap; of a removed one the text is empty."""

    id: str
    seq: int
    sender: WriterShape
    text: str
    files: list[FileShape]
    sent_at: str
    removed: bool


class SessionNameShape(TypedDict):
    id: str
    title: str


class ConversationShape(TypedDict):
    """`partner` is the other of two; `session` is there where it is that of a session."""

    id: str
    title: str
    url: str
    partner: WriterShape | None
    session: SessionNameShape | None
    last_message: MessageShape | None
    unread: int
    muted: bool


class MessagesShape(TypedDict):
    """Page 1 has the newest; within a page the oldest stands first. `read_seq`: how far the asker has
    read, `partner_read_seq`: how far the other one of two."""

    items: list[MessageShape]
    page: int
    per_page: int
    total: int
    read_seq: int
    partner_read_seq: int
    writable: bool


class FoundShape(TypedDict):
    title: str
    url: str
    message: MessageShape


class ReadShape(TypedDict):
    read_seq: int


class ReportShape(TypedDict):
    id: str
    status: str


def writer_shape(writer: Writer) -> WriterShape:
    return {"username": writer.username, "name": writer.name, "picture": writer.picture}


def file_shape(file: Attachment) -> FileShape:
    return {
        "id": str(file.id),
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "url": file.url,
    }


def message_shape(line: Line) -> MessageShape:
    return {
        "id": str(line.id),
        "seq": line.seq,
        "sender": writer_shape(line.sender),
        "text": line.text,
        "files": [file_shape(file) for file in line.files],
        "sent_at": timestamp(line.sent_at),
        "removed": line.removed,
    }


def conversation_shape(row: ConversationRow) -> ConversationShape:
    session: SessionNameShape | None = None
    if row.session_id is not None:
        session = {"id": str(row.session_id), "title": row.title}
    return {
        "id": str(row.id),
        "title": row.title,
        "url": row.path,
        "partner": writer_shape(row.partner) if row.partner else None,
        "session": session,
        "last_message": message_shape(row.last) if row.last else None,
        "unread": row.unread,
        "muted": row.muted,
    }
