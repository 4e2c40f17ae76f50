"""What the media node said last of a room's people, for those who come in later or come back."""

from __future__ import annotations

from collections.abc import Iterator

from media.protocol.codec import Message
from media.protocol.messages import QualityReport, Speaking


class Reports:
    """Who speaks, which all may know; and how media travel, which concerns one reader each."""

    def __init__(self) -> None:
        self._speaking: dict[str, Speaking] = {}
        self._quality: dict[str, dict[str, QualityReport]] = {}  # by reader and whom it is about

    def spoken(self, said: Speaking) -> None:
        """The dominant one stays known after falling silent, until another one is."""
        if said.dominant:
            for other in tuple(self._speaking.values()):
                self.spoken(other.model_copy(update={"dominant": False}))
        if said.level > 0 or said.dominant:
            self._speaking[said.participant] = said
        else:
            self._speaking.pop(said.participant, None)

    def measured(self, reader: str, report: QualityReport) -> None:
        self._quality.setdefault(reader, {})[report.participant] = report

    def forget(self, participant: str) -> None:
        """They left."""
        self._speaking.pop(participant, None)
        self._quality.pop(participant, None)
        for about in self._quality.values():
            about.pop(participant, None)

    def silence(self) -> list[Speaking]:
        """Nobody is heard any more; gives what tells those who were told otherwise."""
        loud = [name for name, said in self._speaking.items() if said.level > 0]
        self._speaking.clear()
        self._quality.clear()
        return [Speaking(participant=name, level=0, dominant=False) for name in loud]

    def known_to(self, reader: str) -> Iterator[Message]:
        """Everything that `reader` should know."""
        yield from self._speaking.values()
        yield from self._quality.get(reader, {}).values()
