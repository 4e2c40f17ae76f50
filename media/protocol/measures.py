"""What is measured of a lesson, on the wire: how much everybody takes part."""

from __future__ import annotations

from typing import Literal

from media.protocol.codec import Message
from media.protocol.messages import Id


class PersonsPart(Message):
    """How much one person took part so far. Times in milliseconds, by the media node (`talk_ms`) and the
    server; the others are counts."""

    participant: Id
    talk_ms: int = 0
    present_ms: int = 0
    hands: int = 0
    lines: int = 0
    votes: int = 0
    reactions: int = 0


class Pulse(Message):
    """How the lesson goes: everybody's part to mentor and co-hosts, to all others their own alone. `lost`
    counts how often somebody was lost, theirs alone likewise."""

    type: Literal["pulse"] = "pulse"
    people: list[PersonsPart]
    lost: int = 0


FROM_BROWSERS: tuple[type[Message], ...] = ()
TO_BROWSERS: tuple[type[Message], ...] = (Pulse,)
