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
from server.classroom.conduct.records import FLOOR
from server.classroom.room import Member, Room

TURN = timedelta(minutes=1)  # whoever got the floor shows a screen by then, or it passes on
STOPPED = timedelta(seconds=2)  # what was on its way from a screen that was stopped starts it no more


def ask(agenda: Agenda, room: Room, member: Member) -> None:
    """Have the floor, or wait for it. Without a grant it asks those who lead for one, and raises
    MessageError `forbidden`."""
    if not member.may_share and room.rules.paces.take(member.id, paces.ASKS, room.log.now()):
        room.tell_leaders(ShareWanted(participant=member.id))
    _check_granted(member, "share")
    _change(agenda, room, member, lambda floor: floor.ask(member.id))


def start(agenda: Agenda, room: Room, member: Member) -> None:
    """Their page shows a screen: have the floor for it.

    Raises MessageError `forbidden`, `screen_taken`."""
    _check_granted(member, "media")
    if member.stopped_at is not None and room.log.now() - member.stopped_at < STOPPED:
        raise MessageError("forbidden", "Your screen was just stopped.", "media")
    if room.rules.floor.sharer not in (None, member.id):
        raise MessageError("screen_taken", "Somebody else shares their screen now.", "media")
    _change(agenda, room, member, lambda floor: floor.ask(member.id))


def give_up(agenda: Agenda, room: Room, member: Member) -> None:
    """Neither share nor wait; the next who waits has the floor."""
    if member.media.screen:
        show(room, member, member.media.model_copy(update={"screen": False}))
    if member.id in (room.rules.floor.sharer, *room.rules.floor.queue):
        _change(agenda, room, member, lambda floor: floor.give_up(member.id))


def came_up(agenda: Agenda, room: Room, grace: timedelta) -> None:
    """The room begins in this process, with the floor as it was elsewhere: its people have the grace to
    come back to it."""
    if room.rules.floor.sharer is not None:
        agenda.put((room.id, "floor"), room.log.now() + grace, partial(_missing, agenda, room))


async def _missing(agenda: Agenda, room: Room) -> None:
    floor = room.rules.floor
    before = floor.sharer
    floor.keep(room.members)
    _passed_on(agenda, room, before)
    if floor.sharer == before:  # who is back shows it by now
        _hand_over(agenda, room, before)


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


def _change(agenda: Agenda, room: Room, by: Member, step: Callable[[Floor], None]) -> None:
    """What came of it is kept: it holds in the process that has the room next, too."""
    floor = room.rules.floor
    before, order = floor.sharer, floor.order
    step(floor)
    if floor.order != order:
        events.record(room, by, FLOOR, {"order": floor.order})
    _passed_on(agenda, room, before)


def _passed_on(agenda: Agenda, room: Room, before: str | None) -> None:
    if room.rules.floor.sharer != before:
        if before is not None:
            room.tell_node(control.AllowScreen(room=room.id, participant=before, on=False))
        _hand_over(agenda, room, room.rules.floor.sharer)
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
