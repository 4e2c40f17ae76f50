"""What browsers say that the media node has to hear: passed on unchanged, with room and participant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import PydanticSerializationError

from media.protocol import control
from media.protocol.codec import Message, MessageError
from media.protocol.messages import Answer, IceCandidate, Offer, Subscribe
from server.classroom.node_side import NO_NODE
from server.classroom.room import Member, Room


def _subscribe(address: dict[str, str], message: Subscribe) -> Message:
    return control.PeerSubscribe(
        **address,
        publisher=message.participant,
        source=message.source,
        quality=message.quality,
        width=message.width,
    )


FOR_NODES: dict[type[Message], Callable[[dict[str, str], Any], Message]] = {
    Offer: lambda address, message: control.PeerOffer(
        **address, offer=message.offer, tracks=message.tracks, connection=message.connection
    ),
    Answer: lambda address, message: control.PeerAnswer(**address, answer=message.answer),
    IceCandidate: lambda address, message: control.PeerCandidate(**address, candidate=message.candidate),
    Subscribe: _subscribe,
}


def pass_to_node(room: Room, member: Member, message: Message) -> None:
    """Raises MessageError `malformed`, and `media_unavailable` or `media_full` while there is no node: a
    `reset` follows as soon as it has."""
    address, kind = {"room": room.id, "participant": member.id}, message.type  # type: ignore[attr-defined]
    try:
        passed_on = room.tell_node(FOR_NODES[type(message)](address, message))
    except PydanticSerializationError as error:  # lone surrogates, values nested too deeply
        raise MessageError("malformed", "This can't be passed on.", kind) from error
    if not passed_on:
        member.turned_away = True
        why = room.waits_for or NO_NODE
        raise MessageError(why.code, why.message, kind)
