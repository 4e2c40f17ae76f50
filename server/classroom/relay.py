"""What browsers say that the media node has to hear: passed on unchanged, with room and participant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from media.protocol import control
from media.protocol.codec import Message, MessageError
from media.protocol.messages import Answer, IceCandidate, Offer, Subscribe
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
    """Raises MessageError `media_unavailable` while no node is linked; a `reset` follows when one is."""
    address = {"room": room.id, "participant": member.id}
    if room.tell_node(FOR_NODES[type(message)](address, message)):
        return
    member.turned_away = True
    raise MessageError(
        "media_unavailable",
        "The media server can't be reached just now. You are connected again as soon as it can.",
        message.type,  # type: ignore[attr-defined]
    )
