"""What a lesson is taught with, for tests of the room's page: the server's own rules, and no database.

What a change would store is dropped; it is said at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

from media.protocol import teaching as wire
from media.protocol.browser import decode_client
from media.protocol.codec import Message, MessageError, encode
from server.classroom.hub import Hub
from server.classroom.room import Member, Room
from server.classroom.teaching import saying
from server.classroom.teaching.desk import Desk
from server.classroom.teaching.handlers import HANDLERS
from server.classroom.teaching.keeping import Change
from server.infra import clock

OURS = {kind.model_fields["type"].default for kind in wire.FROM_BROWSERS}
OBJECTIVES = ("Hear the seventh of a dominant", "Find the third and the seventh", "Play ii–V–I in C")


class Journal:
    """Nothing is stored, so that nothing fails."""

    def add(self, entry: Change) -> None:
        entry.kept()


@dataclass
class Pupil:
    """One participant; `wire` hands frames to `hear`."""

    id: str
    seat_id: int
    name: str
    role: str = "learner"
    hear: Callable[[dict[str, Any]], None] = lambda message: None

    @property
    def wire(self) -> Pupil:
        return self

    def send(self, frame: bytes) -> None:
        self.hear(json.loads(frame[frame.index(b"{") :]))


@dataclass
class LessonMock:
    """The desk of the mocked room and the people at it: the browser's own person is `me`."""

    desk: Desk = field(default_factory=lambda: Desk(objectives=OBJECTIVES))
    members: dict[str, Any] = field(default_factory=dict)
    log: Any = field(default_factory=lambda: SimpleNamespace(now=clock.now, add=lambda event: None))
    lesson: Any = field(default_factory=lambda: SimpleNamespace(session_id=UUID(int=1)))

    def seat(self, id: str, name: str, role: str = "learner", **more: Any) -> None:
        known = self.members.get(id)
        number = known.seat_id if known else len(self.members) + 1
        self.members[id] = Pupil(id, number, name, role, **more)

    def greet(self) -> None:
        saying.greet(cast(Room, self), self.members["me"])

    def broadcast(self, message: Message) -> None:
        for member in self.members.values():
            self.tell(member, message)

    def tell(self, member: Pupil, message: Message) -> None:
        member.hear(json.loads(encode(message)))

    async def take(self, sender: str, said: dict[str, Any]) -> None:
        """Do what somebody says, as the server would."""
        hub, member = cast(Hub, SimpleNamespace(journal=Journal())), self.members[sender]
        try:
            message = decode_client(json.dumps(said))
            await HANDLERS[type(message)](hub, cast(Room, self), cast(Member, member), message)
        except MessageError as error:
            refused = {"code": error.code, "message": error.message, "re": said["type"]}
            member.hear({"type": "error", **refused})

    async def say(self, sender: str, kind: str, **fields: Any) -> str:
        """Somebody else's message; the id in it, where it makes something."""
        if "op" in fields and "id" not in fields:
            fields["id"] = str(uuid4())
        await self.take(sender, {"type": kind, **fields})
        return str(fields.get("id", ""))

    def texts(self) -> list[str]:
        """The paragraphs of the notes, from top to bottom."""
        return [one.text for one in self.desk.notes.live()]

    def drawn(self) -> list[Any]:
        return [one.item for one in self.desk.board.live()]
