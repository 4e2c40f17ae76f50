"""All rooms of this process, by session: opening and leaving them, going live, ending.

A room lives here while somebody is in it (or may come back within the grace); what must outlast it is in
the database. Whoever changes a room from outside its sockets (jobs, REST, media nodes) comes through
here, so that a bus between several server processes has one place to join.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID
from weakref import WeakValueDictionary

from aiohttp import WSCloseCode

from config.settings import Settings
from media.protocol.messages import Close, Ended, Error, Joined
from server.accounts import service as accounts
from server.booking import service as booking
from server.booking.service import SessionCard
from server.classroom import consent, course, seats, state
from server.classroom.agenda import Agenda
from server.classroom.attendance import Came, Went
from server.classroom.chat import recent_lines
from server.classroom.conduct import doorway, events, records, sharing
from server.classroom.conduct.log import EventLog
from server.classroom.conduct.rights import OPEN
from server.classroom.conduct.waiting import Waiter
from server.classroom.entry import Entry, Refused
from server.classroom.ice import ice_servers
from server.classroom.journal import Journal
from server.classroom.measures.engagement import Engagements
from server.classroom.node_events import NodeEvents
from server.classroom.nodes import NodePool
from server.classroom.roll import Roll
from server.classroom.room import Former, Lesson, Member, Room
from server.classroom.tape import Tape
from server.classroom.teaching.loading import load_desk
from server.classroom.teaching.saying import greet
from server.edge.api import timestamp
from server.edge.wire import Wire
from server.infra.nodes import NodeDirectory
from server.people.privacy import name_among_members

GRACE = timedelta(seconds=15)  # a seat waits this long for its person to come back
SUSPENDED = Error(code="suspended", message="Your account was suspended. We wrote to you why.")


class Hub:
    """Owns the rooms, their agenda, their journal and the links to the media nodes."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.rooms: dict[str, Room] = {}
        self.agenda = Agenda(clock)
        self.journal = Journal()
        self._log = EventLog(self.journal, clock)
        self._roll = Roll(self.rooms, self.agenda, self.journal, clock)
        self.engagements = Engagements(self.rooms, self.agenda, self.journal, clock)
        self._events = events = NodeEvents(
            self.rooms,
            self.journal,
            clock,
            self.engagements,
            partial(sharing.published, self.agenda),
        )
        secret = settings.media.control_secret
        self.nodes = NodePool(self.rooms, events, self.journal, secret, self._outdated)
        self._settings = settings
        self._clock = clock
        self._doors: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def start(self, directory: NodeDirectory) -> None:
        self._tasks = (
            asyncio.create_task(self.agenda.run(), name="room agenda"),
            asyncio.create_task(self.journal.run(), name="room journal"),
        )
        self.engagements.start()
        await self._roll.call()
        await self.follow_drains()
        await self.nodes.start(directory)

    async def follow_drains(self) -> None:
        """Media nodes were drained or resumed, here or elsewhere."""
        self.nodes.drain(await state.drained_nodes())

    async def stop(self) -> None:
        """Write what is left, then let go of nodes and tasks."""
        await self.nodes.stop()
        self._roll.note()
        self.engagements.keep()
        await self.journal.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def close_sockets(self, code: int) -> None:
        """The process ends: browsers come back to the next one with their resume tokens."""
        self.nodes.checks.close_sockets(code)
        for room in self.rooms.values():
            room.close_sockets(code)

    # --- coming and going

    async def enter(self, entry: Entry, wire: Wire) -> tuple[Room, Member] | Waiter:
        """Seat somebody and say `joined` to them; `settle` is to follow. Or have them wait to be let in.

        Raises Refused."""
        session = entry.access.session
        async with self.door(session.id):
            room = self.rooms.get(str(session.id)) or await self._load(session)
            waiter = await doorway.knock(room, entry, wire, self._clock())
            if waiter is not None:
                self._keep(room)
                return waiter
            return room, await self._seat(room, entry, wire)

    async def let_in(self, waiter: Waiter) -> None:
        """Somebody who waits is seated."""
        room = waiter.room
        async with self.door(room.lesson.session_id):
            if room.rules.line.leave(waiter):
                try:
                    waiter.seated = await self._seat(room, waiter.entry, waiter.wire)
                finally:
                    if waiter.seated is None:  # their browser asks again
                        waiter.wire.close(WSCloseCode.TRY_AGAIN_LATER)
                    doorway.tell_of_line(room)
        await self.settle(room)

    def gave_up(self, waiter: Waiter) -> None:
        """Somebody who waited is gone."""
        room = waiter.room
        if room.rules.line.leave(waiter):
            doorway.tell_of_line(room)
            self._close_if_empty(room)

    async def _seat(self, room: Room, entry: Entry, wire: Wire) -> Member:
        newcomer, resume = await self._newcomer(entry)
        known = newcomer.id in room.members
        self._keep(room)
        newcomer.hand_at = room.rules.hands.pop(newcomer.seat_id, None)
        member = room.enter(newcomer, wire)
        room.tell(member, self._joined(room, member, resume))
        doorway.greet(room, member, self._clock())
        greet(room, member)
        room.repeat_reports(member)
        room.join_node(member)
        room.refresh_tape(but=member)
        self.agenda.drop(room.id, "grace", member.id)
        self.engagements.came(room, member)
        if not known:
            self.journal.add(Came(room.lesson.session_id, member.user_id, "socket", self._clock()))
        return member

    async def _newcomer(self, entry: Entry) -> tuple[Member, str]:
        """The member as it would be if they were not in the room yet, and their resume token."""
        session, person, role = entry.access.session, entry.viewer, entry.access.role
        name = await name_among_members(person.user_id)
        alone = session.capacity == 1
        seat = await seats.take_seat(
            session.id, person.user_id, name, role, entry.resume, may_share=alone
        )
        answer = await consent.consent_of(session.id, person.user_id)
        member = Member(
            id=seat.participant_id,
            seat_id=seat.seat_id,
            user_id=person.user_id,
            name=name,
            role=seat.role,
            granted=seat.may_share,
            consent=answer,
            returned=entry.resume is not None,
            login_id=person.login_id,
        )
        return member, seat.resume

    async def _load(self, session: SessionCard) -> Room:
        """The room as the database remembers it. Raises Refused when it is closed for good."""
        session = (await booking.cards_by_id([session.id]))[session.id]  # it may have gone live since
        kept = await state.open_state(session.id)
        if kept.closed_at is not None:
            raise Refused(Close.ENDED)
        tape = Tape(
            wanted=session.recording == "auto",
            live=session.status == "live",
            hold=kept.hold,  # type: ignore[arg-type]
            recording_id=kept.recording_id,
            origin_at=kept.origin_at,
        )
        lesson = Lesson(session.id, session.mentor_id, session.starts_at, session.ends_at)
        await self.engagements.load(session.id)
        former = Former(kept.node_url, kept.node_epoch) if kept.node_url else None
        self._roll.came_up(session.id, kept.seen_at, GRACE)
        lines, rules = await recent_lines(session.id), await records.rules_of(kept)
        room = Room(lesson, tape, lines, kept.home, former, rules=rules, log=self._log)
        room.desk = await load_desk(session.id)
        return room

    def _keep(self, room: Room) -> None:
        """Have the room among ours; a fresh one gets its node and its appointment."""
        if room.id not in self.rooms:
            self.rooms[room.id] = room
            self.nodes.place(room)
            sharing.came_up(self.agenda, room, GRACE)
            if not room.tape.live:
                self.agenda.put((room.id, "start"), room.lesson.starts_at, partial(self.settle, room))

    def _joined(self, room: Room, member: Member, resume: str) -> Joined:
        urls, secret = self._settings.turn_urls, self._settings.turn_secret
        return Joined(
            self_=member.shown(),
            participants=room.others(member),
            ice_servers=ice_servers(urls, secret, member.id, int(self._clock().timestamp())),
            chat=room.history(member),
            state=room.state(),
            resume=resume,
            consent=member.consent,
            ends_at=timestamp(room.lesson.ends_at),
        )

    def left(self, room: Room, member: Member, wire: Wire, *, clean: bool) -> None:
        """A socket is closed. The seat is given up at once after a goodbye, else after the grace."""
        if member.wire is not wire or self.rooms.get(room.id) is not room:
            return
        member.wire, member.gone_at = None, self._clock()
        if clean:
            self._remove(room, member)
        else:
            over = partial(self._grace_over, room, member)
            self.agenda.put((room.id, "grace", member.id), member.gone_at + GRACE, over)

    async def _grace_over(self, room: Room, member: Member) -> None:
        if member.wire is None and room.members.get(member.id) is member:
            self._remove(room, member)

    def put_out(self, ended: accounts.Ended) -> None:
        """Logins ended: who came in by them leaves at once, and the media node lets go of them."""
        self.nodes.checks.put_out(ended)
        why = SUSPENDED if ended.code == Close.NOT_ALLOWED else None
        for room in tuple(self.rooms.values()):
            self._send_away(room, ended.concerns, ended.code, why)

    def put_out_of(self, session_id: UUID, user_id: int, why: Error) -> None:
        """This person has no place in this room any more, wherever they sit or wait in it."""
        self.nodes.checks.put_out(accounts.Ended(user_id, Close.NOT_ALLOWED))
        room = self.rooms.get(str(session_id))
        if room is not None:
            self._send_away(room, lambda one, _: one == user_id, Close.NOT_ALLOWED, why)

    def _send_away(
        self, room: Room, who: Callable[[int, int], bool], code: int, why: Error | None
    ) -> None:
        """`who` is asked with each person's user and login."""
        for waiter in room.rules.line:
            if who(waiter.user_id, waiter.entry.viewer.login_id):
                doorway.turn_away(waiter, code, why)
                self.gave_up(waiter)
        for member in tuple(room.members.values()):
            if who(member.user_id, member.login_id):
                self._put_out(room, member, code, why)

    def _put_out(self, room: Room, member: Member, code: int, why: Error | None) -> None:
        if why is not None:
            room.tell(member, why)
        if member.wire is not None:
            member.wire.close(code)
        member.wire = None
        self.agenda.drop(room.id, "grace", member.id)
        self._remove(room, member)

    def _remove(self, room: Room, member: Member) -> None:
        self.engagements.went(room, member)
        self._events.left(room, member)
        gone_at = member.gone_at or self._clock()
        for kind in ("media", "socket"):
            self.journal.add(Went(room.lesson.session_id, member.user_id, kind, gone_at))
        if member.hand_at is not None:
            events.record(room, member, "hand-lowered", {"left": True})
        sharing.give_up(self.agenda, room, member)
        room.leave(member)
        room.rules.paces.forget(member.id, self._clock())
        self._close_if_empty(room)

    def _close_if_empty(self, room: Room) -> None:
        if not room.members and not room.rules.line:
            self._forget(room)
            self.nodes.emptied(room)

    def _forget(self, room: Room) -> None:
        self.rooms.pop(room.id, None)
        self.agenda.drop(room.id)
        self.engagements.forget(room)
        for member in room.members.values():
            self._events.left(room, member)

    def let_go(self, room: Room, code: int) -> None:
        """The room is at another process now: its people find it there with their resume tokens."""
        if self.rooms.get(room.id) is room:
            self._forget(room)
            self.nodes.release(room)
            room.close_sockets(code)

    def _outdated(self, room: Room) -> None:
        """A media node has heard of a later home of the room."""
        self.let_go(room, WSCloseCode.SERVICE_RESTART)

    def door(self, session_id: UUID) -> asyncio.Lock:
        """One at a time per session: two sockets of one person, or the last going and the next coming."""
        return self._doors.setdefault(session_id, asyncio.Lock())

    # --- the course of a lesson

    async def settle(self, room: Room) -> None:
        """Do what has become due in the room."""
        await course.settle(room, self._clock())

    async def session_started(self, session_id: UUID) -> None:
        """The session was declared live, by hand or by us."""
        async with self.door(session_id):
            room = self.rooms.get(str(session_id))
        if room is not None:
            room.change_tape(live=True)
            await self.settle(room)

    async def session_ended(self, session_id: UUID, reason: str) -> None:
        """Close the room for good, whether or not somebody is in it."""
        async with self.door(session_id):
            home = await state.close(session_id)
            room = self.rooms.get(str(session_id))
            if room is not None:
                self._forget(room)
                self._say_goodbye(room, reason)
            self.nodes.close(str(session_id), home, room)

    async def catch_up(self) -> None:
        """Something about our rooms may have been missed: look at what the database knows."""
        await self.follow_drains()
        cards = await booking.cards_by_id([room.lesson.session_id for room in self.rooms.values()])
        for card in cards.values():
            if card.status == "live":
                await self.session_started(card.id)
            elif card.status not in OPEN:
                await self.session_ended(card.id, card.status)
        present = {each.user_id for room in self.rooms.values() for each in room.members.values()}
        for user_id in present - await accounts.active_among(present):
            self.put_out(accounts.Ended(user_id, Close.NOT_ALLOWED))
        for room in tuple(self.rooms.values()):
            for user_id, why in await doorway.not_welcome(room):
                self.put_out_of(room.lesson.session_id, user_id, why)

    def _say_goodbye(self, room: Room, reason: str) -> None:
        if room.tape.recording_id is not None:
            room.change_tape(hold="stopped")
        summary = f"/sessions/{room.id}/summary"
        ended = Ended(reason=reason, summary_url=summary)
        room.broadcast(ended)
        for waiter in room.rules.line:
            doorway.turn_away(waiter, Close.ENDED, ended)
        room.close_sockets(Close.ENDED)

    # --- what people do

    async def answer_consent(
        self, session_id: UUID, user_id: int, given: bool, version: str | None
    ) -> None:
        """Keep the answer, and act on it in the room: on a no at once, whatever the database does.

        Raises Conflict for a yes to words that are not asked any more."""
        consent.check_text(given, version)
        if not given:
            await self.consent_answered(session_id, user_id, given)
        await consent.answer(session_id, user_id, given, version)
        if given:
            await self.consent_answered(session_id, user_id, given)

    async def consent_answered(self, session_id: UUID, user_id: int, given: bool) -> None:
        """Act on an answer that is kept, or a no that is about to be, if the room is ours."""
        room = self.rooms.get(str(session_id))
        if room is None:
            return
        for member in room.members.values():
            if member.user_id == user_id:
                member.consent = given
        room.refresh_tape()
        await self.settle(room)

    # --- news of the recording

    def acknowledge_segment(self, node_url: str, segment: str) -> bool:
        return self.nodes.acknowledge(node_url, segment)

    def recording_stored(self, session_id: UUID) -> None:
        room = self.rooms.get(str(session_id))
        if room is not None:
            room.change_tape(finished=True)
