"""A place in a room, as the reader of a socket uses it."""

from __future__ import annotations

from typing import Protocol

import structlog

from media.protocol.browser import decode_client
from media.protocol.codec import MessageError
from media.protocol.messages import Error
from server.classroom.conduct import rights
from server.classroom.conduct.waiting import Waiter
from server.classroom.dispatch import dispatch
from server.classroom.hub import Hub
from server.classroom.room import Member, Room
from server.classroom.wire import frame_of
from server.edge.wire import Wire

INTERNAL = Error(code="internal", message="This did not work. It has been noted.")

log = structlog.get_logger()


class Place(Protocol):
    """Somebody's place, in this process or in another one."""

    async def settle(self) -> None:
        """Do what has become due by their coming."""

    async def take(self, text: str) -> None:
        """Do what one message asks."""

    def leave(self, *, clean: bool) -> None:
        """The socket is closed; `clean` after a goodbye."""


class PlaceHere:
    """A place in a room of this process."""

    def __init__(self, hub: Hub, room: Room, member: Member, wire: Wire) -> None:
        self._hub = hub
        self._room = room
        self._member = member
        self._wire = wire

    async def settle(self) -> None:
        """Whoever lost their right while they came in is put out: from now on news of it finds them."""
        why = await rights.objection(self._room.lesson.session_id, self._member.user_id)
        if why is not None:
            self._hub.put_out_of(self._room.lesson.session_id, self._member.user_id, why)
        else:
            await self._hub.settle(self._room)

    async def take(self, text: str) -> None:
        """What is wrong with a message is answered, and the socket stays open."""
        try:
            message = decode_client(text)
            await dispatch(self._hub, self._room, self._member, message)
            self._hub.engagements.did(self._room, self._member, message)
        except MessageError as error:
            self._wire.send(frame_of(Error(code=error.code, message=error.message, re=error.re)))
        except Exception:  # a mistake of ours must not cost somebody the lesson
            log.exception("room message failed", room=self._room.id)
            self._wire.send(frame_of(INTERNAL))

    def leave(self, *, clean: bool) -> None:
        self._hub.left(self._room, self._member, self._wire, clean=clean)


class PlaceInLine:
    """A place at the door, which becomes one in the room when its person is let in."""

    def __init__(self, hub: Hub, waiter: Waiter) -> None:
        self._hub = hub
        self._waiter = waiter

    @property
    def _inside(self) -> PlaceHere | None:
        waiter = self._waiter
        return PlaceHere(self._hub, waiter.room, waiter.seated, waiter.wire) if waiter.seated else None

    async def settle(self) -> None:
        waiter = self._waiter
        why = await rights.objection(waiter.room.lesson.session_id, waiter.user_id)
        if why is not None:
            self._hub.put_out_of(waiter.room.lesson.session_id, waiter.user_id, why)

    async def take(self, text: str) -> None:
        """Nothing is heard of those who wait."""
        if self._inside is not None:
            await self._inside.take(text)

    def leave(self, *, clean: bool) -> None:
        if self._inside is not None:
            self._inside.leave(clean=clean)
        else:
            self._hub.gave_up(self._waiter)
