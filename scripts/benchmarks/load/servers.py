"""What the load needs of a media server under test."""

from __future__ import annotations

from typing import Protocol

from scripts.benchmarks.load.peer import LoadPeer


class Calls(Protocol):
    """Signalling of one server. A room takes its publishers first, then those who only watch."""

    async def publish(self, room: str, name: str) -> LoadPeer:
        """A connected peer whose packets the server takes."""

    async def watch(self, room: str, name: str, publishers: list[str]) -> LoadPeer:
        """A peer that gets all of `publishers`; the publisher's own where one transport serves both."""

    async def close(self) -> None: ...
