"""One technical check under way: two peers of one browser in a room of their own at a media node.

Nothing of it is kept. Synchronous: frames of the browser and messages of the node come in, and go out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args
from uuid import uuid4

from pydantic_core import PydanticSerializationError

from media.protocol import control
from media.protocol.checking import ROOM_PREFIX, CheckLeg, decode_said, encode_as
from media.protocol.codec import Message, MessageError
from media.protocol.messages import Error, Ping, Pong, QualityReport, Reset
from server.classroom.link import NodeLink
from server.classroom.node_events import CLOSED_BY_PEER, FOR_BROWSERS
from server.classroom.relay import FOR_NODES
from server.classroom.wire import frame_of
from server.edge.wire import Wire, text_frame

HOME = 1  # the room has one home, ever
LEGS: tuple[CheckLeg, ...] = get_args(CheckLeg)


class Trial:
    """Who checks what, and by which socket. `epoch` is the start of the node that knows the two peers."""

    def __init__(self, link: NodeLink, user_id: int, login_id: int, wire: Wire) -> None:
        self.room = f"{ROOM_PREFIX}{uuid4()}"
        self.link = link
        self.epoch = link.epoch
        self.user_id = user_id
        self.login_id = login_id
        self.wire = wire
        self._handlers: dict[type[Message], Callable[[CheckLeg, Any], None]] = {
            control.PeerQuality: self._quality,
            control.PeerDisconnected: self._disconnected,
            **dict.fromkeys(FOR_BROWSERS, self._pass_on),
        }

    def begin(self) -> None:
        for leg in LEGS:
            self._tell_node(control.Join(room=self.room, participant=leg))

    def end(self) -> None:
        self._tell_node(control.CloseRoom(room=self.room))

    # --- what the browser says

    def take(self, text: str) -> None:
        """What is wrong with a frame is answered, and the check goes on."""
        try:
            leg, message = decode_said(text)
        except MessageError as error:
            self.say_plainly(Error(code=error.code, message=error.message, re=error.re))
            return
        if isinstance(message, Ping):
            self.say(leg, Pong(t=message.t))
        else:
            self._relay(leg, message)

    def _relay(self, leg: CheckLeg, message: Message) -> None:
        address = {"room": self.room, "participant": leg}
        try:
            self._tell_node(FOR_NODES[type(message)](address, message))
        except PydanticSerializationError:  # lone surrogates, values nested too deeply
            self.say(leg, Error(code="malformed", message="This can't be passed on."))

    # --- what the node says

    def hear(self, message: Message) -> None:
        handler = self._handlers.get(type(message))
        leg = getattr(message, "participant", None)
        if handler is not None and leg in LEGS:
            handler(leg, message)

    def _pass_on(self, leg: CheckLeg, message: Message) -> None:
        fields = message.model_dump(exclude={"room", "participant", "home"}, exclude_none=True)
        self.say(leg, FOR_BROWSERS[type(message)].model_validate(fields))

    def _quality(self, leg: CheckLeg, message: control.PeerQuality) -> None:
        fields = message.model_dump(exclude={"type", "room", "participant", "about", "home"})
        self.say(leg, QualityReport(participant=message.about, **fields))

    def _disconnected(self, leg: CheckLeg, message: control.PeerDisconnected) -> None:
        if message.reason != CLOSED_BY_PEER:
            self.say(leg, Reset(reason="media_lost"))

    def say(self, leg: CheckLeg, message: Message) -> None:
        self.wire.send(text_frame(encode_as(leg, message)))

    def say_plainly(self, message: Message) -> None:
        """To neither peer: it is about the check."""
        self.wire.send(frame_of(message))

    def _tell_node(self, message: Message) -> None:
        self.link.send(message.model_copy(update={"home": HOME}))
