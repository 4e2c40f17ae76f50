"""What is measured of a lesson, on the wire: how much everybody takes part."""

from __future__ import annotations

from media.protocol.codec import Message

FROM_BROWSERS: tuple[type[Message], ...] = ()
TO_BROWSERS: tuple[type[Message], ...] = ()
