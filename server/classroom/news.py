"""What happens outside of rooms and concerns one: told to its home, whichever process that is.

Jobs and REST come through here. The process that learns of something does its own part first and then
tells all others, since each knows for itself whether the room is there. What was lost on the way is
found in the database.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

import structlog

from media.protocol.messages import Error
from server.accounts import service as accounts
from server.classroom import consent, state
from server.classroom.hub import Hub
from server.classroom.nodes import NodePool
from server.infra.bus import Bus
from server.infra.errors import Unavailable

TOPIC = "classroom"
TOLD_S = 5.0  # a bus that does not take it for so long fails the job, which is tried again

log = structlog.get_logger()


class News:
    """`hub` is None in a process that has no rooms (a worker of its own)."""

    def __init__(self, bus: Bus, hub: Hub | None) -> None:
        self._bus = bus
        self._hub = hub
        self._heard: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._acting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._hub is not None:
            await self._bus.subscribe(TOPIC, self._hear, self._lost)
            self._acting = asyncio.create_task(self._act(self._hub), name="classroom news")

    async def stop(self) -> None:
        if self._acting is not None:
            self._acting.cancel()
            await asyncio.gather(self._acting, return_exceptions=True)

    # --- telling

    async def session_started(self, session_id: UUID) -> None:
        """The session was declared live."""
        if self._hub is not None:
            await self._hub.session_started(session_id)
        await self._tell("started", session=str(session_id))

    async def session_ended(self, session_id: UUID, reason: str) -> None:
        """Ended, cancelled or missed: the room is closed for good."""
        if self._hub is not None:
            await self._hub.session_ended(session_id, reason)
        else:
            await state.close(session_id)
        await self._tell("ended", session=str(session_id), reason=reason)

    async def answer_consent(
        self, session_id: UUID, user_id: int, given: bool, version: str | None
    ) -> None:
        """Raises Conflict for a yes to words that are not asked any more."""
        if self._hub is not None:
            await self._hub.answer_consent(session_id, user_id, given, version)
        else:
            consent.check_text(given, version)
            await consent.answer(session_id, user_id, given, version)
        await self._tell("consent", session=str(session_id), user=user_id, given=given)

    async def logins_ended(self, ended: accounts.Ended) -> None:
        """Who came in by these logins is put out of their rooms."""
        if self._hub is not None:
            self._hub.put_out(ended)
        await self._tell("logins_ended", **asdict(ended))

    async def seat_lost(self, session_id: UUID, user_id: int, why: Error) -> None:
        """Somebody has no right to be in the room any more: they are put out of it."""
        if self._hub is not None:
            self._hub.put_out_of(session_id, user_id, why)
        reason = {"code": why.code, "message": why.message}
        await self._tell("seat_lost", session=str(session_id), user=user_id, why=reason)

    def acknowledge_segment(self, node_url: str, segment: str) -> None:
        """Let the node delete a stored segment's file. Lost, it is announced again."""
        if self._hub is None or not self._hub.acknowledge_segment(node_url, segment):
            self._publish("acknowledged", node_url=node_url, segment=segment)

    def recording_stored(self, session_id: UUID) -> None:
        if self._hub is not None:
            self._hub.recording_stored(session_id)
        self._publish("stored", session=str(session_id))

    @property
    def nodes(self) -> NodePool | None:
        """The media nodes as this process is linked to them."""
        return self._hub.nodes if self._hub is not None else None

    async def nodes_drained(self) -> None:
        """Which media nodes are drained has changed."""
        if self._hub is not None:
            await self._hub.follow_drains()
        self._publish("drained")

    async def _tell(self, kind: str, **fields: Any) -> None:
        """Raises Unavailable when the bus can't be reached; it is told later all the same."""
        self._publish(kind, **fields)
        try:
            async with asyncio.timeout(TOLD_S):
                await self._bus.flush()
        except TimeoutError as error:
            raise Unavailable from error

    def _publish(self, kind: str, **fields: Any) -> None:
        self._bus.publish(TOPIC, json.dumps([kind, fields]).encode())

    # --- hearing

    def _hear(self, sender: str, payload: bytes) -> None:
        if sender != self._bus.name:
            kind, fields = json.loads(payload)
            self._heard.put_nowait((kind, fields))

    def _lost(self) -> None:
        self._heard.put_nowait(("lost", {}))

    async def _act(self, hub: Hub) -> None:
        while True:
            kind, fields = await self._heard.get()
            try:
                await ACTIONS[kind](hub, fields)
            except Exception:
                log.exception("classroom news failed", kind=kind)


Action = Callable[[Hub, dict[str, Any]], Awaitable[None]]


async def _started(hub: Hub, fields: dict[str, Any]) -> None:
    await hub.session_started(UUID(fields["session"]))


async def _ended(hub: Hub, fields: dict[str, Any]) -> None:
    await hub.session_ended(UUID(fields["session"]), fields["reason"])


async def _consent(hub: Hub, fields: dict[str, Any]) -> None:
    await hub.consent_answered(UUID(fields["session"]), fields["user"], fields["given"])


async def _logins_ended(hub: Hub, fields: dict[str, Any]) -> None:
    hub.put_out(accounts.Ended(**fields))


async def _seat_lost(hub: Hub, fields: dict[str, Any]) -> None:
    hub.put_out_of(UUID(fields["session"]), fields["user"], Error(**fields["why"]))


async def _acknowledged(hub: Hub, fields: dict[str, Any]) -> None:
    hub.acknowledge_segment(fields["node_url"], fields["segment"])


async def _stored(hub: Hub, fields: dict[str, Any]) -> None:
    hub.recording_stored(UUID(fields["session"]))


async def _drained(hub: Hub, fields: dict[str, Any]) -> None:
    await hub.follow_drains()


async def _catch_up(hub: Hub, fields: dict[str, Any]) -> None:
    await hub.catch_up()


ACTIONS: dict[str, Action] = {
    "started": _started,
    "ended": _ended,
    "consent": _consent,
    "logins_ended": _logins_ended,
    "seat_lost": _seat_lost,
    "acknowledged": _acknowledged,
    "stored": _stored,
    "drained": _drained,
    "lost": _catch_up,
}
