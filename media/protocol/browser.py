"""All messages of the room socket by their `type`, either way: the one place that knows every part of it.

`messages` has the call itself; each further part of a lesson has a module of its own."""

from __future__ import annotations

from media.protocol import checking, conduct, measures, messages, teaching
from media.protocol.codec import Message, decode

MODULES = (messages, conduct, teaching, measures, checking)  # in the order of the browser's file

CLIENT_MESSAGES: dict[str, type[Message]] = {
    kind.model_fields["type"].default: kind for module in MODULES for kind in module.FROM_BROWSERS
}
SERVER_MESSAGES: tuple[type[Message], ...] = tuple(
    kind for module in MODULES for kind in module.TO_BROWSERS
)


def decode_client(text: str) -> Message:
    """One message of a browser, as one of the classes in `CLIENT_MESSAGES`.

    Raises MessageError."""
    return decode(text, CLIENT_MESSAGES)
