"""Follows the register of media nodes in Redis (media/protocol/register.py); keeps the directory by it.

While Redis is away the directory stays as it is. A node whose card ran out stays for as long as it can be
talked to: it may be the one that can't reach Redis, or Redis may have lost its data.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

import structlog

from media.protocol.register import INDEX, Card, key_of, read_card
from server.infra.bus import DOWN, connect, end
from server.infra.nodes import MediaNode, NodeDirectory

LOOK_S = 1.0
STEADY_S = 5.0  # a failure after so long without one is told again

log = structlog.get_logger()


class Register:
    """`linked` tells whether the node at a control address can be talked to."""

    def __init__(self, url: str, directory: NodeDirectory, linked: Callable[[str], bool]) -> None:
        self._redis = connect(url)
        self._directory = directory
        self._linked = linked
        self._known: dict[str, MediaNode] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._follow(), name="media node register")

    async def stop(self) -> None:
        if self._task is not None:
            await end(self._task)
        with suppress(*DOWN):
            await self._redis.aclose()

    async def _follow(self) -> None:
        failed_at = -STEADY_S
        while True:
            try:
                self._take(await self._cards())
            except DOWN as error:
                if time.monotonic() - failed_at > STEADY_S:
                    log.warning("the register of media nodes can't be read", error=str(error))
                failed_at = time.monotonic()
            await asyncio.sleep(LOOK_S)

    async def _cards(self) -> list[Card]:
        """Of all nodes that are there; ids without a card are forgotten."""
        members = await cast("Awaitable[set[bytes]]", self._redis.smembers(INDEX))
        ids = sorted(member.decode() for member in members)
        if not ids:
            return []
        texts = await cast("Awaitable[list[Any]]", self._redis.mget([key_of(one) for one in ids]))
        gone = [one for one, text in zip(ids, texts, strict=True) if text is None]
        if gone:
            await self._redis.srem(INDEX, *gone)
        cards = (read_card(text) for text in texts if text is not None)
        return [card for card in cards if card is not None]

    def _take(self, cards: list[Card]) -> None:
        """The directory is what others put there, and the nodes of the register."""
        before = {node.control_url for node in self._known.values()}
        found = {card.id: MediaNode(card.control_url, card.id, card.udp_port) for card in cards}
        kept = {
            name: node
            for name, node in self._known.items()
            if name not in found and self._linked(node.control_url)
        }
        self._known = {**kept, **found}
        others = [node for node in self._directory.nodes if node.control_url not in before]
        named = {node.control_url for node in others}
        mine = [node for _, node in sorted(self._known.items()) if node.control_url not in named]
        self._directory.replace([*others, *mine])
