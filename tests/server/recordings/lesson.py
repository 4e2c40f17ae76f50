"""Recorded lessons for the tests: who agreed, what the node wrote of them."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from media.protocol import control
from server.edge.access import Viewer
from server.infra import clock
from server.recordings.depot import depot
from server.recordings.films.service import keys_of_attempt
from server.recordings.models import LessonFile
from tests.server.classroom.stage import RoomClient, Stage

FILM = hashlib.shake_256(b"a film").digest(400_000)
POSTER, CAPTIONS = b"a poster", b"WEBVTT\n\n00:00.000 --> 00:01.000\nMira\n"
CONTENT = hashlib.shake_256(b"a picture").digest(300_000)


@dataclass
class Taped:
    """A live lesson in which the mentor and a learner agreed to be recorded."""

    stage: Stage
    mentor: RoomClient
    learner: RoomClient
    recording: str

    def where(self, client: RoomClient) -> dict[str, str]:
        """What a node says of a segment of this person."""
        room = str(self.stage.session_id)
        return {"room": room, "participant": client.id, "recording": self.recording}

    async def write(self, client: RoomClient, content: bytes = CONTENT, **fields: Any) -> str:
        """The node closed a segment: it is fetched. Gives the node's name for it."""
        closed = self.stage.node.keep(content, **self.where(client), **fields)
        await self.announce(closed)
        return closed.segment

    async def announce(self, *messages: control.InRoom) -> None:
        """Let the node say something, and run what follows."""
        for message in messages:
            await self.stage.node.say(message)
        await self.settle()

    async def settle(self) -> None:
        """Wait until what the node said has arrived, and run what follows from it."""
        address = {"room": str(self.stage.session_id), "participant": self.mentor.id}
        await self.stage.node.say(control.PeerError(**address, code="sync", message=""))
        await self.mentor.hear("error", code="sync")
        await self.stage.run_jobs()

    async def shown(self, viewer: Viewer | None = None) -> dict[str, Any]:
        """What the API says of the recording."""
        path = f"/api/v1/sessions/{self.stage.session_id}/recordings"
        headers = await self.stage.bearer(viewer or self.stage.mentor)
        answer = await self.stage.http.get(path, headers=headers)
        assert answer.status == 200, await answer.text()
        data: dict[str, Any] = (await answer.json())["data"]
        return data


async def taped_lesson(stage: Stage) -> Taped:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await stage.go_live()
    for client in (mentor, learner):
        await client.say("recording", consent=True)
        told = await stage.node.hear(control.Record, participant=client.id, on=True)
    return Taped(stage, mentor, learner, told.recording)


async def stored(key: str) -> bytes:
    """What lies in the storage."""
    storage = depot().storage
    return b"".join([piece async for piece in storage.read(key, 0, await storage.size(key))])


async def put(key: str, content: bytes, media_type: str) -> None:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(content)
    await depot().storage.put(key, Path(file.name), media_type=media_type)


async def compose(recording: str | UUID, content: bytes = FILM, captions: bool = True) -> LessonFile:
    """A lesson file as the composer leaves one, whatever the recording's state."""
    film, _, poster, text = keys_of_attempt(UUID(str(recording)), 1)
    await put(film, content, "video/mp4")
    await put(poster, POSTER, "image/jpeg")
    if captions:
        await put(text, CAPTIONS, "text/vtt")
    made = {
        "state": "ready",
        "attempts": 1,
        "done_ms": 60_000,
        "total_ms": 60_000,
        "queued_at": clock.now(),
        "started_at": clock.now(),
        "ready_at": clock.now(),
        "media_type": "video/mp4",
        "storage_key": film,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "duration_ms": 60_000,
        "poster_key": poster,
        "captions_key": text if captions else "",
        "chapters": [{"at_ms": 1000, "title": "Closures", "kind": "objective"}],
    }
    await LessonFile.filter(recording_id=recording).delete()
    return await LessonFile.create(recording_id=recording, **made)


async def stored_keys() -> list[str]:
    """Everything that lies in the storage of files."""
    root: Path = depot().storage._root  # type: ignore[attr-defined]
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
