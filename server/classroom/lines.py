"""The newest lines of a room's chat in memory, private ones too, and who may read which."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from media.protocol.messages import CHAT_HISTORY, ChatLine

CHAT_KEPT = 3 * CHAT_HISTORY  # private ones of others are not shown to a joiner


class Lines:
    """Oldest first. Participants are named by their ids."""

    def __init__(self, lines: Iterable[ChatLine] = ()) -> None:
        self._lines = deque(lines, maxlen=CHAT_KEPT)

    def add(self, line: ChatLine) -> None:
        self._lines.append(line)

    def read_by(self, participant: str) -> list[ChatLine]:
        """The newest ones that they may read."""
        return [line for line in self._lines if may_read(participant, line)][-CHAT_HISTORY:]

    def find(self, line_id: str) -> ChatLine | None:
        return next((line for line in self._lines if line.id == line_id), None)

    def take_back(self, line_id: str) -> None:
        """What was said in it is in memory no more."""
        bare = {"text": "", "files": [], "removed": True}
        kept = [one.model_copy(update=bare) if one.id == line_id else one for one in self._lines]
        self._lines = deque(kept, maxlen=CHAT_KEPT)


def may_read(participant: str, line: ChatLine) -> bool:
    return line.to is None or participant in (line.sender, line.to)
