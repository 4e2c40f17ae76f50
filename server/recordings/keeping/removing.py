"""How a recording goes before its time, by its mentor, and how what is stored of one is erased."""

from __future__ import annotations

from uuid import UUID

from server.edge.access import Viewer
from server.infra import clock, outbox
from server.infra.db import transactional
from server.infra.errors import Conflict, Forbidden
from server.infra.transitions import record_transition
from server.notifications.service import withdraw
from server.recordings.films.service import keys_of
from server.recordings.models import LessonFile, Recording, Segment, WatchPosition
from server.recordings.shelf import readable
from server.recordings.states import GONE, RecordingStatus, SegmentStatus

DELETABLE = (RecordingStatus.FINALISING, RecordingStatus.READY)
HELD = (
    "PeerLearn keeps this recording for now, because of an inquiry or a dispute. You can delete it when "
    "that is over."
)


def cause_of(recording_id: UUID) -> str:
    """What is said about a recording that will be gone; nothing of it is true once it is."""
    return f"recording:{recording_id}"


@transactional
async def delete_recording(recording_id: UUID, viewer: Viewer) -> None:
    """Remove a recording and its files, by the mentor.

    Raises NotFound, Forbidden, Conflict(wrong_state) while it is being recorded, Conflict(held)."""
    recording, _, role = await readable(recording_id, viewer)
    if role != "mentor":
        raise Forbidden(message="Only the mentor can delete the recording.")
    may_go = Recording.filter(id=recording.id, state__in=DELETABLE, held_at__isnull=True)
    if not await may_go.update(state=RecordingStatus.DELETED, deleted_at=clock.now()):
        await _refuse(recording.id)
    await record_transition(
        "recording", recording.id, recording.state, RecordingStatus.DELETED, viewer.user_id
    )
    await let_go(recording.id)


async def _refuse(recording_id: UUID) -> None:
    """Read again: it may have changed since it was read."""
    recording = await Recording.get(id=recording_id)
    if recording.held_at is not None:
        raise Conflict("held", HELD)
    if recording.state in GONE:
        raise Conflict("wrong_state", "This recording is gone already.")
    raise Conflict("wrong_state", "End the session or stop the recording first.")


async def let_go(recording_id: UUID) -> None:
    """What goes with a recording, in the transaction that ends it: its files by a job, and at once who
    watched how much of it, and what would be told about its end."""
    await WatchPosition.filter(recording_id=recording_id).delete()
    await withdraw(cause_of(recording_id))
    await outbox.enqueue("recordings.erase", {"recording_id": str(recording_id)})


# --- what is stored


async def keys_to_erase(recording_id: UUID) -> list[str]:
    """All that may be stored of a recording that is gone: tracks, also one whose arrival was never noted,
    and what was made of them."""
    if not await Recording.filter(id=recording_id, state__in=GONE).exists():
        return []
    tracks = await Segment.filter(recording_id=recording_id)
    return [*(track.storage_key or track.key for track in tracks), *await keys_of(recording_id)]


@transactional
async def note_erased(recording_id: UUID) -> None:
    """Nothing of it is stored any more; what it was about goes too."""
    stored = Segment.filter(recording_id=recording_id).exclude(storage_key="")
    await stored.update(state=SegmentStatus.ERASED, storage_key="")
    await LessonFile.filter(recording_id=recording_id).update(
        storage_key="", poster_key="", captions_key="", chapters=[]
    )


async def left_behind() -> list[UUID]:
    """Recordings that are gone and of which something is stored still: erasing it failed for too long."""
    gone = Recording.filter(state__in=GONE)
    tracks = Segment.filter(recording__state__in=GONE).exclude(storage_key="")
    films = LessonFile.filter(recording__state__in=GONE)
    found = set(await tracks.distinct().values_list("recording_id", flat=True))
    for key in ("storage_key", "poster_key", "captions_key"):
        found |= set(await films.exclude(**{key: ""}).values_list("recording_id", flat=True))
    return await gone.filter(id__in=found).order_by("id").values_list("id", flat=True)  # type: ignore[return-value]
