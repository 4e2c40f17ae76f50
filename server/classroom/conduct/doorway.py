"""The door between those who may be in a room and the room itself: removed, locked, or let in by hand.

Whoever has a seat was in the room before, and comes back without asking."""

from __future__ import annotations

from datetime import datetime

from media.protocol.codec import Message
from media.protocol.conduct import Knock, LostMe, Person, Removed, Waiting
from media.protocol.messages import Close, Error
from server.classroom import seats
from server.classroom.conduct import rights
from server.classroom.conduct.waiting import Waiter, waiter_id
from server.classroom.entry import Entry, Refused
from server.classroom.room import Member, Room
from server.classroom.wire import frame_of
from server.edge.api import timestamp
from server.edge.wire import Wire
from server.people.privacy import name_among_members

REMOVED = Error(code="removed", message=rights.REMOVED)
LOCKED = Error(code="locked", message="This room is locked: nobody new is let in.")
DENIED = Error(code="denied", message="You were not let in. You can ask again in a minute.")


async def knock(room: Room, entry: Entry, wire: Wire, now: datetime) -> Waiter | None:
    """None for somebody who may come in at once; else they wait from now on. Raises Refused."""
    rules, user_id = room.rules, entry.viewer.user_id
    if user_id in rules.removed:
        raise Refused(Close.NOT_ALLOWED, REMOVED)
    if entry.access.role == "mentor" or not (rules.locked or rules.admission):
        return None
    if await seats.has_seat(room.lesson.session_id, user_id):
        return None
    if rules.locked:
        raise Refused(Close.NOT_ALLOWED, LOCKED)
    if rules.line.denies(user_id, now):
        raise Refused(Close.NOT_ALLOWED, DENIED)
    return await _wait(room, entry, wire)


async def _wait(room: Room, entry: Entry, wire: Wire) -> Waiter:
    user_id = entry.viewer.user_id
    name = await name_among_members(user_id)
    waiter = Waiter(waiter_id(room.lesson.session_id, user_id), name, entry, wire, room)
    before = room.rules.line.put(waiter)
    if before is not None:
        before.wire.close(Close.REPLACED)
    wire.send(frame_of(Waiting()))
    tell_of_line(room)
    return waiter


def turn_away(waiter: Waiter, code: int, why: Message | None) -> None:
    if why is not None:
        waiter.wire.send(frame_of(why))
    waiter.wire.close(code)


def tell_of_line(room: Room) -> None:
    room.tell_leaders(Knock(waiting=room.rules.line.shown()))


def tell_of_removed(room: Room) -> None:
    room.tell_leaders(Removed(people=list(room.rules.removed.values())))


def greet(room: Room, member: Member, now: datetime) -> None:
    """What somebody who leads has to know when they come in."""
    rules = room.rules
    if not member.leads:
        return
    if rules.line:
        room.tell(member, Knock(waiting=rules.line.shown()))
    if rules.removed:
        room.tell(member, Removed(people=list(rules.removed.values())))
    if rules.lost.at is not None and (count := rules.lost.count(now)):
        room.tell(member, LostMe(count=count, at=timestamp(rules.lost.at)))


async def not_welcome(room: Room) -> list[tuple[int, Error]]:
    """Those who sit or wait here and have no right to it any more, with the reason."""
    here = {one.user_id for one in (*room.members.values(), *room.rules.line)}
    found = [(user_id, await rights.objection(room.lesson.session_id, user_id)) for user_id in here]
    return [(user_id, why) for user_id, why in found if why is not None]


def as_person(member: Member) -> Person:
    return Person(id=member.id, name=member.name)
