"""What a lesson is taught with, on the wire: polls, timer, shared notes, whiteboard, objectives,
captions."""

from __future__ import annotations

from media.protocol.codec import Message

FROM_BROWSERS: tuple[type[Message], ...] = ()
TO_BROWSERS: tuple[type[Message], ...] = ()
