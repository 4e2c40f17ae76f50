"""Downloads: ranges, validators, names, who may, and the access log."""

from __future__ import annotations

import pytest
from aiohttp import ClientResponse

from server.booking.models import Session
from server.edge.access import Viewer
from server.infra.storage import Missing
from server.recordings.depot import depot
from server.recordings.models import RecordingAccess, Segment
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.stage import Stage
from tests.server.recordings.lesson import CONTENT, Taped, stored, taped_lesson


@pytest.fixture
async def taped(stage: Stage) -> Taped:
    """A recorded lesson with one stored track of the mentor's camera."""
    found = await taped_lesson(stage)
    await found.write(found.mentor)
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
    assert answer.headers["Content-Type"] == "video/webm"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert 'filename="Closures by example - Mira - camera.webm"' in answer.headers["Content-Disposition"]
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


async def test_without_a_track_the_first_camera_stands_for_the_recording(taped: Taped) -> None:
    await taped.write(taped.mentor, b"early voice", source="microphone", kind="audio", start_ms=0)
    await taped.write(taped.learner, b"later picture", start_ms=5000)
    assert await (await ask(taped)).read() == CONTENT
    shown = await taped.shown()
    assert shown["size"] == len(CONTENT)
    assert f'"{shown["sha256"]}"' == (await ask(taped, "HEAD")).headers["ETag"]


async def test_a_file_that_is_not_there_yet_is_409(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    await taped.write(taped.mentor, sha256="0" * 64)
    answer = await ask(taped)
    assert answer.status == 409
    assert (await answer.json())["error"]["code"] == "not_ready"


async def test_a_title_can_not_break_the_header(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    await taped.write(taped.mentor)
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


async def test_a_learner_who_booked_but_never_came_finds_nothing(taped: Taped) -> None:
    assert await statuses(taped, taped.stage.other) == [404] * 4


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


# --- deleting


async def delete(taped: Taped, viewer: Viewer) -> int:
    headers = await taped.stage.bearer(viewer)
    path = f"/api/v1/recordings/{taped.recording}"
    return (await taped.stage.http.delete(path, headers=headers)).status


async def test_the_mentor_deletes_it_with_its_files(taped: Taped) -> None:
    key = (await Segment.get()).storage_key
    assert await stored(key) == CONTENT
    await taped.stage.end()
    assert await delete(taped, taped.stage.mentor) == 200
    await taped.stage.run_jobs()
    assert (await ask(taped)).status == 404
    assert (await taped.shown())["state"] == "deleted"
    assert (await taped.shown())["tracks"] == []
    with pytest.raises(Missing):
        await depot().storage.size(key)
    assert await delete(taped, taped.stage.mentor) == 404


async def test_it_can_not_be_deleted_while_it_is_written(taped: Taped) -> None:
    assert await delete(taped, taped.stage.mentor) == 409


async def test_a_learner_may_not_delete_it(taped: Taped) -> None:
    await taped.stage.end()
    assert await delete(taped, taped.stage.learner) == 403
    assert await delete(taped, taped.stage.other) == 404
