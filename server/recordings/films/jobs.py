"""Films are made once everything of a recording is stored; what was forgotten is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.infra.outbox import Lane, job, periodic
from server.recordings.films import making, rows, seeking

SWEEP_EVERY = timedelta(minutes=5)
AT_ONCE = 50


@job(rows.COMPOSE, lane=Lane.LONG)
async def compose(payload: dict[str, Any]) -> None:
    await making.make(UUID(payload["recording_id"]))


@job(rows.CHAPTERS)
async def write_chapters(payload: dict[str, Any]) -> None:
    await rows.write_chapters(UUID(payload["recording_id"]))


@job(rows.TELL)
async def tell(payload: dict[str, Any]) -> None:
    """Whoever waited long enough hears of the tracks."""
    await rows.tell_late(UUID(payload["recording_id"]))


@periodic("films.sweep", every=SWEEP_EVERY)
async def sweep(payload: dict[str, Any]) -> None:
    """Ask for films of recordings that were ready before there were any, and again for those of which
    every try ended without a word (a storage that was away for hours)."""
    for recording_id in await seeking.never_asked(AT_ONCE):
        await rows.ask_for(recording_id)
    for recording_id in await seeking.waiting(AT_ONCE):
        await rows.ask_again(recording_id)
