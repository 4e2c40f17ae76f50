"""What a seat needs of its node, handed down as one value."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiortc.rtcdtlstransport import RTCCertificate

from media.metrics import NodeMetrics
from media.protocol.codec import Message
from media.protocol.control import QualityMinute
from media.recording.recorder import Recorder
from media.transport.udp import UdpEndpoint


@dataclass(frozen=True)
class Services:
    """`clock` is monotonic seconds, `wall_ms` Unix milliseconds, `say` tells the participant's server and
    `keep` tells it until it has been kept there; `strained` when the node has more to do than it can."""

    endpoint: UdpEndpoint
    certificate: RTCCertificate
    advertised_ips: tuple[str, ...]
    recorder: Recorder
    metrics: NodeMetrics
    clock: Callable[[], float]
    wall_ms: Callable[[], int]
    say: Callable[[Message], None]
    keep: Callable[[QualityMinute], None]
    strained: Callable[[], bool]
    random: random.Random = field(default_factory=random.SystemRandom)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def candidates(self) -> tuple[tuple[str, int], ...]:
        return tuple((address, self.endpoint.port) for address in self.advertised_ips)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` (closing a transport) beside everything else; `finish` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)
