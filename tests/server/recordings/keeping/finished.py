"""A recording as it is when all of it is stored and composed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID, uuid4

from aiohttp import ClientResponse

from server.booking.models import Session
from server.classroom.models import AttendanceInterval, Seat
from server.edge.access import Viewer
from server.infra import clock
from server.infra.models import OutboxRow
from server.recordings.models import LessonFile, Recording, Segment, WatchPosition
from tests.server.classroom.stage import Stage
from tests.server.recordings.lesson import CONTENT, compose, put


@dataclass
class Finished:
    """Of a stage's session: the mentor's camera, and the lesson file; the learner watched half of it. Lea
    came, Otto has a seat and did not."""

    stage: Stage
    id: UUID
    track: UUID

    @property
    def film(self) -> str:
        return f"/api/v1/recordings/{self.id}/file"

    async def row(self) -> Recording:
        return await Recording.get(id=self.id)

    async def ask(
        self, path: str, viewer: Viewer | None = None, method: str = "GET", **headers: str
    ) -> ClientResponse:
        signed_in = await self.stage.bearer(viewer or self.stage.mentor)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.stage.http.request(method, path, headers={**signed_in, **named})

    async def shown(self) -> dict[str, object]:
        answer = await self.ask(f"/api/v1/sessions/{self.stage.session_id}/recordings")
        data: dict[str, object] = (await answer.json())["data"]
        return data

    async def sweep(self) -> None:
        """What the worker does every ten minutes, and what follows."""
        await OutboxRow.create(
            job="recordings.sweep", payload={}, run_at=clock.now(), created_at=clock.now()
        )
        await self.stage.run_jobs()


async def finished_lesson(stage: Stage) -> Finished:
    now = clock.now()
    await Session.filter(id=stage.session_id).update(status="ended")
    seat = await Seat.create(
        session_id=stage.session_id,
        user_id=stage.mentor.user_id,
        name="Mira",
        role="mentor",
        created_at=now,
    )
    await AttendanceInterval.create(
        session_id=stage.session_id, user_id=stage.learner.user_id, kind="socket", started_at=now
    )
    row = await Recording.create(
        id=uuid4(), session_id=stage.session_id, state="ready", origin_at=now, finished_at=now
    )
    track = Segment(
        recording_id=row.id,
        public_id=uuid4(),
        node_segment=uuid4().hex,
        node_url="http://127.0.0.1:1",
        participant=str(seat.public_id),
        source="camera",
        kind="video",
        start_ms=0,
        duration_ms=60_000,
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        state="ready",
        opened_at=now,
        stored_at=now,
    )
    track.storage_key = track.key
    await track.save()
    await put(track.key, CONTENT, "video/webm")
    await compose(row.id)
    await WatchPosition.create(
        recording_id=row.id,
        user_id=stage.learner.user_id,
        position_ms=30_000,
        first_at=now,
        updated_at=now,
    )
    return Finished(stage, row.id, track.public_id)


async def nothing_left(finished: Finished) -> bool:
    """Of what was stored, and of what the rows say of it."""
    segments = await Segment.filter(recording_id=finished.id).exclude(storage_key="").count()
    films = await LessonFile.filter(recording_id=finished.id).exclude(storage_key="").count()
    watched = await WatchPosition.filter(recording_id=finished.id).count()
    return (segments, films, watched) == (0, 0, 0)
