"""How long recordings are kept: until `expires_at`, of which their mentors hear a week before. What is
held stays for as long as that lasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from server.booking import service as booking
from server.infra import clock, outbox
from server.infra.db import transactional
from server.infra.transitions import record_transition
from server.notifications.service import notify
from server.recordings.depot import depot
from server.recordings.keeping.removing import cause_of, left_behind, let_go
from server.recordings.models import Recording
from server.recordings.states import RecordingStatus

NOTICE_BEFORE = timedelta(days=7)
NOTICE = "recordings.notice"
AT_ONCE = 200  # recordings that one sweep looks after


# --- the date


@transactional
async def begin(recording_id: UUID, finished_at: datetime) -> None:
    """The time for which a recording is kept begins. One that was finished long before anybody counted
    goes with a week's notice too."""
    now = clock.now()
    expires_at = max(finished_at + depot().keep_for, now + min(NOTICE_BEFORE, depot().keep_for))
    undated = Recording.filter(id=recording_id, state=RecordingStatus.READY, expires_at__isnull=True)
    if await undated.update(expires_at=expires_at):
        await plan_notice(recording_id, expires_at)


async def plan_notice(recording_id: UUID, expires_at: datetime) -> None:
    """One for each date, in the caller's transaction."""
    payload = {"recording_id": str(recording_id), "expires_at": expires_at.isoformat()}
    await outbox.enqueue(
        NOTICE,
        payload,
        run_at=max(clock.now(), expires_at - NOTICE_BEFORE),
        dedupe_key=f"{NOTICE}:{recording_id}:{expires_at.isoformat()}",
        cause=cause_of(recording_id),
    )


@transactional
async def give_notice(recording_id: UUID, expires_at: datetime) -> None:
    """Tell the mentor, if it is going to be so."""
    going = Recording.filter(id=recording_id, state=RecordingStatus.READY, held_at__isnull=True)
    recording = await going.get_or_none(expires_at=expires_at)
    if recording is None:
        return
    session = (await booking.cards_by_id([recording.session_id]))[recording.session_id]
    await notify(
        session.mentor_id,
        "recording_expiring",
        {"title": session.title, "starts_at": session.starts_at, "until": expires_at},
        path=f"{session.url}/recordings",
        dedupe_key=f"{recording_id}:{expires_at.isoformat()}",
        cause=cause_of(recording_id),
    )


# --- the end


async def sweep() -> None:
    """Begin what nobody began, end what is over, and erase what could not be erased."""
    undated = Recording.filter(state=RecordingStatus.READY, expires_at__isnull=True).order_by(
        "finished_at"
    )
    for recording in await undated.limit(AT_ONCE):
        await begin(recording.id, recording.finished_at or recording.origin_at)
    for recording_id in await _over():
        await expire(recording_id)
    for recording_id in await left_behind():
        await _erase_again(recording_id)


async def _over() -> list[UUID]:
    over = Recording.filter(
        state=RecordingStatus.READY, held_at__isnull=True, expires_at__lte=clock.now()
    )
    return [each.id for each in await over.order_by("expires_at").limit(AT_ONCE).only("id")]


@transactional
async def expire(recording_id: UUID) -> bool:
    """Its time is over: the files go. False where somebody was faster, to hold it or to delete it."""
    over = Recording.filter(
        id=recording_id,
        state=RecordingStatus.READY,
        held_at__isnull=True,
        expires_at__lte=clock.now(),
    )
    if not await over.update(state=RecordingStatus.EXPIRED):
        return False
    moved = (RecordingStatus.READY, RecordingStatus.EXPIRED)
    await record_transition("recording", recording_id, *moved, None)
    await let_go(recording_id)
    return True


@transactional
async def _erase_again(recording_id: UUID) -> None:
    """Once a day."""
    day = clock.now().date().isoformat()
    await outbox.enqueue(
        "recordings.erase",
        {"recording_id": str(recording_id)},
        dedupe_key=f"recordings.erase:{recording_id}:{day}",
    )
