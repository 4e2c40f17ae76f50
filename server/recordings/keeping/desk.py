"""What the staff sees of recordings: which there are and how long they stay, never what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from tortoise.expressions import Q
from tortoise.functions import Sum
from tortoise.queryset import QuerySet

from server.accounts import service as accounts
from server.booking import service as booking
from server.booking.service import SessionCard
from server.infra import clock
from server.infra.errors import NotFound
from server.recordings.keeping.retention import NOTICE_BEFORE
from server.recordings.models import LessonFile, Recording, Segment
from server.recordings.shelf import NO_RECORDING
from server.recordings.states import GONE, RecordingStatus

Show = Literal["", "held", "soon", "gone"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One recording. `size` is of all its files; `held_by` is a username, empty where nobody holds it or
    where they are gone."""

    id: UUID
    session: SessionCard
    state: str
    finished_at: datetime | None
    expires_at: datetime | None
    deleted_at: datetime | None
    size: int
    held_at: datetime | None
    held_by: str
    hold_reason: str

    @property
    def gone(self) -> bool:
        return self.state in GONE

    @property
    def held(self) -> bool:
        return self.held_at is not None


async def recordings(q: str, show: Show, offset: int, limit: int) -> tuple[list[Kept], int]:
    """A part of those that are looked for, the newest first, and how many there are. `q`: words of a
    title, a mentor's username, or the id of a recording or session. Six queries."""
    found = _shown(_sought(q), show)
    rows = await found.order_by("-origin_at", "id").offset(offset).limit(limit)
    return await _described(rows), await found.count()


async def recording(recording_id: UUID) -> Kept:
    """Raises NotFound."""
    row = await Recording.get_or_none(id=recording_id)
    if row is None:
        raise NotFound(message=NO_RECORDING)
    return (await _described([row]))[0]


def _sought(q: str) -> QuerySet[Recording]:
    words = q.strip()
    if not words:
        return Recording.all()
    wanted = Q(session__title__icontains=words) | Q(session__mentor__username=words.removeprefix("@"))
    with suppress(ValueError):
        wanted |= Q(id=UUID(words)) | Q(session_id=UUID(words))
    return Recording.filter(wanted)


def _shown(found: QuerySet[Recording], show: Show) -> QuerySet[Recording]:
    if show == "held":
        return found.filter(held_at__isnull=False)
    if show == "gone":
        return found.filter(state__in=GONE)
    if show == "soon":
        until = clock.now() + NOTICE_BEFORE + timedelta(minutes=1)
        return found.filter(state=RecordingStatus.READY, held_at__isnull=True, expires_at__lte=until)
    return found


async def _described(rows: Iterable[Recording]) -> list[Kept]:
    rows = list(rows)
    cards = await booking.cards_by_id([row.session_id for row in rows])
    holders = await accounts.users_by_ids({row.held_by_id for row in rows if row.held_by_id})
    sizes = await _sizes([row.id for row in rows if row.state not in GONE])
    return [
        Kept(
            id=row.id,
            session=cards[row.session_id],
            state=row.state,
            finished_at=row.finished_at,
            expires_at=row.expires_at,
            deleted_at=row.deleted_at,
            size=sizes.get(row.id, 0),
            held_at=row.held_at,
            held_by=holders[row.held_by_id].username if row.held_by_id in holders else "",
            hold_reason=row.hold_reason,
        )
        for row in rows
    ]


async def _sizes(ids: list[UUID]) -> dict[UUID, int]:
    tracks = Segment.filter(recording_id__in=ids).annotate(bytes=Sum("size")).group_by("recording_id")
    rows: list[dict[str, Any]] = await tracks.values("recording_id", "bytes")
    sizes = {row["recording_id"]: int(row["bytes"] or 0) for row in rows}
    for film in await LessonFile.filter(recording_id__in=ids):
        sizes[film.recording_id] = sizes.get(film.recording_id, 0) + film.size
    return sizes
