"""Microphones and cameras that somebody who leads turned off: their page is asked to, and the media node
lets no packet of them through until their person says that they are on again."""

from __future__ import annotations

from datetime import timedelta

from media.protocol import control
from media.protocol.control import Silenced
from media.protocol.messages import MediaState
from server.classroom.room import Member, Room

ON_ITS_WAY = timedelta(seconds=2)  # what was said before the page heard of it turns nothing on again


def turn_off(room: Room, member: Member, source: Silenced) -> None:
    """The others see it at once, and get nothing of it whatever their page does."""
    member.silenced[source] = room.log.now() if getattr(member.media, source) else None
    _tell_node(room, member, source, on=True)
    room.update(member, media=member.media.model_copy(update={source: False}))


def heed(room: Room, member: Member, media: MediaState) -> MediaState:
    """What holds of what their page says that it shows."""
    for source, since in tuple(member.silenced.items()):
        if not getattr(media, source):
            member.silenced[source] = None  # it has turned it off, and may turn it on
        elif since is not None and room.log.now() - since < ON_ITS_WAY:
            media = media.model_copy(update={source: False})
        else:
            del member.silenced[source]
            _tell_node(room, member, source, on=False)
    return media


def _tell_node(room: Room, member: Member, source: Silenced, *, on: bool) -> None:
    room.tell_node(control.Silence(room=room.id, participant=member.id, source=source, on=on))
