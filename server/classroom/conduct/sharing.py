"""The floor for the screen in a room: who has it, and that the media node forwards no other's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from media.protocol import control
from media.protocol.codec import MessageError
from media.protocol.conduct import ShareWanted
from media.protocol.messages import MediaState
from server.classroom.agenda import Agenda
from server.classroom.conduct import events, paces
from server.classroom.conduct.floor import Floor
from server.classroom.room import Member, Room

TURN = timedelta(minutes=1)  # whoever got the floor shows a screen by then, or it passes on
STOPPED = timedelta(seconds=2)  # what was on its way from a screen that was stopped starts it no more


def ask(agenda: Agenda, room: Room, member: Member) -> None:
    """Have the floor, or wait for it. Without a grant it asks those who lead for one, and raises
    MessageError `forbidden`."""
    if not member.may_share and room.rules.paces.take(member.id, paces.ASKS, room.log.now()):
        room.tell_leaders(ShareWanted(participant=member.id))
    _check_granted(member, "share")
    _change(agenda, room, lambda floor: floor.ask(member.id))


def start(agenda: Agenda, room: Room, member: Member) -> None:
    """Their page shows a screen: have the floor for it.

    Raises MessageError `forbidden`, `screen_taken`."""
    _check_granted(member, "media")
    if member.stopped_at is not None and room.log.now() - member.stopped_at < STOPPED:
        raise MessageError("forbidden", "Your screen was just stopped.", "media")
    if room.rules.floor.sharer not in (None, member.id):
        raise MessageError("screen_taken", "Somebody else shares their screen now.", "media")
    _change(agenda, room, lambda floor: floor.ask(member.id))


def give_up(agenda: Agenda, room: Room, member: Member) -> None:
    """Neither share nor wait; the next who waits has the floor."""
    if member.media.screen:
        show(room, member, member.media.model_copy(update={"screen": False}))
    if member.id in (room.rules.floor.sharer, *room.rules.floor.queue):
        _change(agenda, room, lambda floor: floor.give_up(member.id))


def show(room: Room, member: Member, media: MediaState) -> None:
    """Say what they show now; when a screen began and ended is kept."""
    before = member.media.screen
    room.update(member, media=media)
    if media.screen != before:
        events.record(room, member, "screen" if media.screen else "screen-end")


def published(agenda: Agenda, room: Room, member: Member) -> None:
    """The node holds back a screen of theirs: one that nothing was said of takes the floor if it can."""
    try:
        start(agenda, room, member)
    except MessageError:
        return
    show(room, member, member.media.model_copy(update={"screen": True}))


def _check_granted(member: Member, re: str) -> None:
    if not member.may_share:
        raise MessageError("forbidden", "Ask the mentor to let you share your screen.", re)


def _change(agenda: Agenda, room: Room, step: Callable[[Floor], None]) -> None:
    floor = room.rules.floor
    before = floor.sharer
    step(floor)
    if floor.sharer != before:
        if before is not None:
            room.tell_node(control.AllowScreen(room=room.id, participant=before, on=False))
        _hand_over(agenda, room, floor.sharer)
    room.refresh_state()


def _hand_over(agenda: Agenda, room: Room, to: str | None) -> None:
    agenda.drop(room.id, "turn")
    if to is not None:
        room.tell_node(control.AllowScreen(room=room.id, participant=to, on=True))
        agenda.put((room.id, "turn"), room.log.now() + TURN, partial(_turn_over, agenda, room, to))


async def _turn_over(agenda: Agenda, room: Room, participant: str) -> None:
    """Whoever has the floor and shows nothing keeps nobody waiting."""
    member = room.members.get(participant)
    if member is not None and not member.media.screen:
        give_up(agenda, room, member)
