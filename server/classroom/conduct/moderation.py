"""What those who lead a room do to it and to others: one table from action to rule.

What must hold after a reload is stored before it is acted on; each use is an event of the room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from media.protocol import control
from media.protocol.codec import MessageError
from media.protocol.conduct import Moderate, ModerateAction, Moderated
from media.protocol.control import Silenced
from media.protocol.messages import Close
from server.classroom.conduct import doorway, events, records, sharing, silencing
from server.classroom.conduct.expressing import set_hand
from server.classroom.hub import Hub
from server.classroom.room import Member, Room
from server.classroom.teaching import saying as teaching

RE = "moderate"


@dataclass(frozen=True, slots=True)
class Scene:
    """Who does something, in which room."""

    hub: Hub
    room: Room
    by: Member

    @property
    def others(self) -> list[Member]:
        """Those whom nobody but the mentor made what they are: all who don't lead."""
        return [one for one in self.room.members.values() if not one.leads]

    def tell(self, member: Member, action: ModerateAction) -> None:
        self.room.tell(member, Moderated(action=action, by=self.by.id))

    def call_off(self, why: str) -> MessageError:
        return MessageError("wrong_state", why, RE)


# --- the door


async def _admit(scene: Scene, participant: str) -> None:
    waiter = scene.room.rules.line.get(participant)
    if waiter is None:
        raise _nobody()
    await scene.hub.let_in(waiter)
    if waiter.seated is not None:
        scene.tell(waiter.seated, "admit")


async def _admit_all(scene: Scene) -> None:
    for waiter in scene.room.rules.line:
        await _admit(scene, waiter.id)


async def _deny(scene: Scene, participant: str) -> None:
    waiter = scene.room.rules.line.get(participant)
    if waiter is None:
        raise _nobody()
    scene.room.rules.line.deny(waiter, scene.room.log.now())
    doorway.turn_away(waiter, Close.NOT_ALLOWED, doorway.DENIED)
    doorway.tell_of_line(scene.room)


async def _set_admission(scene: Scene, on: bool) -> None:
    """Switched off, it lets in all who wait."""
    await records.set_admission(scene.room.lesson.session_id, on)
    scene.room.rules.admission = on
    scene.room.refresh_state()
    if not on:
        await _admit_all(scene)


async def _set_locked(scene: Scene, on: bool) -> None:
    await records.set_locked(scene.room.lesson.session_id, on)
    scene.room.rules.locked = on
    scene.room.refresh_state()


async def _remove(scene: Scene, member: Member) -> None:
    """At one with the door: nobody is on their way in meanwhile."""
    room, session_id = scene.room, scene.room.lesson.session_id
    async with scene.hub.door(session_id):
        await records.remove(session_id, member.user_id, scene.by.user_id)
        room.rules.removed[member.user_id] = doorway.as_person(member)
        scene.hub.put_out_of(session_id, member.user_id, doorway.REMOVED)
    doorway.tell_of_removed(room)


async def _readmit(scene: Scene, participant: str) -> None:
    removed = scene.room.rules.removed
    user_id = next((user for user, person in removed.items() if person.id == participant), None)
    if user_id is None:
        raise _nobody()
    await records.readmit(scene.room.lesson.session_id, user_id)
    removed.pop(user_id, None)
    doorway.tell_of_removed(scene.room)


# --- what they show


def _turn_off(scene: Scene, member: Member, action: ModerateAction, source: Silenced) -> None:
    scene.tell(member, action)
    silencing.turn_off(scene.room, member, source)


async def _mute(scene: Scene, member: Member) -> None:
    _turn_off(scene, member, "mute", "microphone")


async def _mute_all(scene: Scene) -> None:
    for member in scene.others:
        _turn_off(scene, member, "mute", "microphone")


async def _stop_video(scene: Scene, member: Member) -> None:
    _turn_off(scene, member, "stop-video", "camera")


async def _stop_screen(scene: Scene, member: Member) -> None:
    if scene.room.rules.floor.sharer != member.id:
        raise scene.call_off("They don't share their screen.")
    scene.tell(member, "stop-screen")
    _take_floor(scene, member)


def _take_floor(scene: Scene, member: Member) -> None:
    """The node forwards no more packet of it, whatever their page does."""
    member.stopped_at = scene.room.log.now()
    sharing.give_up(scene.hub.agenda, scene.room, member)
    scene.room.tell_node(control.AllowScreen(room=scene.room.id, participant=member.id, on=False))


async def _lower_hand(scene: Scene, member: Member) -> None:
    if member.hand_at is not None:
        set_hand(scene.room, member, raised=False)
        scene.tell(member, "lower-hand")


async def _lower_hands(scene: Scene) -> None:
    for member in tuple(scene.room.members.values()):
        await _lower_hand(scene, member)


# --- what they may


async def _allow_screen(scene: Scene, member: Member) -> None:
    await records.set_may_share(member.seat_id, True)
    scene.room.update(member, granted=True)
    scene.tell(member, "allow-screen")


async def _disallow_screen(scene: Scene, member: Member) -> None:
    if member.leads:
        raise scene.call_off("A co-host may always share.")
    await records.set_may_share(member.seat_id, False)
    scene.room.update(member, granted=False)
    scene.tell(member, "disallow-screen")
    _take_floor(scene, member)


async def _cohost(scene: Scene, member: Member) -> None:
    if member.role != "learner":
        raise scene.call_off("They are a co-host already.")
    await records.set_role(member.seat_id, "cohost")
    scene.room.update(member, role="cohost")
    scene.tell(member, "cohost")
    doorway.greet(scene.room, member, scene.room.log.now())
    teaching.greet(scene.room, member)


async def _uncohost(scene: Scene, member: Member) -> None:
    if member.role != "cohost":
        raise scene.call_off("They are no co-host.")
    await records.set_role(member.seat_id, "learner")
    scene.room.update(member, role="learner")
    scene.tell(member, "uncohost")
    teaching.greet(scene.room, member)
    if not member.may_share:
        _take_floor(scene, member)


# --- the table

ToRoom = Callable[[Scene], Awaitable[None]]
ToMember = Callable[[Scene, Member], Awaitable[None]]
ToStranger = Callable[[Scene, str], Awaitable[None]]

FOR_ROOM: dict[ModerateAction, ToRoom] = {
    "admit-all": _admit_all,
    "mute-all": _mute_all,
    "lower-hands": _lower_hands,
    "lock": lambda scene: _set_locked(scene, True),
    "unlock": lambda scene: _set_locked(scene, False),
    "admission-on": lambda scene: _set_admission(scene, True),
    "admission-off": lambda scene: _set_admission(scene, False),
}
FOR_MEMBERS: dict[ModerateAction, ToMember] = {
    "mute": _mute,
    "stop-video": _stop_video,
    "stop-screen": _stop_screen,
    "lower-hand": _lower_hand,
    "remove": _remove,
    "allow-screen": _allow_screen,
    "disallow-screen": _disallow_screen,
    "cohost": _cohost,
    "uncohost": _uncohost,
}
FOR_STRANGERS: dict[ModerateAction, ToStranger] = {"admit": _admit, "deny": _deny, "readmit": _readmit}
MENTORS_ONLY: frozenset[ModerateAction] = frozenset({"cohost", "uncohost"})


async def moderate(hub: Hub, room: Room, member: Member, message: Moderate) -> None:
    """Raises MessageError `forbidden`, `no_participant`, `wrong_state`."""
    action = message.action
    if not member.leads or (action in MENTORS_ONLY and member.role != "mentor"):
        raise MessageError("forbidden", "Only those who lead the lesson can do that.", RE)
    await _act(Scene(hub, room, member), action, message.participant)
    detail: dict[str, Any] = {"action": action}
    if message.participant is not None:
        detail["participant"] = message.participant
    events.record(room, member, "moderation", detail)


async def _act(scene: Scene, action: ModerateAction, participant: str | None) -> None:
    if action in FOR_ROOM:
        await FOR_ROOM[action](scene)
    elif action in FOR_STRANGERS:
        await FOR_STRANGERS[action](scene, participant or "")
    else:
        await FOR_MEMBERS[action](scene, _target(scene.room, participant))


def _target(room: Room, participant: str | None) -> Member:
    member = room.members.get(participant or "")
    if member is None:
        raise _nobody()
    if member.role == "mentor":
        raise MessageError("forbidden", "That can't be done to the mentor.", RE)
    return member


def _nobody() -> MessageError:
    return MessageError("no_participant", "This person is not there any more.", RE)
