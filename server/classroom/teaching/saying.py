"""What people in a room are told of what lies on its desk: each of a poll only what they may see."""

from __future__ import annotations

from collections import defaultdict

from media.protocol.codec import Message
from media.protocol.teaching import BoardSaid, LessonSaid, PollSaid, TimerSaid
from server.classroom.room import Member, Room
from server.classroom.teaching.polls import AskedPoll, sees_counts, view_of
from server.classroom.wire import frame_of
from server.edge.api import timestamp
from server.infra import clock

HOSTS = frozenset({"mentor", "cohost"})


def is_host(member: Member) -> bool:
    return member.role in HOSTS


def greet(room: Room, member: Member) -> None:
    """Somebody came in, or has to know everything anew."""
    room.tell(member, lesson_for(room, member))
    room.tell(member, board_of(room))


def lesson_for(room: Room, member: Member) -> LessonSaid:
    desk, host = room.desk, is_host(member)
    polls = [
        view_of(poll, poll.votes.get(member.seat_id, ()), counted=sees_counts(poll, host=host))
        for poll in desk.polls.all()
    ]
    return LessonSaid(
        now=timestamp(clock.now()),
        polls=polls,
        timer=desk.timer.view(),
        notes=[one.view() for one in desk.notes.live()],
        objectives=list(desk.objective_views()),
        wrapup=desk.ending.view(),
    )


def board_of(room: Room) -> BoardSaid:
    return BoardSaid(items=[one.entry() for one in room.desk.board.live()])


def timer_of(room: Room) -> TimerSaid:
    timer = room.desk.timer.view()
    return TimerSaid(ends_at=timer.ends_at, label=timer.label, now=timestamp(clock.now()))


def say_poll(room: Room, poll: AskedPoll) -> None:
    """Everybody hears of it; those who may see the same of it get the same frame."""
    _poll_to(room, poll, list(room.members.values()))


def say_vote(room: Room, poll: AskedPoll, voter: Member) -> None:
    """While the results are not shown a vote concerns its voter and the mentor."""
    everybody = room.members.values()
    concerned = [one for one in everybody if poll.shown_at or one is voter or is_host(one)]
    _poll_to(room, poll, concerned)


def say_removed(room: Room, poll: AskedPoll) -> None:
    gone = view_of(poll, (), counted=False).model_copy(update={"removed": True})
    room.broadcast(PollSaid(poll=gone))


def say_each(room: Room, messages: list[Message]) -> None:
    for message in messages:
        room.broadcast(message)


def _poll_to(room: Room, poll: AskedPoll, members: list[Member]) -> None:
    alike: defaultdict[tuple[tuple[int, ...], bool], list[Member]] = defaultdict(list)
    for member in members:
        counted = sees_counts(poll, host=is_host(member))
        alike[poll.votes.get(member.seat_id, ()), counted].append(member)
    for (mine, counted), group in alike.items():
        frame = frame_of(PollSaid(poll=view_of(poll, mine, counted=counted)))
        for member in group:
            if member.wire is not None:
                member.wire.send(frame)
