"""One room in memory: who is in it, and saying things to them. Synchronous; stores nothing.

The media node's side is reached through `place` and `tell_node`: the room knows which of its people
the node records, so that after any change `refresh_tape` sends just the difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from media.protocol import control
from media.protocol.codec import Message
from media.protocol.conduct import Room as RoomChanged
from media.protocol.messages import (
    ChatLine,
    Close,
    Error,
    MediaState,
    Participant,
    ParticipantId,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantUpdated,
    QualityReport,
    Recording,
    RecordingHealth,
    RecordingState,
    Reset,
    Role,
    RoomState,
    Speaking,
)
from server.classroom.conduct.log import EventLog
from server.classroom.conduct.rules import Rules
from server.classroom.lines import Lines
from server.classroom.node_side import NO_NODE, NODES_FULL, NodeSide
from server.classroom.reports import Reports
from server.classroom.tape import Tape
from server.classroom.teaching.desk import Desk
from server.classroom.wire import frame_of
from server.classroom.writing import Writing
from server.edge.api import timestamp
from server.edge.wire import Wire

WRITTEN = frozenset({"recording", "interrupted"})  # while something is, or should be


@dataclass(frozen=True, slots=True)
class Former:
    """The node that had the room's media last: its control address, and which start of its process."""

    url: str
    epoch: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a room needs to know of its session."""

    session_id: UUID
    mentor_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(slots=True, eq=False)
class Member:
    """One participant. `wire` is None in the seconds of grace after a socket was lost.

    `turned_away` marks one whose message to the media node got lost for want of a link, `returned` one
    who was in the room before it was in this process, and `reset_due` one who was away when a `reset` was
    said. `login_id` is the login that the socket was opened with; 0 where a ticket opened it. `granted`:
    the mentor lets them share their screen; `hand_at` is when they raised their hand, `stopped_at` when
    their screen was stopped last. `silenced` are sources that were turned off for them, each with the
    time until their page has said that it is off."""

    id: str
    seat_id: int
    user_id: int
    name: str
    role: Role
    consent: bool | None = None
    media: MediaState = field(default_factory=MediaState)
    hand_at: datetime | None = None
    granted: bool = False
    wire: Wire | None = None
    gone_at: datetime | None = None
    connected: bool = False
    turned_away: bool = False
    returned: bool = False
    reset_due: bool = False
    login_id: int = 0
    stopped_at: datetime | None = None
    silenced: dict[control.Silenced, datetime | None] = field(default_factory=dict)

    @property
    def leads(self) -> bool:
        """The mentor and those whom they made co-hosts."""
        return self.role != "learner"

    @property
    def may_share(self) -> bool:
        return self.leads or self.granted

    def shown(self) -> Participant:
        return Participant(
            id=self.id,
            name=self.name,
            role=self.role,
            media=self.media,
            hand=self.hand_at is not None,
            hand_at=timestamp(self.hand_at) if self.hand_at else None,
            may_share=self.may_share,
        )


class Room:
    """The people of one session, what was said, and the node that carries their media.

    `home` is our number among the processes that had the room: nodes obey the highest. `waits_for` is
    what people are told while no node takes the room."""

    def __init__(
        self,
        lesson: Lesson,
        tape: Tape,
        chat: Iterable[ChatLine] = (),
        home: int = 0,
        former: Former | None = None,
        *,
        rules: Rules,
        log: EventLog,
    ) -> None:
        self.id = str(lesson.session_id)
        self.lesson = lesson
        self.tape = tape
        self.rules = rules
        self.log = log
        self.members: dict[str, Member] = {}
        self.node: NodeSide | None = None
        self.home = home
        self.former = former
        self.desk = Desk()
        self.waits_for: Error | None = None
        self._epoch: str | None = None  # of the node process that knows our members
        self.lines = Lines(chat)
        self._recorded: set[str] = set()
        self._reports = Reports()
        self.writing = Writing()
        self._shown = self.state()

    # --- saying things

    def broadcast(self, message: Message, *, but: Member | None = None) -> None:
        """Say `message` to everybody, except `but`; it is serialised once."""
        frame = frame_of(message)
        for member in tuple(self.members.values()):
            if member.wire is not None and member is not but:
                member.wire.send(frame)

    def tell_leaders(self, message: Message) -> None:
        """Say `message` to the mentor and the co-hosts."""
        for member in self.members.values():
            if member.leads:
                self.tell(member, message)

    def close_sockets(self, code: int) -> None:
        """Of all who are in the room or wait to be let in."""
        for one in (*self.members.values(), *self.rules.line):
            if one.wire is not None:
                one.wire.close(code)

    def tell(self, member: Member, message: Message) -> None:
        if member.wire is not None:
            member.wire.send(frame_of(message))

    def say(self, line: ChatLine) -> None:
        """Deliver a line that is stored already: to all, or to the two it is for."""
        self.lines.add(line)
        self.tell_readers(line, line)

    def tell_readers(self, line: ChatLine, message: Message) -> None:
        """Say `message` to whoever may read `line`."""
        if line.to is None:
            self.broadcast(message)
            return
        for member_id in {line.sender, line.to} & self.members.keys():
            self.tell(self.members[member_id], message)

    def history(self, member: Member) -> list[ChatLine]:
        """The newest lines that `member` may read, oldest first."""
        return self.lines.read_by(member.id)

    def take_back(self, line: ChatLine, message: Message) -> None:
        """Nobody reads it any more; those who could are told so by `message`."""
        self.lines.take_back(line.id)
        self.tell_readers(line, message)

    def spoken(self, said: Speaking) -> None:
        """Everybody hears who speaks."""
        if said.participant in self.members:
            self._reports.spoken(said)
            self.broadcast(said)

    def measured(self, member: Member, report: QualityReport) -> None:
        """How somebody's media reach `member` is told to them alone."""
        if report.participant in self.members:
            self._reports.measured(member.id, report)
            self.tell(member, report)

    def fall_silent(self) -> None:
        """What the node said of our people holds no more."""
        for said in self._reports.silence():
            self.broadcast(said)

    def repeat_reports(self, member: Member) -> None:
        for message in self._reports.known_to(member.id):
            self.tell(member, message)

    # --- people

    def enter(self, member: Member, wire: Wire) -> Member:
        """Seat `member` at `wire`; the same person's older socket is replaced (4409)."""
        present = self.members.get(member.id)
        if present is None:
            self.members[member.id] = member
            self.broadcast(ParticipantJoined(participant=member.shown()), but=member)
        else:
            present.name, present.consent = member.name, member.consent
            present.login_id = member.login_id
            if present.wire is not None:
                present.wire.close(Close.REPLACED)
            member = present
        member.wire, member.gone_at, member.turned_away = wire, None, False
        return member

    def leave(self, member: Member) -> None:
        """Give the seat up: the others are told, the node lets go."""
        del self.members[member.id]
        self._recorded.discard(member.id)
        self._reports.forget(member.id)
        self.tell_node(control.Leave(room=self.id, participant=member.id))
        self.broadcast(ParticipantLeft(participant=ParticipantId(id=member.id)))
        self.refresh_tape()

    def others(self, member: Member) -> list[Participant]:
        return [one.shown() for one in self.members.values() if one is not member]

    def mentor_present(self) -> bool:
        return any(one.role == "mentor" and one.wire is not None for one in self.members.values())

    def update(self, member: Member, **changes: Any) -> None:
        """Change what is shown of `member`, and say so if it differs."""
        before = member.shown()
        for name, value in changes.items():
            setattr(member, name, value)
        if member.shown() != before:
            self.broadcast(ParticipantUpdated(participant=member.shown()))

    # --- the media node

    def place(self, node: NodeSide) -> None:
        """The node is there (again): bring it to know our people.

        A process that doesn't know them has lost their transports: they are told to `reset`."""
        lost_all, again = not self.known_to(node), self._epoch == node.epoch
        self.node, self._epoch, self.waits_for = node, node.epoch, None
        if lost_all:
            self.writing.forget()
        for member in self.members.values():
            self.join_node(member)
            self._tell_recorder(member, self._is_written(member))
        if again:  # else it may hold seats of people who are still on their way to us
            self.tell_node(control.Seats(room=self.id, participants=list(self.members)))
        self.refresh_tape()
        for member in self.members.values():
            if lost_all or member.turned_away:
                self.reset(member, "node_restarted" if lost_all else "node_back")

    def reset(self, member: Member, reason: str) -> None:
        """Their transport leads nowhere: they are to make a new one, at once or when they are back."""
        member.turned_away = member.returned = False
        member.reset_due = member.wire is None
        self.tell(member, Reset(reason=reason))

    def wait(self, *, full: bool) -> None:
        """No node takes the room for now: people are told why, once."""
        why = NODES_FULL if full else NO_NODE
        if self.waits_for != why:
            self.waits_for = why
            self.broadcast(why)

    def known_to(self, node: NodeSide) -> bool:
        """Whether what was set up for our people is still there; so it is before anything was."""
        return self._epoch in (None, node.epoch)

    def displace(self) -> None:
        """The node is gone for now; whichever comes next is told everything anew."""
        self.node = None
        self.refresh_tape()

    def join_node(self, member: Member) -> None:
        """Have the node know them; and tell them what they need to know of it."""
        self.tell_node(
            control.Join(
                room=self.id,
                participant=member.id,
                role=member.role,
                screen=self.rules.floor.sharer == member.id,
                silenced=list(member.silenced),
            )
        )
        if self.waits_for is not None:
            self.tell(member, self.waits_for)
        elif member.reset_due:
            self.reset(member, "node_moved")

    def tell_node(self, message: Message) -> bool:
        """`message` is for a room: our number in it is put in."""
        return self.node is not None and self.node.send(message.model_copy(update={"home": self.home}))

    # --- recording

    def refresh_tape(self, *, but: Member | None = None) -> None:
        """Tell the node whom to write, and everybody but `but` what the light shows now."""
        self._instruct_recorder()
        self.refresh_state(but=but)

    def refresh_state(self, *, but: Member | None = None) -> None:
        """Tell everybody but `but` what holds for the room now, if that is news."""
        before, state = self._shown, self.state()
        if state == before:
            return
        self._shown = state
        if (state.recording, state.live) != (before.recording, before.live):
            self.broadcast(self._recording_message(state), but=but)
        self.broadcast(RoomChanged(state=state), but=but)

    def change_tape(self, **changes: object) -> None:
        """Replace fields of the tape, and act on it."""
        self.tape = replace(self.tape, **changes)  # type: ignore[arg-type]
        self.refresh_tape()

    def tell_health(self, said: control.RecordingHealth) -> None:
        """Who leads the lesson sees what gets onto the disk."""
        if said.recording != str(self.tape.recording_id):
            return
        health = self.writing.heard(said)
        self.refresh_state()
        if self._shown.recording in WRITTEN:
            self.tell_leaders(self._recording_message(self._shown, health))

    def recording_state(self) -> RecordingState:
        consented = any(one.consent for one in self.members.values())
        interrupted = self.writing.interrupted or self.node is None
        return self.tape.state(consented=consented, interrupted=interrupted)

    def _recording_message(self, state: RoomState, health: RecordingHealth | None = None) -> Recording:
        origin = self.tape.origin_at
        started_at = timestamp(origin) if origin else None
        return Recording(state=state.recording, live=state.live, started_at=started_at, health=health)

    def state(self) -> RoomState:
        rules = self.rules
        return RoomState(
            live=self.tape.live,
            recording=self.recording_state(),
            locked=rules.locked,
            admission=rules.admission,
            sharer=rules.floor.sharer,
            queue=list(rules.floor.queue),
            recordable=not (self.tape.wanted and self.node and self.node.short_of_disk),
        )

    def _instruct_recorder(self) -> None:
        for member in self.members.values():
            wanted = self._is_written(member)
            if wanted != (member.id in self._recorded):
                self._tell_recorder(member, wanted)

    def _is_written(self, member: Member) -> bool:
        return self.tape.runs and self.tape.recording_id is not None and bool(member.consent)

    def _tell_recorder(self, member: Member, on: bool) -> None:
        """Also said when the node should know: what was said while the link was down got lost."""
        if self.tape.recording_id is None:
            return
        message = control.Record(
            room=self.id,
            participant=member.id,
            recording=str(self.tape.recording_id),
            origin_ms=self.tape.origin_ms,
            on=on,
        )
        if self.tell_node(message):
            (self._recorded.add if on else self._recorded.discard)(member.id)
