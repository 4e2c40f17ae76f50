"""The technical check, on the wire: two peers of one browser over one socket, `/ws/check/{id}/`.

The server says `check` first. Every other frame is a message of the room socket with one more field,
`as`: it is of the peer that sends (`out`) or of the one that receives (`in`); errors of the check itself
have none. A node has both in a room of their own, whose name begins with `ROOM_PREFIX`.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from media.protocol.codec import Message, MessageError, decode, decode_object, encode
from media.protocol.messages import Answer, IceCandidate, Offer, Ping, Subscribe

ROOM_PREFIX = "check-"
CHECK_S = 180  # how long one may take

CheckLeg = Literal["out", "in"]
LEGS: tuple[str, ...] = get_args(CheckLeg)


class CheckBegun(Message):
    """What to try: `node` is the media node that the session's room has or would get now."""

    type: Literal["check"] = "check"
    node: str
    ice_servers: list[dict[str, Any]]
    seconds: int = CHECK_S


SAID_AS: dict[str, type[Message]] = {
    "offer": Offer,
    "answer": Answer,
    "ice-candidate": IceCandidate,
    "subscribe": Subscribe,
    "ping": Ping,
}

FROM_BROWSERS: tuple[type[Message], ...] = ()
TO_BROWSERS: tuple[type[Message], ...] = (CheckBegun,)


def is_check(room: str) -> bool:
    """Whether a media node's room is one that somebody checks in, and no lesson's."""
    return room.startswith(ROOM_PREFIX)


def decode_said(text: str) -> tuple[CheckLeg, Message]:
    """One frame of a checking browser. Raises MessageError."""
    leg = decode_object(text).get("as")
    if leg not in LEGS:
        raise MessageError("invalid", "as: say whether it is of `out` or of `in`.")
    return leg, decode(text, SAID_AS)


def encode_as(leg: CheckLeg, message: Message) -> str:
    """The JSON text of `message` to one of the two peers."""
    return f'{{"as":"{leg}",{encode(message)[1:]}'
