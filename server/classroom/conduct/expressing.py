"""Hands, reactions, "lost me", marked moments, and that somebody types."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from media.protocol.codec import MessageError
from media.protocol.conduct import (
    LostMe,
    LostMeSend,
    Moment,
    MomentSend,
    Reaction,
    ReactionSend,
    Typing,
    TypingSend,
)
from media.protocol.messages import HandSend
from server.classroom.conduct import events, paces
from server.classroom.conduct.log import NewEvent
from server.classroom.conduct.lost import LATELY
from server.classroom.hub import Hub
from server.classroom.room import Member, Room
from server.edge.api import timestamp

KNOWN = "Your mentor knows. You can say it again in half a minute."
TOO_OFTEN = "That was too much at once. Wait a moment."


async def hand(hub: Hub, room: Room, member: Member, message: HandSend) -> None:
    set_hand(room, member, raised=message.raised)


def set_hand(room: Room, member: Member, *, raised: bool) -> None:
    """A hand that is up keeps its place in the order."""
    if raised == (member.hand_at is not None):
        return
    room.update(member, hand_at=room.log.now() if raised else None)
    events.record(room, member, "hand" if raised else "hand-lowered")


async def reaction(hub: Hub, room: Room, member: Member, message: ReactionSend) -> None:
    """Beyond the pace nothing is said, so that a storm of them costs nobody anything."""
    if room.rules.paces.take(member.id, paces.REACTIONS, room.log.now()):
        room.broadcast(Reaction(participant=member.id, emoji=message.emoji))
        events.record(room, member, "reaction", {"emoji": message.emoji})


# --- lost me


async def lost_me(hub: Hub, room: Room, member: Member, message: LostMeSend) -> None:
    """Raises MessageError `forbidden`, `too_many`."""
    now = room.log.now()
    if member.leads:
        raise MessageError("forbidden", "You lead this lesson.", message.type)
    if not room.rules.paces.take(member.id, paces.LOST, now):
        raise MessageError(
            "too_many", "Your mentor knows. You can say it again in half a minute.", "lost-me"
        )
    room.rules.lost.say(member.id, now)
    events.record(room, member, "lost-me")
    room.tell(member, LostMe(count=1, at=timestamp(now)))
    _tell_how_many(room, now)
    hub.agenda.put((room.id, "lost", member.id), now + LATELY, partial(_found_again, room, now))


async def _found_again(room: Room, since: datetime) -> None:
    """Two minutes later they count no more."""
    _tell_how_many(room, since)


def _tell_how_many(room: Room, at: datetime) -> None:
    lost, now = room.rules.lost, room.log.now()
    room.tell_leaders(LostMe(count=lost.count(now), at=timestamp(lost.at or at)))


# --- moments


async def moment(hub: Hub, room: Room, member: Member, message: MomentSend) -> None:
    """Kept, then said. Raises MessageError `invalid`, `too_many`."""
    if "\0" in message.label:  # PostgreSQL stores no such character
        raise MessageError("invalid", "label: holds a character that is not allowed.", message.type)
    if not room.rules.paces.take(member.id, paces.MOMENTS, room.log.now()):
        raise MessageError("too_many", TOO_OFTEN, message.type)
    detail = {"label": message.label}
    events.record(room, member, "moment", detail, partial(_say_moment, room, member))


def _say_moment(room: Room, member: Member, event: NewEvent) -> None:
    origin = room.tape.origin_at
    said = Moment(
        id=str(event.id),
        participant=member.id,
        label=event.detail["label"],
        at=timestamp(event.at),
        at_ms=round((event.at - origin).total_seconds() * 1000) if origin else None,
    )
    if member.role == "mentor":
        room.broadcast(said)
    else:
        room.tell(member, said)


# --- typing


async def typing(hub: Hub, room: Room, member: Member, message: TypingSend) -> None:
    """It holds for a few seconds at its readers; nothing of it is kept."""
    if not room.rules.paces.take(member.id, paces.TYPING, room.log.now()):
        return
    said = Typing(participant=member.id, to=message.to, where=message.where)
    if message.to is None:
        room.broadcast(said, but=member)
    elif message.to in room.members:
        room.tell(room.members[message.to], said)
