"""What follows from news of the media nodes: segments are noted, fetched, stored and acknowledged."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from media.protocol import control
from server.classroom import service as classroom
from server.infra.outbox import Lane, job
from server.recordings import intake
from server.recordings.depot import Depot, depot
from server.recordings.fetch import RemoteFile, alone, fetch
from server.recordings.files import media_type
from server.recordings.films import jobs as films
from server.recordings.keeping import jobs as keeping
from server.recordings.keeping import removing

__all__ = ["films", "keeping"]

_busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@job("recordings.segment_opened")
async def segment_opened(payload: dict[str, Any]) -> None:
    message = control.SegmentOpened.model_validate(payload)
    await intake.note_opened(message, payload["node_url"], datetime.fromisoformat(payload["seen_at"]))


@job("recordings.fetch_segment", lane=Lane.LONG)
async def fetch_segment(payload: dict[str, Any]) -> None:
    """Bring a closed segment here. Nodes announce one again until it is acknowledged, so that several
    of these jobs may be about one file: one works, the others find it done, or try again later."""
    message = control.SegmentClosed.model_validate(payload)
    async with _busy.setdefault(message.segment, asyncio.Lock()):
        seen_at = datetime.fromisoformat(payload["seen_at"])
        announced = await intake.note_closed(message, payload["node_url"], seen_at)
        if announced is None:
            return
        if announced.wanted:
            await _store(depot(), message, payload["node_url"], announced)
    classroom.acknowledge_segment(payload["node_url"], message.segment)


async def _store(
    opened: Depot, message: control.SegmentClosed, node_url: str, announced: intake.Announced
) -> None:
    target = _incoming(opened, announced)
    path = control.SEGMENT_PATH.format(id=message.segment)
    remote = RemoteFile(node_url + path, message.size, message.sha256.lower())
    with alone(target):
        await fetch(opened.http, opened.secret, remote, target)
        await opened.storage.put(announced.storage_key, target, media_type=media_type(message.kind))
        await intake.note_stored(announced.segment_id, announced.storage_key)


def _incoming(opened: Depot, announced: intake.Announced) -> Path:
    """Named by us: nothing that a node says becomes a path here."""
    return opened.incoming / f"segment-{announced.segment_id}.part"


@job("recordings.segment_lost")
async def segment_lost(payload: dict[str, Any]) -> None:
    """A crash left nothing of a segment: nobody waits for it any more."""
    message = control.SegmentLost.model_validate(payload)
    await intake.note_lost(message)
    classroom.acknowledge_segment(payload["node_url"], message.segment)


@job("recordings.finish")
async def finish(payload: dict[str, Any]) -> None:
    await intake.finish(UUID(payload["session_id"]))


@job("recordings.give_up")
async def give_up(payload: dict[str, Any]) -> None:
    await intake.give_up(UUID(payload["session_id"]))


@job("recordings.erase", lane=Lane.LONG)
async def erase(payload: dict[str, Any]) -> None:
    """Remove all files of a recording that is gone."""
    recording_id = UUID(payload["recording_id"])
    for key in await removing.keys_to_erase(recording_id):
        await depot().storage.delete(key)
    await removing.note_erased(recording_id)
