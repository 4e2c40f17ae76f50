"""Films that are not made at once, or never; and what else a machine has to do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.booking import service as booking
from server.infra import outbox
from server.infra.models import OutboxRow
from server.infra.storage import FileStorage, StorageDown
from server.recordings.composing import running
from server.recordings.composing.errors import ComposingError, Stalled
from server.recordings.composing.running import compose
from server.recordings.depot import depot
from server.recordings.films import jobs, making, rows, scratch
from server.recordings.films.service import keys_of, keys_of_attempt, lesson_file
from server.recordings.models import LessonFile
from tests.server.classroom.stage import Stage
from tests.server.recordings.composing import tapes
from tests.server.recordings.films.reel import (
    everybody,
    filmed,
    heard,
    left_over,
    reel,
)

# --- what goes wrong


async def test_what_may_go_better_is_tried_again_and_told_when_it_did(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await filmed(stage, tmp_path)
    await found.ask()
    tries: list[str] = []

    async def first_bad(job: Any, note: running.OnProgress) -> Any:
        tries.append((await found.row()).state)
        if len(tries) == 1:
            raise Stalled("it hangs")
        return await compose(job, note)

    monkeypatch.setattr(making, "compose", first_bad)
    await stage.run_jobs()
    assert (await found.row()).state == "queued"
    assert (await heard(), left_over()) == ([], [])
    stage.clock.advance(timedelta(minutes=1))
    await stage.run_jobs()
    row = await found.row()
    assert (row.state, row.attempts, tries) == ("ready", 2, ["composing", "composing"])


async def test_what_never_goes_well_is_given_up_in_plain_words_and_told_once(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await filmed(stage, tmp_path)
    await found.ask()

    async def never(job: Any, note: running.OnProgress) -> Any:
        raise ComposingError("the process ended with -9: SIGKILL")

    monkeypatch.setattr(making, "compose", never)
    for _ in range(rows.MOST_ATTEMPTS + 2):
        await stage.run_jobs()
        stage.clock.advance(timedelta(hours=1))
    row = await found.row()
    assert (row.state, row.attempts, row.reason) == ("failed", rows.MOST_ATTEMPTS, rows.GAVE_UP)
    assert await heard() == everybody(stage)


async def test_tracks_that_nobody_can_read_make_no_film(stage: Stage, tmp_path: Path) -> None:
    found = await reel(stage, tmp_path)
    broken = tmp_path / "broken.webm"
    broken.write_bytes(b"nothing of a film")
    await found.file("Mira", "camera", broken)
    await found.ask()
    await stage.run_jobs()
    row = await found.row()
    assert (row.state, row.reason, row.unreadable) == ("failed", rows.UNREADABLE, 1)
    assert await heard() == everybody(stage)
    assert left_over() == []


async def test_a_lesson_without_tracks_has_no_film_and_nobody_is_told(
    stage: Stage, tmp_path: Path
) -> None:
    found = await reel(stage, tmp_path)
    await found.ask()
    stage.clock.advance(rows.PATIENCE)
    await stage.run_jobs()
    row = await found.row()
    assert (row.state, row.reason) == ("failed", rows.NOTHING)
    assert await heard() == []


async def test_a_track_that_is_not_in_the_storage_is_counted(stage: Stage, tmp_path: Path) -> None:
    found = await filmed(stage, tmp_path)
    gone = await found.track("Lea", "microphone", tapes.sounds([], 500))
    await depot().storage.delete(gone.storage_key)
    await found.ask()
    await stage.run_jobs()
    row = await found.row()
    assert (row.state, row.unreadable) == ("ready", 1)


async def test_a_film_waits_for_a_storage_that_is_away(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await filmed(stage, tmp_path)
    await found.ask()
    put, tries = FileStorage.put, 0

    async def away(self: FileStorage, *given: Any, **more: Any) -> None:
        nonlocal tries
        tries += 1
        if tries in (2, 3):
            raise StorageDown
        await put(self, *given, **more)

    monkeypatch.setattr(FileStorage, "put", away)
    monkeypatch.setattr(making, "STORE_AGAIN_S", (0.0, 0.0))
    await stage.run_jobs()
    row = await found.row()
    assert (row.state, row.attempts, tries) == ("ready", 1, 4)


async def test_where_the_disk_is_full_it_waits_without_wearing_out(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await filmed(stage, tmp_path)
    await found.ask()
    with monkeypatch.context() as patched:
        patched.setattr(scratch, "RESERVE", 1 << 60)
        for _ in range(outbox.MAX_ATTEMPTS + 3):
            await stage.run_jobs()
            stage.clock.advance(making.NO_ROOM)
        row = await found.row()
        assert (row.state, row.attempts) == ("queued", 0)
    await stage.run_jobs()
    assert (await found.row()).state == "ready"


async def test_people_hear_of_the_tracks_when_the_film_takes_too_long(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await filmed(stage, tmp_path)
    await found.ask()
    with monkeypatch.context() as patched:
        patched.setattr(scratch, "RESERVE", 1 << 60)
        await stage.run_jobs()
        assert await heard() == []
        stage.clock.advance(rows.PATIENCE)
        await stage.run_jobs()
        assert await heard() == everybody(stage)
    stage.clock.advance(making.NO_ROOM)
    await stage.run_jobs()
    assert (await found.row()).state == "ready"
    assert await heard() == everybody(stage)


# --- the machine


async def test_one_film_at_a_time_on_a_machine(stage: Stage, tmp_path: Path) -> None:
    found = await filmed(stage, tmp_path)
    await found.ask()
    with scratch.alone(depot().scratch) as ours:
        assert ours
        for _ in range(outbox.MAX_ATTEMPTS + 3):  # waiting is no failed try
            await stage.run_jobs()
            stage.clock.advance(making.BUSY)
        assert (await found.row()).state == "queued"
    await stage.run_jobs()
    assert ((row := await found.row()).state, row.attempts) == ("ready", 1)


async def test_what_a_killed_server_left_is_removed_at_start_up(stage: Stage) -> None:
    place = depot().scratch
    left = place / "film-abc"
    left.mkdir()
    (left / "1.webm").write_bytes(b"a copy")
    with scratch.alone(place):
        left.mkdir()
        scratch.clear(place)  # another process of this machine starts
        assert left.exists()
    scratch.clear(place)
    assert left_over() == []


async def test_recordings_of_former_times_get_films_and_nobody_hears_twice(
    stage: Stage, tmp_path: Path
) -> None:
    found = await filmed(stage, tmp_path)
    await booking.tell_recorded(stage.session_id)
    await stage.run_jobs()
    stage.clock.advance(outbox.KEEP_DONE * 2)
    await jobs.sweep({})
    await stage.run_jobs()
    assert (await found.row()).state == "ready"
    assert await heard() == everybody(stage)


async def test_a_film_that_no_job_is_about_any_more_is_asked_for_again(
    stage: Stage, tmp_path: Path
) -> None:
    found = await filmed(stage, tmp_path)
    await found.ask()
    await OutboxRow.filter(job=rows.COMPOSE).update(failed_at=stage.clock.now())
    for _ in range(2):
        await jobs.sweep({})
    assert await OutboxRow.filter(job=rows.COMPOSE, failed_at__isnull=True).count() == 1
    await stage.run_jobs()
    assert (await found.row()).state == "ready"


async def test_what_is_to_be_erased_has_the_files_of_all_attempts(stage: Stage, tmp_path: Path) -> None:
    found = await filmed(stage, tmp_path)
    assert await keys_of(found.id) == []
    await found.ask()
    await LessonFile.filter(recording_id=found.id).update(attempts=1)  # killed then
    await stage.run_jobs()
    view = await lesson_file(found.id)
    assert view is not None
    keys = await keys_of(found.id)
    assert {view.storage_key, view.poster_key} < set(keys)
    assert keys == [*keys_of_attempt(found.id, 1), *keys_of_attempt(found.id, 2)]
