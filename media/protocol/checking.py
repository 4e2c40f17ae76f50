"""The technical check, on the wire: two peers of one browser over one socket."""

from __future__ import annotations

from media.protocol.codec import Message

FROM_BROWSERS: tuple[type[Message], ...] = ()
TO_BROWSERS: tuple[type[Message], ...] = ()
