"""What browsers say of each other: one table from message to handler."""

from __future__ import annotations

from media.protocol.codec import Message, MessageError
from media.protocol.conduct import (
    ChatRemove,
    LostMeSend,
    Moderate,
    MomentSend,
    ReactionSend,
    ShareSend,
    TypingSend,
)
from media.protocol.messages import ChatSend, HandSend, MediaSend, MediaState
from server.classroom.conduct import expressing, saying, sharing, silencing
from server.classroom.conduct.moderation import moderate
from server.classroom.handling import Handler
from server.classroom.hub import Hub
from server.classroom.room import Member, Room


async def _share(hub: Hub, room: Room, member: Member, message: ShareSend) -> None:
    if message.wanted:
        sharing.ask(hub.agenda, room, member)
    else:
        sharing.give_up(hub.agenda, room, member)


async def _media(hub: Hub, room: Room, member: Member, message: MediaSend) -> None:
    """What they show is said, but for a screen that they may not show."""
    said = MediaState(camera=message.camera, microphone=message.microphone, screen=message.screen)
    media = silencing.heed(room, member, said)
    refused, ends = None, member.media.screen and not media.screen
    if media.screen and not member.media.screen:
        try:
            sharing.start(hub.agenda, room, member)
        except MessageError as error:
            refused, media = error, media.model_copy(update={"screen": False})
    sharing.show(room, member, media)
    if ends:
        sharing.give_up(hub.agenda, room, member)
    if refused is not None:
        raise refused


HANDLERS: dict[type[Message], Handler] = {
    MediaSend: _media,
    ShareSend: _share,
    HandSend: expressing.hand,
    ReactionSend: expressing.reaction,
    LostMeSend: expressing.lost_me,
    MomentSend: expressing.moment,
    TypingSend: expressing.typing,
    ChatSend: saying.say,
    ChatRemove: saying.remove,
    Moderate: moderate,
}
