"""Recordings in a bucket: fetched, served by ranges, handed over by a link, erased."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import aiohttp
import pytest

from config.settings import Settings
from server.infra.storage import Missing, S3Storage, StorageDown
from server.recordings import download
from server.recordings.depot import depot
from server.recordings.models import LessonFile, RecordingAccess, Segment
from tests.buckets import ACCESS_KEY, SECRET_KEY, TOGETHER, ObjectServer
from tests.conftest import QUICK, settings_for
from tests.server.classroom.stage import Stage
from tests.server.recordings.lesson import CONTENT, Taped, compose, stored, taped_lesson

pytestmark = TOGETHER


@pytest.fixture
def settings(tmp_path: Path, objects: ObjectServer) -> Settings:
    """As everywhere, but for the storage."""
    made = settings_for(tmp_path, f"sqlite://{tmp_path}/peerlearn.sqlite3{QUICK}")
    url = objects.url(uuid4().hex, links="yes")
    return replace(made, storage_url=url, s3_access_key=ACCESS_KEY, s3_secret_key=SECRET_KEY)


@pytest.fixture
async def taped(stage: Stage) -> Taped:
    """A recorded lesson with one stored track of the mentor's camera, and a lesson file."""
    found = await taped_lesson(stage)
    await found.write(found.mentor)
    await compose(found.recording, CONTENT)
    return found


async def ask(taped: Taped, method: str = "GET", **headers: str) -> aiohttp.ClientResponse:
    signed_in = await taped.stage.bearer(taped.stage.mentor)
    path = f"/api/v1/recordings/{taped.recording}/file"
    asked = {**signed_in, **headers}
    return await taped.stage.http.request(method, path, headers=asked, allow_redirects=False)


async def test_a_segment_is_fetched_into_the_bucket(taped: Taped) -> None:
    assert isinstance(depot().storage, S3Storage)
    segment = await Segment.get()
    assert segment.state == "ready"
    assert await stored(segment.storage_key) == CONTENT
    assert list(depot().incoming.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "status", "first", "end"),
    [
        ({}, 200, 0, 300_000),
        ({"Range": "bytes=0-0"}, 206, 0, 1),
        ({"Range": "bytes=299990-"}, 206, 299_990, 300_000),
        ({"Range": "bytes=-10"}, 206, 299_990, 300_000),
        ({"Range": "bytes=300000-"}, 416, 0, 0),
    ],
)
async def test_it_is_served_by_ranges(
    taped: Taped, asked: dict[str, str], status: int, first: int, end: int
) -> None:
    answer = await ask(taped, **asked)
    assert answer.status == status
    assert await answer.read() == CONTENT[first:end]
    head = await ask(taped, "HEAD", **asked)
    assert head.status == status
    for name in ("Content-Length", "Content-Range", "Content-Type", "ETag"):
        assert head.headers.get(name) == answer.headers.get(name)


async def test_a_large_download_is_handed_over(taped: Taped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "LINK_FROM", len(CONTENT))
    answer = await ask(taped)
    assert answer.status == 302
    assert answer.headers["Cache-Control"] == "no-store"
    async with aiohttp.ClientSession() as http, http.get(answer.headers["Location"]) as got:
        assert await got.read() == CONTENT
        assert got.headers["Content-Type"] == "video/mp4"
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert int(asked["X-Amz-Expires"][0]) == 60 + 4 * 3600  # the lesson and four hours
    assert (await ask(taped, Range="bytes=0-9")).status == 206
    assert (await ask(taped, "HEAD")).status == 200
    assert await RecordingAccess.all().values_list("bytes", flat=True) == [len(CONTENT), 10]


async def test_a_file_that_somebody_removed_is_404(taped: Taped) -> None:
    await depot().storage.delete((await LessonFile.get()).storage_key)
    assert (await ask(taped)).status == 404


async def test_a_storage_that_is_down_is_503(taped: Taped, monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(self: S3Storage, key: str) -> int:
        raise StorageDown

    monkeypatch.setattr(S3Storage, "size", down)
    answer = await ask(taped)
    assert answer.status == 503
    assert (await answer.json())["error"]["code"] == "unavailable"


async def test_a_download_that_breaks_off_is_not_taken_for_whole(
    taped: Taped, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def half(self: S3Storage, key: str, first: int, count: int) -> AsyncGenerator[bytes, None]:
        yield CONTENT[:1000]
        raise StorageDown

    monkeypatch.setattr(S3Storage, "read", half)
    with pytest.raises(aiohttp.ClientError):
        await (await ask(taped)).read()


async def test_a_deleted_recording_leaves_the_bucket(taped: Taped) -> None:
    stage, film = taped.stage, await LessonFile.get()
    keys = [(await Segment.get()).storage_key, film.storage_key, film.poster_key, film.captions_key]
    await stage.end()
    headers = await stage.bearer(stage.mentor)
    answer = await stage.http.delete(f"/api/v1/recordings/{taped.recording}", headers=headers)
    assert answer.status == 200
    await stage.run_jobs()
    for key in keys:
        with pytest.raises(Missing):
            await depot().storage.size(key)
