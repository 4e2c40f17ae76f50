"""The room's messages as frames of its sockets."""

from __future__ import annotations

from media.protocol.codec import Message, encode
from server.edge.wire import text_frame


def frame_of(message: Message) -> bytes:
    """The frame that says `message`."""
    return text_frame(encode(message))
