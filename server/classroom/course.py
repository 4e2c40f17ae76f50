"""The course of a lesson: it goes live, its recording begins, the mentor holds the recording."""

from __future__ import annotations

from datetime import datetime

import structlog

from media.protocol.codec import MessageError
from server.booking import service as booking
from server.classroom import state
from server.classroom.conduct import events
from server.classroom.room import Member, Room
from server.classroom.tape import ACTIONS
from server.infra.errors import DomainError

log = structlog.get_logger()


async def settle(room: Room, now: datetime) -> None:
    """Do what has become due: go live when the mentor is there at the start; begin the recording when
    somebody who consented can be written. Called after every change that may have brought it about."""
    try:
        await _go_live(room, now)
        await _begin_recording(room)
    except DomainError as error:  # somebody ended or cancelled the session meanwhile
        log.warning("room could not settle", room=room.id, error=str(error))


async def _go_live(room: Room, now: datetime) -> None:
    lesson = room.lesson
    if room.tape.live or now < lesson.starts_at or not room.mentor_present():
        return
    if await booking.mark_live(lesson.session_id, lesson.mentor_id):
        room.change_tape(live=True)


async def _begin_recording(room: Room) -> None:
    somebody = any(member.consent for member in room.members.values())
    if room.tape.runs and room.tape.recording_id is None and somebody:
        recording_id, origin_at = await state.begin_recording(room.lesson.session_id)
        room.change_tape(recording_id=recording_id, origin_at=origin_at)


async def hold_recording(room: Room, member: Member, action: str) -> None:
    """Pause, resume or stop the recording, by the mentor or a co-host.

    Raises MessageError `forbidden`, `wrong_state`."""
    if not member.leads:
        raise MessageError("forbidden", "Only who leads the lesson controls the recording.", "recording")
    allowed, hold = ACTIONS[action]
    if not room.tape.wanted or room.tape.hold not in allowed:
        raise MessageError("wrong_state", f"The recording can't {action} now.", "recording")
    await state.set_hold(room.lesson.session_id, hold)
    room.change_tape(hold=hold)
    events.record(room, member, f"recording-{action}")
