"""A place in a room, as the reader of a socket uses it."""

from __future__ import annotations

from typing import Protocol

import structlog

from media.protocol.browser import decode_client
from media.protocol.codec import MessageError
from media.protocol.messages import Error
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
        await self._hub.settle(self._room)

    async def take(self, text: str) -> None:
        """What is wrong with a message is answered, and the socket stays open."""
        try:
            await dispatch(self._hub, self._room, self._member, decode_client(text))
        except MessageError as error:
            self._wire.send(frame_of(Error(code=error.code, message=error.message, re=error.re)))
        except Exception:  # a mistake of ours must not cost somebody the lesson
            log.exception("room message failed", room=self._room.id)
            self._wire.send(frame_of(INTERNAL))

    def leave(self, *, clean: bool) -> None:
        self._hub.left(self._room, self._member, self._wire, clean=clean)
