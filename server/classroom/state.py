"""What a room has to remember beyond this process: that it was closed, and its recording's time line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tortoise.expressions import F

from server.classroom import attendance
from server.classroom.models import DrainedNode, RoomState
from server.classroom.tape import Hold
from server.infra import clock, outbox
from server.infra.db import transactional


@transactional
async def open_state(session_id: UUID) -> RoomState:
    """The room's row, made when it is opened first, for a process that is its home from now on: with a
    number that is higher than that of any before."""
    await RoomState.get_or_create({"seen_at": clock.now()}, session_id=session_id)
    await RoomState.filter(session_id=session_id).update(home=F("home") + 1)
    return await RoomState.get(session_id=session_id)


@dataclass(frozen=True, slots=True)
class Placed:
    """A room is at this node now, or at none (""); an entry of the journal. Another home's word is not
    overwritten."""

    session_id: UUID
    home: int
    url: str
    epoch: str

    async def write(self) -> None:
        ours = RoomState.filter(session_id=self.session_id, home=self.home)
        await ours.update(node_url=self.url, node_epoch=self.epoch)

    def kept(self) -> None: ...

    def failed(self) -> None: ...


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
async def close(session_id: UUID) -> int:
    """The lesson is over: nobody is present any more, and the recording is to be finished.

    Gives the number of the room's last home, 0 when it never was open."""
    now = clock.now()
    if await RoomState.filter(session_id=session_id, closed_at__isnull=True).update(closed_at=now):
        await attendance.close_intervals(session_id, now)
        for job in ("recordings.finish", "achievements.issue", "feedback.lesson_over"):
            await outbox.enqueue(job, {"session_id": str(session_id)})
    state = await RoomState.get_or_none(session_id=session_id)
    return state.home if state else 0


async def drained_nodes() -> list[str]:
    """The ids of the media nodes that take no new rooms."""
    return [node.node_id for node in await DrainedNode.all()]
