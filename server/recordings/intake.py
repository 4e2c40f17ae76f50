"""The way of a segment into the recording: opened on a node, closed there, stored here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from media.protocol import control
from server.classroom import service as classroom
from server.infra import clock, outbox
from server.infra.db import after_commit, transactional
from server.infra.transitions import record_transition
from server.recordings.films import rows as films
from server.recordings.keeping import retention
from server.recordings.models import Recording, Segment
from server.recordings.states import GONE, PENDING, RecordingStatus, SegmentStatus

GIVE_UP_AFTER = timedelta(minutes=30)  # a node that is not back by then took its open files with it

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Announced:
    """A closed segment as the node told of it. `wanted`: it is not stored yet and should be."""

    segment_id: int
    storage_key: str
    wanted: bool


@transactional
async def note_opened(message: control.SegmentOpened, node_url: str, at: datetime) -> None:
    """The first bytes of a track are on a node's disk."""
    recording = await _recording_of(message.room, message.recording)
    if recording is None or await Segment.exists(node_segment=message.segment):
        return
    await Segment.create(
        recording_id=recording.id,
        node_segment=message.segment,
        node_url=node_url,
        participant=message.participant,
        source=message.source,
        kind="audio" if message.source in ("microphone", "screen-audio") else "video",
        start_ms=message.start_ms,
        state=SegmentStatus.RECORDING,
        opened_at=at,
    )


@transactional
async def note_closed(message: control.SegmentClosed, node_url: str, at: datetime) -> Announced | None:
    """A file waits on a node, maybe not for the first time. None for one that is not ours."""
    recording = await _recording_of(message.room, message.recording)
    if recording is None:
        return None
    segment = await Segment.get_or_none(node_segment=message.segment)
    if segment is None:
        segment = Segment(recording_id=recording.id, node_segment=message.segment, opened_at=at)
    stored = segment.state == SegmentStatus.READY
    if not stored:
        segment.update_from_dict(
            {
                **message.model_dump(
                    include={"participant", "source", "kind", "start_ms", "duration_ms", "size"}
                ),
                "sha256": message.sha256.lower(),
                "salvaged": message.salvaged,
                "node_url": node_url,
                "state": SegmentStatus.FINALISING,
            }
        )
        await segment.save()
    wanted = not stored and recording.state not in GONE
    return Announced(segment.id, segment.key, wanted)


@transactional
async def note_lost(message: control.SegmentLost) -> None:
    """Nothing is to come of an opened segment; its recording may be complete by that."""
    recording = await _recording_of(message.room, message.recording)
    if recording is None:
        return
    pending = Segment.filter(recording_id=recording.id, node_segment=message.segment, state__in=PENDING)
    await pending.update(state=SegmentStatus.LOST)
    await _complete(recording)


@transactional
async def note_stored(segment_id: int, storage_key: str) -> None:
    """The file is ours; its recording may be complete by that."""
    segment = await Segment.get(id=segment_id)
    segment.update_from_dict(
        {"state": SegmentStatus.READY, "storage_key": storage_key, "stored_at": clock.now()}
    )
    await segment.save(update_fields=["state", "storage_key", "stored_at"])
    recording = await Recording.get(id=segment.recording_id)
    await _complete(recording)
    if recording.state in GONE:  # while the file was on its way
        await outbox.enqueue("recordings.erase", {"recording_id": str(recording.id)})


@transactional
async def finish(session_id: UUID) -> None:
    """Nothing more will be recorded: ready as soon as every file is here."""
    recording = await _recording(session_id)
    if recording is None or recording.state != RecordingStatus.RECORDING:
        return
    if not await _move(recording, RecordingStatus.FINALISING):
        return
    await outbox.enqueue(
        "recordings.give_up", {"session_id": str(session_id)}, run_at=clock.now() + GIVE_UP_AFTER
    )
    await _complete(recording)


@transactional
async def give_up(session_id: UUID) -> None:
    """What has not come by now is lost; the rest is ready without it."""
    recording = await _recording(session_id)
    if recording is not None and recording.state == RecordingStatus.FINALISING:
        missing = Segment.filter(recording_id=recording.id, state__in=PENDING)
        await missing.update(state=SegmentStatus.LOST)
        await _complete(recording)


async def _complete(recording: Recording) -> None:
    """Ready, if it is finished and no file is outstanding."""
    if recording.state != RecordingStatus.FINALISING:
        return
    if not await Segment.exists(recording_id=recording.id, state__in=PENDING):
        if not await _move(recording, RecordingStatus.READY):
            return
        session_id = recording.session_id
        await retention.begin(recording.id, clock.now())
        await films.ask(recording)
        after_commit(lambda: classroom.recording_stored(session_id))


async def _move(recording: Recording, to: RecordingStatus) -> bool:
    """False where it is in another state by now: its mentor deleted it."""
    old, finished_at = recording.state, clock.now() if to == RecordingStatus.READY else None
    if not await Recording.filter(id=recording.id, state=old).update(state=to, finished_at=finished_at):
        return False
    await record_transition("recording", recording.id, old, to, None)
    recording.state, recording.finished_at = to, finished_at
    return True


async def _recording_of(room: str, recording_id: str) -> Recording | None:
    """The recording that a node speaks of, if it is that room's."""
    try:
        recording = await _recording(UUID(room))
    except ValueError:
        recording = None
    if recording is None or str(recording.id) != recording_id:
        log.warning("segment of an unknown recording", room=room, recording=recording_id)
        return None
    return recording


async def _recording(session_id: UUID) -> Recording | None:
    """The session's recording; its row is made when it is first asked for after writing began."""
    recording = await Recording.get_or_none(session_id=session_id)
    begun = None if recording else await classroom.recording_begun(session_id)
    if begun is None:
        return recording
    recording_id, origin_at = begun
    await record_transition("recording", recording_id, "", RecordingStatus.RECORDING, None)
    return await Recording.create(
        id=recording_id,
        session_id=session_id,
        state=RecordingStatus.RECORDING,
        origin_at=origin_at,
    )
