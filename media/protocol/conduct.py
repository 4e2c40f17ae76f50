"""How people behave with each other in a room, on the wire: admission, moderation, hands and their order,
reactions, who shares the screen, what becomes of lines of chat."""

from __future__ import annotations

from media.protocol.codec import Message

FROM_BROWSERS: tuple[type[Message], ...] = ()
TO_BROWSERS: tuple[type[Message], ...] = ()
