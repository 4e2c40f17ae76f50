"""How people behave with each other in a room, on the wire: admission, moderation, hands and their order,
reactions, who shares the screen, what becomes of lines of chat."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from media.protocol.codec import Message
from media.protocol.messages import Id, RoomState

MOMENT_LABEL = 80  # characters

Emoji = Literal["clap", "heart", "laugh", "surprised", "thumbs-up", "celebrate"]
TypingWhere = Literal["chat", "notes"]
ModerateAction = Literal[
    "admit",
    "admit-all",
    "deny",
    "mute",
    "mute-all",
    "stop-video",
    "stop-screen",
    "lower-hand",
    "lower-hands",
    "remove",
    "readmit",
    "lock",
    "unlock",
    "allow-screen",
    "disallow-screen",
    "cohost",
    "uncohost",
    "admission-on",
    "admission-off",
]

# --- browser to server


class ReactionSend(Message):
    type: Literal["reaction"] = "reaction"
    emoji: Emoji


class LostMeSend(Message):
    """I can't follow just now. Those who lead the room hear how many said so, not who."""

    type: Literal["lost-me"] = "lost-me"


class MomentSend(Message):
    """Marks this moment, to be found again afterwards."""

    type: Literal["moment"] = "moment"
    label: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOMENT_LABEL)] = ""


class TypingSend(Message):
    """Said again every three seconds while somebody types; it holds for five."""

    type: Literal["typing"] = "typing"
    to: Id | None = None
    where: TypingWhere = "chat"


class ShareSend(Message):
    """Take the floor for the screen, or wait for it in the queue; or give either up."""

    type: Literal["share"] = "share"
    wanted: bool


class ChatRemove(Message):
    """Takes a line back: one's own for ten minutes, anybody's for those who lead the room."""

    type: Literal["chat-remove"] = "chat-remove"
    id: Id


class Moderate(Message):
    """What those who lead the room do. `participant` is a participant, for `admit` and `deny` somebody of
    `knock`, for `readmit` somebody of `removed`."""

    type: Literal["moderate"] = "moderate"
    action: ModerateAction
    participant: Id | None = None


# --- server to browser


class Reaction(Message):
    type: Literal["reaction"] = "reaction"
    participant: Id
    emoji: Emoji


class LostMe(Message):
    """How many people said in the last two minutes that they can't follow: to those who lead the room.
    Who said it gets it back with `count` 1."""

    type: Literal["lost-me"] = "lost-me"
    count: Annotated[int, Field(ge=0)]
    at: str


class Moment(Message):
    """A marked moment: the mentor's to all, a learner's to themselves. `at_ms` is its place in the
    recording."""

    type: Literal["moment"] = "moment"
    id: Id
    participant: Id
    label: str
    at: str
    at_ms: int | None = None


class Typing(Message):
    type: Literal["typing"] = "typing"
    participant: Id
    to: Id | None = None
    where: TypingWhere = "chat"


class Room(Message):
    """What holds for the whole room has changed."""

    type: Literal["room"] = "room"
    state: RoomState


class Waiting(Message):
    """You wait to be let in: `joined` follows, or an `error` (`denied`, `locked`) and the close."""

    type: Literal["waiting"] = "waiting"


class Person(Message):
    """Somebody who is not in the room."""

    id: Id
    name: str


class Knock(Message):
    """Who waits to be let in now, in order; to those who lead the room."""

    type: Literal["knock"] = "knock"
    waiting: list[Person]


class Removed(Message):
    """Who was put out and may not come back until that is taken back (`moderate` `readmit`); to those who
    lead the room."""

    type: Literal["removed"] = "removed"
    people: list[Person]


class Moderated(Message):
    """Somebody who leads the room did this to you (`by` is a participant): turn the microphone, the
    camera or the screen off where `action` says so."""

    type: Literal["moderated"] = "moderated"
    action: ModerateAction
    by: Id


class ShareWanted(Message):
    """Somebody without a grant asks to share their screen; to those who lead the room."""

    type: Literal["share-wanted"] = "share-wanted"
    participant: Id


class ChatRemoved(Message):
    """This line was taken back."""

    type: Literal["chat-removed"] = "chat-removed"
    id: Id


FROM_BROWSERS: tuple[type[Message], ...] = (
    ReactionSend,
    LostMeSend,
    MomentSend,
    TypingSend,
    ShareSend,
    ChatRemove,
    Moderate,
)
TO_BROWSERS: tuple[type[Message], ...] = (
    Reaction,
    LostMe,
    Moment,
    Typing,
    Room,
    Waiting,
    Knock,
    Removed,
    Moderated,
    ShareWanted,
    ChatRemoved,
)
