"""A UDP relay that holds each datagram back for a while of its own: delay and jitter, with reordering.

`python -m scripts.benchmarks.viewers.relay HOST TARGET_PORT DELAY_MS JITTER_MS` prints its port."""

from __future__ import annotations

import asyncio
import random
import sys
from typing import cast

Address = tuple[str, int]


class Relay(asyncio.DatagramProtocol):
    """Each client gets a socket of its own towards the target, so that answers find their way back."""

    def __init__(self, target: Address, delay_s: float, jitter_s: float) -> None:
        self._target = target
        self._delay, self._jitter = delay_s, jitter_s
        self._beyond: dict[Address, asyncio.Task[_Beyond]] = {}
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        beyond = self._beyond.get(addr)
        if beyond is None:
            beyond = self._beyond[addr] = asyncio.create_task(self._reach(addr))
        beyond.add_done_callback(lambda done: self._later(done.result().transport.sendto, data))

    def back(self, data: bytes, client: Address) -> None:
        self._later(self._transport.sendto, data, client)

    async def _reach(self, client: Address) -> _Beyond:
        _, beyond = await self._loop.create_datagram_endpoint(
            lambda: _Beyond(self, client), remote_addr=self._target
        )
        return beyond

    def _later(self, send: object, *args: object) -> None:
        held = self._delay + random.uniform(0, self._jitter)
        self._loop.call_later(held, send, *args)  # type: ignore[arg-type]


class _Beyond(asyncio.DatagramProtocol):
    def __init__(self, relay: Relay, client: Address) -> None:
        self._relay, self._client = relay, client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._relay.back(data, self._client)


async def main() -> None:
    host, port, delay, jitter = sys.argv[1], *map(int, sys.argv[2:5])
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Relay((host, port), delay / 1000, jitter / 1000), local_addr=(host, 0)
    )
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
