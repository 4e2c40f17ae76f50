"""Keeps this node's card in the register, so that servers find it (media/protocol/register.py).

Beside the media, never in their way: while Redis is away nothing happens but that the card is late, and
servers go on with the nodes they know.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from media.protocol.codec import encode
from media.protocol.register import INDEX, LIFE_MS, RENEW_S, Card, key_of

ANSWER_S = 3.0  # no answer for so long is a lost connection
GOODBYE_S = 1.0
CANCEL_AGAIN_S = 0.2
STEADY_S = 30.0  # a failure after so long without one is told again

DOWN = (RedisError, OSError, TimeoutError)

log = logging.getLogger(__name__)


class Registration:
    """`card` tells what the node is just now."""

    def __init__(self, url: str, card: Callable[[], Card]) -> None:
        self._redis = Redis.from_url(
            url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=ANSWER_S,
            socket_timeout=ANSWER_S,
        )
        self._card = card
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="registration")

    async def stop(self) -> None:
        """Take the card away, if that is possible now."""
        await self._end()
        with suppress(*DOWN):
            async with asyncio.timeout(GOODBYE_S):
                await self._redis.delete(key_of(self._card().id))
                await cast("Awaitable[Any]", self._redis.srem(INDEX, self._card().id))
        with suppress(*DOWN):
            await self._redis.aclose()

    async def _end(self) -> None:
        """Up to Python 3.11 `wait_for` may swallow a cancellation: tell the task until it listens."""
        while self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=CANCEL_AGAIN_S)

    async def _run(self) -> None:
        failed_at = -STEADY_S
        while True:
            try:
                await self._write()
            except DOWN as error:
                if time.monotonic() - failed_at > STEADY_S:
                    log.warning("the register can't be reached: %s", error)
                failed_at = time.monotonic()
            await asyncio.sleep(RENEW_S)

    async def _write(self) -> None:
        card = self._card()
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.set(key_of(card.id), encode(card), px=LIFE_MS)
            pipeline.sadd(INDEX, card.id)
            await pipeline.execute()
