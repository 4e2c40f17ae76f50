"""Downloads: ranges, validators, names, who may, and the access log."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from pathlib import Path

import pytest
from aiohttp import ClientResponse

from server.booking.models import Session
from server.edge.access import Viewer
from server.recordings.models import LessonFile, RecordingAccess
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.stage import Stage
from tests.server.recordings.lesson import CAPTIONS as TEXT
from tests.server.recordings.lesson import CONTENT, FILM, POSTER, Taped, compose, taped_lesson


@pytest.fixture
async def taped(stage: Stage) -> Taped:
    """A recorded lesson with one stored track of the mentor's camera, and a lesson file."""
    found = await taped_lesson(stage)
    await found.write(found.mentor)
    await compose(found.recording, CONTENT)
    return found


def file_path(taped: Taped) -> str:
    return f"/api/v1/recordings/{taped.recording}/file"


async def ask(
    taped: Taped, method: str = "GET", viewer: Viewer | None = None, **headers: str
) -> ClientResponse:
    signed_in = await taped.stage.bearer(viewer or taped.stage.mentor)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await taped.stage.http.request(method, file_path(taped), headers={**signed_in, **named})


async def test_the_whole_file_comes_with_its_name_and_kind(taped: Taped) -> None:
    answer = await ask(taped)
    assert answer.status == 200
    assert await answer.read() == CONTENT
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert 'filename="Closures by example.mp4"' in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=299990-", 299_990, 300_000),
        ("bytes=299990-999999", 299_990, 300_000),
        ("bytes=-10", 299_990, 300_000),
        ("bytes=-999999", 0, 300_000),
    ],
)
async def test_a_range_is_partial_content(taped: Taped, asked: str, first: int, end: int) -> None:
    answer = await ask(taped, Range=asked)
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/300000"
    assert await answer.read() == CONTENT[first:end]


@pytest.mark.parametrize("asked", ["bytes=300000-", "bytes=300000-300001", "bytes=-0"])
async def test_a_range_outside_of_the_file_is_416(taped: Taped, asked: str) -> None:
    answer = await ask(taped, Range=asked)
    assert answer.status == 416
    assert answer.headers["Content-Range"] == "bytes */300000"


@pytest.mark.parametrize("asked", ["bytes=5-4", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6"])
async def test_a_range_that_is_none_is_ignored(taped: Taped, asked: str) -> None:
    answer = await ask(taped, Range=asked)
    assert answer.status == 200
    assert await answer.read() == CONTENT


async def test_a_range_of_another_file_than_known_gets_the_whole(taped: Taped) -> None:
    etag = (await ask(taped, "HEAD")).headers["ETag"]
    assert (await ask(taped, Range="bytes=0-9", If_Range=etag)).status == 206
    assert (await ask(taped, Range="bytes=0-9", If_Range='"another"')).status == 200
    date = "Wed, 21 Oct 2015 07:28:00 GMT"
    assert (await ask(taped, Range="bytes=0-9", If_Range=date)).status == 200


async def test_a_file_that_is_known_is_not_sent_again(taped: Taped) -> None:
    etag = (await ask(taped)).headers["ETag"]
    answer = await ask(taped, If_None_Match=etag)
    assert answer.status == 304
    assert await answer.read() == b""


async def test_head_tells_all_and_sends_nothing(taped: Taped) -> None:
    answer = await ask(taped, "HEAD")
    assert answer.status == 200
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert await answer.read() == b""
    assert await RecordingAccess.all().count() == 0


@BOTH
async def test_each_download_is_kept_in_the_access_log(taped: Taped) -> None:
    await (await ask(taped)).read()
    await (await ask(taped, viewer=taped.stage.learner, Range="bytes=10-19")).read()
    rows = await RecordingAccess.all().order_by("id").values_list("user_id", "first_byte", "bytes")
    stage = taped.stage
    assert rows == [(stage.mentor.user_id, 0, len(CONTENT)), (stage.learner.user_id, 10, 10)]


async def test_a_track_is_asked_for_by_its_id(taped: Taped) -> None:
    await taped.write(taped.learner, b"learner's voice", source="microphone", kind="audio", start_ms=9)
    tracks = (await taped.shown())["tracks"]
    headers = await taped.stage.bearer(taped.stage.mentor)
    bodies = {}
    for track in tracks:
        answer = await taped.stage.http.get(track["url"], headers=headers)
        bodies[track["source"]] = await answer.read()
    assert bodies == {"camera": CONTENT, "microphone": b"learner's voice"}
    assert answer.headers["Content-Type"] == "audio/webm"


async def test_a_track_has_its_owner_in_its_name(taped: Taped) -> None:
    headers = await taped.stage.bearer(taped.stage.mentor)
    url = (await taped.shown())["tracks"][0]["url"]
    answer = await taped.stage.http.get(url, headers=headers)
    assert answer.headers["Content-Type"] == "video/webm"
    assert 'filename="Closures by example - Mira - camera.webm"' in answer.headers["Content-Disposition"]


async def test_without_a_track_the_lesson_file_stands_for_the_recording(taped: Taped) -> None:
    await compose(taped.recording)
    assert await (await ask(taped)).read() == FILM
    shown = await taped.shown()
    assert (shown["size"], shown["duration_ms"]) == (len(FILM), 60_000)
    assert f'"{shown["sha256"]}"' == (await ask(taped, "HEAD")).headers["ETag"]
    film = shown["film"]
    assert (film["state"], film["media_type"], film["sha256"]) == ("ready", "video/mp4", shown["sha256"])
    assert film["url"] == file_path(taped)
    assert shown["chapters"] == [{"at_ms": 1000, "title": "Closures", "kind": "objective"}]


@pytest.mark.parametrize("state", ["queued", "composing", "failed", None])
async def test_a_lesson_file_that_is_not_composed_is_409(taped: Taped, state: str | None) -> None:
    if state is None:
        await LessonFile.all().delete()
    else:
        await LessonFile.all().update(state=state, storage_key="", poster_key="", captions_key="")
    headers = await taped.stage.bearer(taped.stage.mentor)
    for part in ("file", "poster", "captions"):
        path = f"/api/v1/recordings/{taped.recording}/{part}"
        for method in ("GET", "HEAD"):
            answer = await taped.stage.http.request(method, path, headers=headers)
            assert answer.status == 409, (method, part)
        answer = await taped.stage.http.get(path, headers=headers)
        assert (await answer.json())["error"]["code"] == "not_ready"
    shown = await taped.shown()
    assert (shown["size"], shown["sha256"]) == (0, None)
    if state is None:
        assert shown["film"] is None
    else:
        assert (shown["film"]["state"], shown["film"]["url"]) == (state, None)


async def test_a_track_that_is_not_there_yet_is_409(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    await taped.write(taped.mentor, sha256="0" * 64)
    track = (await taped.shown())["tracks"][0]
    assert track["url"] is None
    headers = await stage.bearer(stage.mentor)
    answer = await stage.http.get(f"{file_path(taped)}?track={track['id']}", headers=headers)
    assert answer.status == 409
    assert (await answer.json())["error"]["code"] == "not_ready"


async def test_its_poster_and_captions_come_with_what_they_are(taped: Taped) -> None:
    headers = await taped.stage.bearer(taped.stage.learner)
    film = (await taped.shown())["film"]
    kept = {"poster_url": (POSTER, "image/jpeg"), "captions_url": (TEXT, "text/vtt; charset=utf-8")}
    for name, (content, media_type) in kept.items():
        answer = await taped.stage.http.get(film[name], headers=headers)
        assert await answer.read() == content
        assert answer.headers["Content-Type"] == media_type
        again = {**headers, "If-None-Match": answer.headers["ETag"]}
        assert (await taped.stage.http.get(film[name], headers=again)).status == 304
    assert await RecordingAccess.all().count() == 0


async def test_a_lesson_file_without_captions_has_none(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    await taped.write(taped.mentor)
    await compose(taped.recording, captions=False)
    assert (await taped.shown())["film"]["captions_url"] is None
    headers = await stage.bearer(stage.mentor)
    path = f"/api/v1/recordings/{taped.recording}/captions"
    assert (await stage.http.get(path, headers=headers)).status == 404


async def test_a_film_made_anew_is_another_file(taped: Taped) -> None:
    old = (await ask(taped, "HEAD")).headers["ETag"]
    await compose(taped.recording)
    answer = await ask(taped, Range="bytes=0-9", If_Range=old)
    assert (answer.status, await answer.read()) == (200, FILM)
    assert (await ask(taped, If_Match=old)).status == 412


async def test_validators_by_date_and_by_digest(taped: Taped) -> None:
    answer = await ask(taped, "HEAD")
    changed = answer.headers["Last-Modified"]
    digest = b64encode(hashlib.sha256(CONTENT).digest()).decode()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert (await ask(taped, If_Modified_Since=changed)).status == 304
    assert (await ask(taped, Range="bytes=0-9", If_Range=changed)).status == 206
    part = await ask(taped, Range="bytes=0-9")
    assert part.headers["Repr-Digest"] == answer.headers["Repr-Digest"]


async def test_a_download_that_breaks_off_is_resumed(taped: Taped, tmp_path: Path) -> None:
    """By curl: half of it, then the rest, which has to be of the same file."""
    login = await taped.stage.bearer(taped.stage.mentor)
    url, target = str(taped.stage.http.make_url(file_path(taped))), tmp_path / "lesson.mp4"
    target.write_bytes(CONTENT[:123_457])
    command = ["curl", "-sS", "--fail", "-C", "-", "-o", str(target), url]
    headers = ["-H", f"Authorization: {login['Authorization']}"]
    process = await asyncio.create_subprocess_exec(*command, *headers)
    assert await process.wait() == 0
    assert target.read_bytes() == CONTENT
    row = await RecordingAccess.get()
    assert (row.first_byte, row.bytes) == (123_457, len(CONTENT) - 123_457)


async def test_a_title_can_not_break_the_header(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    await taped.write(taped.mentor)
    await compose(taped.recording)
    await Session.filter(id=stage.session_id).update(title='Ä "quoted"\r\nX-Evil: 1 / ../..')
    answer = await ask(taped)
    assert answer.status == 200
    assert "X-Evil" not in answer.headers
    assert "filename*=UTF-8''%C3%84" in answer.headers["Content-Disposition"]


# --- who may


async def statuses(taped: Taped, viewer: Viewer | None) -> list[int]:
    """What this person gets from each address of the recording."""
    stage = taped.stage
    headers = await stage.bearer(viewer) if viewer else {}
    track = (await taped.shown())["tracks"][0]["id"]
    asked = [
        ("GET", f"/api/v1/sessions/{stage.session_id}/recordings"),
        ("GET", file_path(taped)),
        ("HEAD", file_path(taped)),
        ("GET", f"{file_path(taped)}?track={track}"),
    ]
    return [(await stage.http.request(method, path, headers=headers)).status for method, path in asked]


async def test_the_mentor_and_a_learner_who_came_may_read(taped: Taped) -> None:
    assert await statuses(taped, taped.stage.mentor) == [200] * 4
    assert await statuses(taped, taped.stage.learner) == [200] * 4


async def test_a_learner_who_booked_but_never_came_may_catch_up(taped: Taped) -> None:
    assert await statuses(taped, taped.stage.other) == [200] * 4


async def test_nobody_else_finds_anything(taped: Taped) -> None:
    strangers = [
        await makers.person("sven"),
        await makers.mentor("max"),
        await makers.person("ada", "admin"),
        await makers.person("olga", "owner"),
    ]
    for viewer in strangers:
        assert await statuses(taped, viewer) == [404] * 4
    assert await statuses(taped, None) == [401] * 4


async def test_ids_that_name_nothing_are_404(taped: Taped) -> None:
    headers = await taped.stage.bearer(taped.stage.mentor)
    nothing = "00000000-0000-0000-0000-000000000000"
    for path in (
        f"/api/v1/recordings/{nothing}/file",
        "/api/v1/recordings/x/file",
        f"{file_path(taped)}?track={nothing}",
        f"{file_path(taped)}?track=x",
        f"{file_path(taped)}?track=",
        f"/api/v1/sessions/{nothing}/recordings",
        "/api/v1/sessions/x/recordings",
    ):
        assert (await taped.stage.http.get(path, headers=headers)).status == 404, path
