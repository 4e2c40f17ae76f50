"""The access log: what is written before and after the bytes, and how it is read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.infra.models import AuditRow
from server.recordings.files import StoredFile, file_of
from server.recordings.keeping import logbook
from server.recordings.models import RecordingAccess
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.booking.makers import bearer
from tests.server.recordings.keeping.finished import Finished
from tests.server.recordings.lesson import CONTENT, FILM

HALF_AN_HOUR = timedelta(minutes=30)


async def log(finished: Finished, **query: int) -> list[dict[str, object]]:
    path = f"/api/v1/sessions/{finished.stage.session_id}/recordings/log"
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await finished.ask(f"{path}?{asked}")
    assert answer.status == 200
    items: list[dict[str, object]] = (await answer.json())["data"]["items"]
    return items


@BOTH
async def test_parts_of_one_sitting_are_one_line(finished: Finished) -> None:
    stage = finished.stage
    for first in (0, 100, 5000):
        await (
            await finished.ask(finished.film, stage.learner, Range=f"bytes={first}-{first + 9}")
        ).read()
        stage.clock.advance(HALF_AN_HOUR)
    await (await finished.ask(f"{finished.film}?track={finished.track}", stage.learner)).read()
    await (await finished.ask(finished.film)).read()
    stage.clock.advance(timedelta(seconds=1))
    await (await finished.ask(finished.film, stage.learner, Range="bytes=0-0")).read()
    lines = await log(finished)
    assert [(line["username"], line["source"], line["parts"], line["bytes"]) for line in lines] == [
        ("lea", "lesson-file", 1, 1),
        ("mira", "lesson-file", 1, len(FILM)),
        ("lea", "camera", 1, len(CONTENT)),
        ("lea", "lesson-file", 3, 30),
    ]
    assert lines[2]["participant_name"] == "Mira"
    assert [line["size"] for line in lines[:3]] == [len(FILM), len(FILM), len(CONTENT)]
    assert lines[3]["begun_at"] != lines[3]["ended_at"]


@BOTH
async def test_half_an_hour_is_so_at_any_instant(finished: Finished) -> None:
    """Fractions of a second that no floating-point number holds exactly, two by two."""
    now, apart = finished.stage.clock.now(), timedelta(hours=3)  # between two sittings
    for turn in range(40):
        for at in (now + turn * apart, now + turn * apart + HALF_AN_HOUR):
            await RecordingAccess.create(
                recording_id=finished.id,
                user_id=finished.stage.learner.user_id,
                at=at + timedelta(microseconds=turn * 7919),
                first_byte=0,
                bytes=1,
            )
    assert [line["parts"] for line in await log(finished, per_page=50)] == [2] * 40


async def test_it_has_pages(finished: Finished) -> None:
    for _ in range(5):
        await (await finished.ask(finished.film, Range="bytes=0-9")).read()
        finished.stage.clock.advance(HALF_AN_HOUR * 2)
    assert [len(await log(finished, page=page, per_page=2)) for page in (1, 2, 3, 4)] == [2, 2, 1, 0]


async def test_a_part_is_noted_before_its_first_byte(
    finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(file: StoredFile, viewer: object, first: int, count: int) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr("server.recordings.download.note_access", broken)
    answer = await finished.ask(finished.film)
    assert answer.status == 500
    assert FILM not in await answer.read()


async def test_who_stops_has_fetched_what_they_took(finished: Finished) -> None:
    """The log has first what was asked for; what went stands there when it is over."""
    file = await file_of(finished.id, None, finished.stage.learner)
    number = await logbook.note_access(file, finished.stage.learner, 0, len(FILM))
    assert (await RecordingAccess.get()).bytes == len(FILM)
    await logbook.note_sent(number, 1000)
    assert (await RecordingAccess.get()).bytes == 1000


async def test_what_is_not_sent_is_not_noted(finished: Finished) -> None:
    etag = (await finished.ask(finished.film, method="HEAD")).headers["ETag"]
    await finished.ask(finished.film, If_None_Match=etag)
    await finished.ask(finished.film, Range="bytes=999999999-")
    for part in ("poster", "captions"):
        await finished.ask(f"/api/v1/recordings/{finished.id}/{part}")
    assert await RecordingAccess.all().count() == 0


async def test_the_mentor_sees_it_on_a_page_also_when_the_recording_is_gone(finished: Finished) -> None:
    await (await finished.ask(finished.film, finished.stage.learner)).read()
    path = f"/sessions/{finished.stage.session_id}/recordings/log"
    for _ in range(2):
        answer = await finished.ask(path)
        page = await answer.text()
        assert answer.status == 200
        assert "lea" in page
        assert "all of it" in page
        await finished.ask(f"/api/v1/recordings/{finished.id}", method="DELETE")
        await finished.stage.run_jobs()


async def test_the_staff_sees_it_and_leaves_a_row(finished: Finished) -> None:
    await (await finished.ask(finished.film, finished.stage.learner)).read()
    sam = await makers.person("sam", "support")
    page = await finished.stage.http.get(
        f"/dashboard/admin/recordings/{finished.id}", headers=await bearer(sam)
    )
    assert page.status == 200
    assert "lea" in await page.text()
    row = await AuditRow.get(action="recording.viewed")
    assert (row.actor_id, row.subject_id) == (sam.user_id, str(finished.id))
