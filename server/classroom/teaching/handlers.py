"""What browsers say of what is taught with: one table from message to handler.

Each handler changes the desk in memory by its rules, and hands the journal what to store and what to say
once it is stored.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from functools import partial

from media.protocol.codec import Message, MessageError
from media.protocol.teaching import (
    CaptionSaid,
    CaptionSend,
    NoteSaid,
    NoteSend,
    ObjectiveSaid,
    ObjectiveSend,
    PollSend,
    PollVoteSend,
    TimerSend,
    WhiteboardSend,
    WrapUpSaid,
    WrapUpSend,
)
from server.classroom.conduct import events
from server.classroom.handling import Handler
from server.classroom.hub import Hub
from server.classroom.room import Member, Room
from server.classroom.teaching import saving, saying
from server.classroom.teaching.desk import Ending, Timer
from server.classroom.teaching.drawing import whiteboard
from server.classroom.teaching.keeping import keeper
from server.classroom.teaching.notes import Author, Paragraph, StaleNote
from server.classroom.teaching.pace import Pace
from server.classroom.teaching.saying import is_host
from server.infra import clock


def check_pace(room: Room, member: Member, re: str) -> None:
    now = time.monotonic()
    pace = room.desk.paces.setdefault(member.seat_id, Pace(now))
    if not pace.allows(now):
        raise MessageError("slow_down", "That was too much at once. Wait a moment.", re)


def check_host(member: Member, re: str) -> None:
    if not is_host(member):
        raise MessageError("forbidden", "Only the mentor and co-hosts can do this.", re)


# --- polls


async def _poll(hub: Hub, room: Room, member: Member, message: PollSend) -> None:
    check_host(member, message.type)
    check_pace(room, member, message.type)
    keep = keeper(hub.journal, room, member, message.type)
    session_id, polls, now = room.lesson.session_id, room.desk.polls, clock.now()
    if message.action == "ask":
        if message.question is None or not message.answers:
            raise MessageError("invalid", "Ask a question with two answers or more.", message.type)
        poll = polls.ask(message.question, message.answers, message.many, now)
        events.record(room, member, "poll", {"poll": poll.id, "question": poll.question})
    elif message.poll is None:
        raise MessageError("invalid", "poll: which one?", message.type)
    elif message.action == "remove":
        gone = polls.remove(message.poll)
        keep(partial(saving.delete_poll, session_id, gone.id), partial(saying.say_removed, room, gone))
        return
    else:
        poll = (polls.close if message.action == "close" else polls.show)(message.poll, now)
    keep(partial(saving.save_poll, session_id, poll), partial(saying.say_poll, room, poll))


async def _vote(hub: Hub, room: Room, member: Member, message: PollVoteSend) -> None:
    if member.role == "mentor":
        raise MessageError("forbidden", "You asked: the others answer.", message.type)
    check_pace(room, member, message.type)
    poll = room.desk.polls.vote(message.poll, member.seat_id, message.chosen)
    chosen = poll.votes[member.seat_id]
    save = partial(saving.save_vote, room.lesson.session_id, poll.id, member.seat_id, chosen, clock.now())
    keeper(hub.journal, room, member, message.type)(save, partial(saying.say_vote, room, poll, member))


# --- timer


async def _timer(hub: Hub, room: Room, member: Member, message: TimerSend) -> None:
    check_host(member, message.type)
    check_pace(room, member, message.type)
    ends_at = clock.now() + timedelta(seconds=message.seconds) if message.seconds else None
    timer = room.desk.timer = Timer(ends_at, message.label if ends_at else "")
    keeper(hub.journal, room, member, message.type)(
        partial(saving.save_timer, room.lesson.session_id, timer),
        lambda: room.broadcast(saying.timer_of(room)),
    )


# --- notes


async def _note(hub: Hub, room: Room, member: Member, message: NoteSend) -> None:
    check_pace(room, member, message.type)
    notes, author, now = room.desk.notes, Author(member.seat_id, member.name), clock.now()
    try:
        if message.op == "put":
            written = notes.put(message, author, now)
        else:
            written = notes.remove(message.id, message.version, author, now)
    except StaleNote as stale:
        room.tell(member, _note_said(stale.newest))
        raise
    save = partial(saving.save_paragraph, room.lesson.session_id, written)
    said = _note_said(written)
    keeper(hub.journal, room, member, message.type)(save, partial(room.broadcast, said))


def _note_said(one: Paragraph) -> NoteSaid:
    return NoteSaid(**one.view().model_dump())


# --- whiteboard


async def _whiteboard(hub: Hub, room: Room, member: Member, message: WhiteboardSend) -> None:
    if message.op == "clear":
        check_host(member, message.type)
    check_pace(room, member, message.type)
    whiteboard(room, member, message, keeper(hub.journal, room, member, message.type), clock.now())


# --- the end of the lesson


async def _objective(hub: Hub, room: Room, member: Member, message: ObjectiveSend) -> None:
    check_host(member, message.type)
    if message.index >= len(room.desk.objectives):
        raise MessageError("no_objective", "This lesson has no such objective.", message.type)
    check_pace(room, member, message.type)
    reached = room.desk.ending.reached
    (reached.add if message.reached else reached.discard)(message.index)
    said = ObjectiveSaid(index=message.index, reached=message.reached)
    events.record(room, member, "objective", {"index": message.index, "reached": message.reached})
    _keep_ending(hub, room, member, said)


async def _wrapup(hub: Hub, room: Room, member: Member, message: WrapUpSend) -> None:
    check_host(member, message.type)
    check_pace(room, member, message.type)
    ending = room.desk.ending
    ending.takeaways, ending.homework = message.takeaways, message.homework
    _keep_ending(hub, room, member, WrapUpSaid(**ending.view().model_dump()))


def _keep_ending(hub: Hub, room: Room, member: Member, said: ObjectiveSaid | WrapUpSaid) -> None:
    now_kept: Ending = replace(room.desk.ending, reached=set(room.desk.ending.reached))
    save = partial(saving.save_ending, room.lesson.session_id, now_kept, clock.now())
    keeper(hub.journal, room, member, said.type)(save, partial(room.broadcast, said))


# --- captions


async def _caption(hub: Hub, room: Room, member: Member, message: CaptionSend) -> None:
    """Said at once: words that come late are of no use. What is final is kept."""
    check_pace(room, member, message.type)
    said = CaptionSaid(participant=member.id, **message.model_dump(exclude={"type"}))
    room.broadcast(said)
    if said.final:
        events.record(room, member, "caption", {"text": said.text, "language": said.language})


HANDLERS: dict[type[Message], Handler] = {
    PollSend: _poll,
    PollVoteSend: _vote,
    TimerSend: _timer,
    NoteSend: _note,
    WhiteboardSend: _whiteboard,
    ObjectiveSend: _objective,
    WrapUpSend: _wrapup,
    CaptionSend: _caption,
}
