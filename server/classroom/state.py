"""What a room has to remember beyond this process: that it was closed, and its recording's time line."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from server.classroom import attendance
from server.classroom.models import RoomState
from server.classroom.tape import Hold
from server.infra import clock, outbox
from server.infra.db import transactional


@transactional
async def open_state(session_id: UUID) -> RoomState:
    """The room's row, made when it is opened first."""
    state, _ = await RoomState.get_or_create(session_id=session_id)
    return state


@transactional
async def begin_recording(session_id: UUID) -> tuple[UUID, datetime]:
    """The recording's id and the zero of its time line: set once, when writing first begins."""
    fresh = RoomState.filter(session_id=session_id, recording_id__isnull=True)
    await fresh.update(recording_id=uuid4(), origin_at=clock.now())
    begun = await recording_begun(session_id)
    if begun is None:
        raise RuntimeError("the room was never opened")
    return begun


async def recording_begun(session_id: UUID) -> tuple[UUID, datetime] | None:
    """The recording's id and the zero of its time line; None while nothing was ever written."""
    state = await RoomState.get_or_none(session_id=session_id)
    if state is None or state.recording_id is None or state.origin_at is None:
        return None
    return state.recording_id, state.origin_at


@transactional
async def set_hold(session_id: UUID, hold: Hold) -> None:
    """Remember that the mentor paused, resumed or stopped the recording."""
    await RoomState.filter(session_id=session_id).update(hold=hold)
    if hold == "stopped":
        await outbox.enqueue("recordings.finish", {"session_id": str(session_id)})


@transactional
async def close(session_id: UUID) -> None:
    """The lesson is over: nobody is present any more, and the recording is to be finished."""
    now = clock.now()
    if await RoomState.filter(session_id=session_id, closed_at__isnull=True).update(closed_at=now):
        await attendance.close_intervals(session_id, now)
        await outbox.enqueue("recordings.finish", {"session_id": str(session_id)})
