"""Finished recordings for the tests of their films: rows as intake leaves them, and real tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from server.classroom.conduct.models import RoomEvent
from server.classroom.models import Seat
from server.infra import clock
from server.infra.db import transactional
from server.infra.models import OutboxRow
from server.infra.storage import FileStorage
from server.notifications.models import Notification
from server.recordings.depot import depot
from server.recordings.films import rows, scratch
from server.recordings.models import LessonFile, Recording, Segment
from tests.server.classroom.stage import Stage
from tests.server.recordings.composing import tapes


@dataclass
class Reel:
    """The recording of a stage's session. `origin_at` is zero on its time line."""

    stage: Stage
    folder: Path
    recording: Recording
    seats: dict[str, Seat] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.recording.id

    async def person(self, name: str, role: str = "learner") -> Seat:
        viewer = self.stage.mentor if role == "mentor" else self.stage.learner
        self.seats[name], _ = await Seat.get_or_create(
            {"name": name, "role": role, "created_at": clock.now()},
            session_id=self.stage.session_id,
            user_id=viewer.user_id,
        )
        return self.seats[name]

    async def track(
        self, name: str, source: str, packets: Sequence[tapes.Packet], *, start_ms: int = 0
    ) -> Segment:
        """One real segment of somebody, stored."""
        video = source in ("camera", "screen")
        path = self.folder / f"{uuid4()}.webm"
        tapes.write(path, packets, video=video)
        duration_ms = packets[-1].ms + (tapes.PICTURE_MS if video else tapes.PACKET_MS)
        return await self.file(name, source, path, start_ms=start_ms, duration_ms=duration_ms)

    async def file(self, name: str, source: str, path: Path, **more: Any) -> Segment:
        """Whatever is in it."""
        key = f"recordings/{self.id}/{path.stem}.webm"
        size = path.stat().st_size
        await depot().storage.put(key, path)
        values = {
            "recording_id": self.id,
            "node_segment": uuid4().hex,
            "node_url": "http://127.0.0.1:1",
            "participant": str(self.seats[name].public_id),
            "source": source,
            "kind": "video" if source in ("camera", "screen") else "audio",
            "start_ms": 0,
            "duration_ms": 1000,
            "size": size,
            "storage_key": key,
            "state": "ready",
            "opened_at": clock.now(),
            "stored_at": clock.now(),
        }
        return await Segment.create(**{**values, **more})

    async def happened(self, name: str, at_ms: int, kind: str, **detail: Any) -> None:
        await RoomEvent.create(
            session_id=self.stage.session_id,
            seat_id=self.seats[name].id,
            kind=kind,
            detail=detail,
            at=self.recording.origin_at + timedelta(milliseconds=at_ms),
        )

    @transactional
    async def ask(self) -> None:
        await rows.ask(self.recording)

    async def row(self) -> LessonFile:
        return await LessonFile.get(recording_id=self.id)


async def reel(stage: Stage, folder: Path) -> Reel:
    """Of a lesson that is over, with a mentor, Mira, and a learner, Lea: nothing is recorded yet."""
    await stage.go_live()
    await stage.end()
    await OutboxRow.all().delete()  # nobody came: what follows of that is not told here
    recording = await Recording.create(
        id=uuid4(),
        session_id=stage.session_id,
        state="ready",
        origin_at=clock.now(),
        finished_at=clock.now(),
    )
    found = Reel(stage, folder, recording)
    await found.person("Mira", "mentor")
    await found.person("Lea")
    return found


async def filmed(stage: Stage, folder: Path, duration_ms: int = 2000) -> Reel:
    """Mira's camera and microphone, with a flash and a beep 600 ms after the start."""
    found = await reel(stage, folder)
    await found.track("Mira", "camera", tapes.pictures(tapes.flashing([600]), duration_ms))
    await found.track("Mira", "microphone", tapes.sounds([600], duration_ms))
    return found


def left_over() -> list[Path]:
    """Of what was composed on this machine."""
    return [one for one in depot().scratch.iterdir() if one.name != scratch.LOCK]


def stored_films(found: Reel) -> list[str]:
    storage = depot().storage
    assert isinstance(storage, FileStorage)
    return sorted(path.name for path in (storage._root / "recordings" / str(found.id)).glob("lesson*"))


async def heard() -> list[int]:
    """Who was told that the recording is there, each as often as they were."""
    return sorted([one.user_id for one in await Notification.filter(kind="recording_ready")])


def everybody(stage: Stage) -> list[int]:
    return sorted(who.user_id for who in (stage.mentor, stage.learner, stage.other))
