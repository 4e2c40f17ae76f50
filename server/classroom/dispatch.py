"""What browsers say in a room: one table from message to handler."""

from __future__ import annotations

from media.protocol.codec import Message, MessageError
from media.protocol.messages import (
    Answer,
    IceCandidate,
    Offer,
    Ping,
    Pong,
    RecordingSend,
    Subscribe,
)
from server.classroom import course
from server.classroom.conduct import handlers as conduct
from server.classroom.handling import Handler
from server.classroom.hub import Hub
from server.classroom.relay import pass_to_node
from server.classroom.room import Member, Room
from server.classroom.teaching import handlers as teaching
from server.infra.errors import Conflict


async def _relay(hub: Hub, room: Room, member: Member, message: Message) -> None:
    pass_to_node(room, member, message)


async def _pong(hub: Hub, room: Room, member: Member, message: Ping) -> None:
    room.tell(member, Pong(t=message.t))


async def _recording(hub: Hub, room: Room, member: Member, message: RecordingSend) -> None:
    if message.consent is None and message.action is None:
        raise MessageError("invalid", "Send consent or an action.", message.type)
    if message.action is not None:
        await course.hold_recording(room, member, message.action)
        await hub.settle(room)
    if message.consent is not None:
        await _consent(hub, room, member, message)


async def _consent(hub: Hub, room: Room, member: Member, message: RecordingSend) -> None:
    given, version = bool(message.consent), message.text_version
    try:
        await hub.answer_consent(room.lesson.session_id, member.user_id, given, version)
    except Conflict as error:
        raise MessageError(error.code, error.message, message.type) from error


HANDLERS: dict[type[Message], Handler] = {
    **conduct.HANDLERS,
    **teaching.HANDLERS,
    Offer: _relay,
    Answer: _relay,
    IceCandidate: _relay,
    Subscribe: _relay,
    Ping: _pong,
    RecordingSend: _recording,
}


async def dispatch(hub: Hub, room: Room, member: Member, message: Message) -> None:
    """Do what `message` asks. Raises MessageError."""
    await HANDLERS[type(message)](hub, room, member, message)
