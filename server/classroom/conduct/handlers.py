"""What browsers say of each other: one table from message to handler."""

from __future__ import annotations

from media.protocol.codec import Message
from server.classroom.handling import Handler

HANDLERS: dict[type[Message], Handler] = {}
