"""The sockets of this process on which people hear of what is new.

A socket is only told to look: it reads from the database what came after the last number it has said. So
nothing is missed or said twice, whatever the bus lost, and whichever process it was written by."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import web

from server.accounts.service import Ended
from server.edge.api import as_json
from server.edge.wire import Wire, text_frame
from server.infra.bus import Bus
from server.infra.errors import Unavailable
from server.notifications import centre
from server.notifications.centre import Known
from server.notifications.inboxes import unread
from server.notifications.waking import TOPIC

BATCH = 50  # notifications read at once
RETRY_S = 1.0  # between tries to read, while the database is away
RESYNC = {"type": "resync"}  # what is not in the centre may have changed unheard

log = structlog.get_logger()


class Listener:
    """One socket, and up to where it knows."""

    def __init__(self, wire: Wire, user_id: int, login_id: int, known: Known) -> None:
        self.wire = wire
        self.user_id = user_id
        self.login_id = login_id
        self._known = known
        self._woken = asyncio.Event()
        self._woken.set()

    def look(self) -> None:
        self._woken.set()

    def say(self, message: Any) -> None:
        self.wire.send(text_frame(as_json(message)))

    async def follow(self) -> None:
        """Say what is new whenever told to look, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self._catch_up()
            except Unavailable:
                await asyncio.sleep(RETRY_S)
                self._woken.set()

    async def _catch_up(self) -> None:
        more = True
        while more:
            found = await centre.after(self.user_id, self._known.seq, BATCH)
            for seq, notification in found:
                self.say({"type": "notification", "notification": notification})
                self._known = Known(seq, notification.id)
            more = len(found) == BATCH
        count = await unread(self.user_id)
        self.say({"type": "unread", "count": count, "last": self._known.id})


class Listeners:
    """All of this process, by whose they are."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._of: dict[int, set[Listener]] = defaultdict(set)
        self._unsubscribe: Callable[[], None] | None = None

    async def start(self) -> None:
        self._unsubscribe = await self._bus.subscribe(TOPIC, self._hear, self._lost)

    def stop(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()

    def add(self, listener: Listener) -> None:
        self._of[listener.user_id].add(listener)

    def remove(self, listener: Listener) -> None:
        self._of[listener.user_id].discard(listener)
        if not self._of[listener.user_id]:
            del self._of[listener.user_id]

    def close_all(self, code: int) -> None:
        for listener in self._all():
            listener.wire.close(code)

    def _hear(self, sender: str, payload: bytes) -> None:
        told = json.loads(payload)
        for listener in tuple(self._of.get(told["user"], ())):
            if told["kind"] == "look":
                listener.look()
            elif told["kind"] == "say":
                listener.say(told["message"])
            else:
                _end(listener, Ended(told["user"], **told["ended"]))

    def _lost(self) -> None:
        for listener in self._all():
            listener.look()
            listener.say(RESYNC)

    def _all(self) -> list[Listener]:
        return [listener for listeners in self._of.values() for listener in listeners]


def _end(listener: Listener, ended: Ended) -> None:
    if ended.concerns(listener.user_id, listener.login_id):
        listener.wire.close(ended.code)


LISTENERS: web.AppKey[Listeners] = web.AppKey("listeners", Listeners)
