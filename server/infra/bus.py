"""The bus: what one server process says to the others, by topic.

Memory is for one process, Redis for several. Messages of one publisher arrive in order and once. What
was published while Redis was away is sent when it is back; what a Redis lost, or dropped because a
reader was away for too long, is not hidden: `lost` is called, and the subscriber asks its database anew.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, cast
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.infra.db import require_no_transaction

Handler = Callable[[str, bytes], None]  # who published, and what; must not block
Lost = Callable[[], None]
Unsubscribe = Callable[[], None]

PREFIX = "peerlearn:bus:"
EPOCH_KEY = f"{PREFIX}epoch"  # written once; gone when a Redis came back without its data
KEPT = 10_000  # newest messages of a topic, for subscribers that catch up
KEPT_S = 3600  # a topic that nobody reads is forgotten
WAITING_MAX = 10_000  # messages held back while Redis is away
BATCH = 200  # messages of one round trip
BLOCK_MS = 1_000  # how long one read waits for news
ANSWER_S = 5.0  # no answer for so long is a lost connection
PAUSE_S = 0.1  # between tries to reach Redis
CANCEL_AGAIN_S = 0.2
STEADY_S = 5.0  # a failure after so long without one is told again
RENEW_S = 300.0  # how often topics in use are kept from being forgotten
KEPT_TOPICS = 1_000  # remembered as kept; with more of them all are kept anew

DOWN = (RedisError, OSError, TimeoutError)

log = structlog.get_logger()


class Bus(Protocol):
    """One process's access to the bus, under its `name`."""

    name: str

    def publish(self, topic: str, payload: bytes) -> None:
        """Queue a message for everybody who is subscribed to `topic`, ourselves included.

        Raises RuntimeError inside a transaction, which may be undone: use `after_commit`."""

    async def subscribe(self, topic: str, handler: Handler, lost: Lost | None = None) -> Unsubscribe:
        """Have `handler` called with each message from now on, and `lost` when some went missing."""

    async def flush(self) -> None:
        """Wait until everything published so far is in the bus's own hands."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(eq=False, slots=True)
class _Subscription:
    handler: Handler
    lost: Lost | None
    open: bool = True

    def deliver(self, sender: str, payload: bytes) -> None:
        if not self.open:
            return
        try:
            self.handler(sender, payload)
        except Exception:  # one subscriber's mistake must not stop the others
            log.exception("bus subscriber failed")

    def report_loss(self) -> None:
        if self.open and self.lost is not None:
            try:
                self.lost()
            except Exception:
                log.exception("bus subscriber failed on a loss")


# --- memory


class MemoryExchange:
    """What the memory buses of one process share."""

    def __init__(self) -> None:
        self.topics: dict[str, list[_Subscription]] = defaultdict(list)


class MemoryBus:
    """A bus within one process; nothing is ever lost."""

    def __init__(self, name: str, exchange: MemoryExchange | None = None) -> None:
        self.name = name
        self._topics = (exchange or MemoryExchange()).topics

    def publish(self, topic: str, payload: bytes) -> None:
        require_no_transaction()
        loop = asyncio.get_running_loop()
        for subscription in self._topics.get(topic, ()):
            loop.call_soon(subscription.deliver, self.name, payload)

    async def subscribe(self, topic: str, handler: Handler, lost: Lost | None = None) -> Unsubscribe:
        subscription = _Subscription(handler, lost)
        self._topics[topic].append(subscription)
        return lambda: _end(self._topics[topic], subscription)

    async def flush(self) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def _end(subscriptions: list[_Subscription], subscription: _Subscription) -> None:
    subscription.open = False
    if subscription in subscriptions:
        subscriptions.remove(subscription)


# --- Redis


@dataclass(eq=False, slots=True)
class _Topic:
    """What we read of one stream: up to where, and the number of each publisher's last message.

    `position` is None until the stream's end was looked up."""

    position: str | None = None
    subscriptions: list[_Subscription] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def take(self, sender: str, number: int, payload: bytes) -> None:
        """Deliver one message, unless it is one that came twice; notice those that never came."""
        last = self.numbers.get(sender)
        if last is not None and number <= last:
            return
        self.numbers[sender] = number
        if last is not None and number > last + 1:
            self.report_loss()
        for subscription in tuple(self.subscriptions):
            subscription.deliver(sender, payload)

    def report_loss(self) -> None:
        for subscription in tuple(self.subscriptions):
            subscription.report_loss()


@dataclass(frozen=True, slots=True)
class _Outgoing:
    topic: str
    number: int
    payload: bytes


def connect(url: str) -> Redis:
    """A client that reports a failure at once: who uses it supervises itself."""
    return Redis.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=ANSWER_S,
        socket_timeout=ANSWER_S,
    )


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks that talk to Redis. Up to Python 3.11 `wait_for` swallows a cancellation that comes
    together with its result, so they are told until they listen."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_S)


class RedisBus:
    """Each topic is a Redis stream; its entry ids are the sequence that readers catch up by.

    A message that may or may not have arrived when a connection broke is sent again; its number, counted
    by publisher and topic, lets readers tell the copy."""

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self._redis = connect(url)
        self._topics: dict[str, _Topic] = {}
        self._outgoing: deque[_Outgoing] = deque()
        self._numbers: dict[str, int] = defaultdict(int)
        self._queued = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._epoch: bytes | None = None
        self._renewed_at = 0.0
        self._kept: dict[str, float] = {}  # written topics, and when they were last kept for a while
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def start(self) -> None:
        await self.subscribe(self._own_topic, lambda sender, payload: None)
        self._tasks = (
            asyncio.create_task(self._supervise(self._read), name="bus reader"),
            asyncio.create_task(self._supervise(self._write), name="bus writer"),
        )

    async def stop(self) -> None:
        """Send what waits, if that is possible now, and disconnect."""
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self.flush()
        await end(*self._tasks)
        with suppress(*DOWN):
            await self._redis.aclose()

    @property
    def _own_topic(self) -> str:
        """Nobody else uses it: a message there ends a read that waits on the topics of before."""
        return f"wake:{self.name}"

    # --- publishing

    def publish(self, topic: str, payload: bytes) -> None:
        require_no_transaction()
        self._numbers[topic] += 1
        if len(self._outgoing) >= WAITING_MAX:  # its number is missing then, and readers notice
            return
        self._outgoing.append(_Outgoing(topic, self._numbers[topic], payload))
        self._drained.clear()
        self._queued.set()

    async def flush(self) -> None:
        await self._drained.wait()

    async def _write(self) -> None:
        """Send what is queued, a batch each round trip; what fails stays queued."""
        self._kept.clear()  # it may be another Redis
        while True:
            await self._queued.wait()
            batch = tuple(islice(self._outgoing, BATCH))
            await self._send(batch)
            for _ in batch:
                self._outgoing.popleft()
            if not self._outgoing:
                self._queued.clear()
                self._drained.set()

    async def _send(self, batch: Sequence[_Outgoing]) -> None:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for message in batch:
                fields: dict[Any, Any] = {"by": self.name, "n": message.number, "m": message.payload}
                pipeline.xadd(PREFIX + message.topic, fields, maxlen=KEPT, approximate=True)
            for topic in self._to_keep(batch):
                pipeline.expire(PREFIX + topic, KEPT_S)
            await pipeline.execute()

    def _to_keep(self, batch: Sequence[_Outgoing]) -> list[str]:
        """Topics of these messages that were not kept from being forgotten for a while."""
        now = time.monotonic()
        if len(self._kept) > KEPT_TOPICS:
            self._kept.clear()
        due = {one.topic for one in batch if now - self._kept.get(one.topic, -RENEW_S) >= RENEW_S}
        self._kept.update(dict.fromkeys(due, now))
        return list(due)

    # --- reading

    async def subscribe(self, topic: str, handler: Handler, lost: Lost | None = None) -> Unsubscribe:
        """Where Redis is away, messages count from when it is back."""
        subscription = _Subscription(handler, lost)
        known = self._topics.setdefault(topic, _Topic())
        if known.position is None:
            with suppress(*DOWN):
                await self._locate(topic, known)
            self.publish(self._own_topic, b"")
        known.subscriptions.append(subscription)
        return lambda: self._unsubscribe(topic, subscription)

    def _unsubscribe(self, topic: str, subscription: _Subscription) -> None:
        known = self._topics.get(topic)
        if known is not None:
            _end(known.subscriptions, subscription)
            if not known.subscriptions:
                del self._topics[topic]

    async def _locate(self, name: str, topic: _Topic) -> None:
        """Begin at the stream's end; the reader and a subscriber may both be asking."""
        newest = await self._redis.xrevrange(PREFIX + name, count=1)
        if topic.position is None:
            topic.position = cast("bytes", newest[0][0]).decode() if newest else "0-0"

    async def _read(self) -> None:
        """Notice a Redis without its data, then read on from where we were."""
        await self._compare_epochs()
        while True:
            await self._renew()
            for name, topic in tuple(self._topics.items()):
                if topic.position is None:
                    await self._locate(name, topic)
            await self._read_once()

    async def _read_once(self) -> None:
        """Of the topics whose place is known: one may have been added a moment ago."""
        known = {
            name: topic.position for name, topic in self._topics.items() if topic.position is not None
        }
        streams: dict[Any, Any] = {PREFIX + name: position for name, position in known.items()}
        found = await self._redis.xread(streams, count=BATCH, block=BLOCK_MS)
        for key, entries in cast("list[tuple[bytes, list[tuple[bytes, Any]]]]", found or []):
            topic = self._topics.get(key.decode().removeprefix(PREFIX))
            for entry, fields in entries:
                if topic is not None:
                    topic.position = entry.decode()
                    topic.take(fields[b"by"].decode(), int(fields[b"n"]), fields[b"m"])

    async def _compare_epochs(self) -> None:
        await cast("Awaitable[Any]", self._redis.set(EPOCH_KEY, uuid4().hex, nx=True))
        epoch = await cast("Awaitable[bytes]", self._redis.get(EPOCH_KEY))
        before, self._epoch = self._epoch, epoch
        if before is not None and before != epoch:
            log.warning("Redis came back without its data")
            for topic in tuple(self._topics.values()):
                topic.position = "0-0"
                topic.report_loss()

    async def _renew(self) -> None:
        """Keep the topics that we read from being forgotten while nobody publishes."""
        if time.monotonic() - self._renewed_at < RENEW_S:
            return
        async with self._redis.pipeline(transaction=False) as pipeline:
            for topic in self._topics:
                pipeline.expire(PREFIX + topic, KEPT_S)
            await pipeline.execute()
        self._renewed_at = time.monotonic()

    async def _supervise(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` again whenever Redis failed it, until cancelled."""
        failed_at = -STEADY_S
        while True:
            try:
                await work()
            except DOWN as error:
                if time.monotonic() - failed_at > STEADY_S:
                    log.warning("Redis can't be reached", work=work.__name__, error=str(error))
                failed_at = time.monotonic()
                await asyncio.sleep(PAUSE_S)
