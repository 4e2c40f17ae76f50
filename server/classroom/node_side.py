"""The link to a media node as a room sees it, and what people are told while there is none."""

from __future__ import annotations

from typing import Protocol

from media.protocol.codec import Message
from media.protocol.messages import Error

NO_NODE = Error(
    code="media_unavailable",
    message="The media server can't be reached just now. You are connected again as soon as it can.",
)
NODES_FULL = Error(
    code="media_full",
    message="All media servers are full just now. You are connected as soon as there is room.",
)


class NodeSide(Protocol):
    """The link to a media node."""

    @property
    def epoch(self) -> str | None:
        """Differs for each start of the node's process; None while there is no connection."""

    @property
    def short_of_disk(self) -> bool:
        """Whether it has too little room to record anything."""

    def send(self, message: Message) -> bool:
        """False when there is no connection."""
