"""From stored tracks to a film, by the outbox; and what gets in between."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import pytest

from server.booking import service as booking
from server.infra import outbox
from server.infra.models import OutboxRow
from server.recordings.composing import running
from server.recordings.composing.running import Progress, compose
from server.recordings.depot import depot
from server.recordings.films import making, rows, scratch
from server.recordings.films.service import lesson_file
from server.recordings.models import LessonFile, Recording
from server.worker import run_claimed
from tests.databases import BOTH
from tests.server.classroom.stage import Stage
from tests.server.recordings.composing import tapes, watching
from tests.server.recordings.films.reel import (
    Reel,
    everybody,
    filmed,
    heard,
    left_over,
    reel,
    stored_films,
)
from tests.server.recordings.lesson import stored

# --- as it should go


@BOTH
async def test_a_film_is_made_of_stored_tracks(stage: Stage, tmp_path: Path) -> None:
    found = await filmed(stage, tmp_path)
    await found.happened("Mira", 600, "moment", label="The point")
    await found.happened("Mira", 900, "caption", text="Look here.", language="en")
    await found.ask()
    await stage.run_jobs()
    view = await lesson_file(found.id)
    assert view is not None
    assert (view.state, view.reason, view.attempts, view.unreadable) == ("ready", "", 1, 0)
    assert (view.done_ms, view.total_ms, view.duration_ms) == (2000, 2000, 2000)
    assert [(one.at_ms, one.title, one.kind) for one in view.chapters] == [(0, "The point", "moment")]
    film = await stored(view.storage_key)
    assert (len(film), hashlib.sha256(film).hexdigest()) == (view.size, view.sha256)
    assert (await stored(view.poster_key))[:3] == b"\xff\xd8\xff"
    assert "Look here." in (await stored(view.captions_key)).decode()
    path = tmp_path / f"film{Path(view.storage_key).suffix}"
    path.write_bytes(film)
    assert watching.flashes(path) == pytest.approx([600], abs=80)
    with av.open(str(path)) as container:
        assert container.metadata["title"] == (await title(stage))
        assert [one["metadata"]["title"] for one in container.chapters()] == ["The point"]
    assert left_over() == []
    assert await heard() == everybody(stage)


async def title(stage: Stage) -> str:
    return (await booking.cards_by_id([stage.session_id]))[stage.session_id].title


async def test_chapters_are_there_before_the_film(stage: Stage, tmp_path: Path) -> None:
    found = await filmed(stage, tmp_path, 20_000)
    await found.happened("Mira", 16_000, "moment", label="Halves")
    await found.ask()
    with scratch.alone(depot().scratch):  # another film is made first
        await stage.run_jobs()
    view = await lesson_file(found.id)
    assert view is not None
    assert (view.state, view.done_ms, view.total_ms, view.left_s) == ("queued", 0, 20_000, None)
    assert [(one.at_ms, one.title) for one in view.chapters] == [(0, "Start"), (16_000, "Halves")]


async def test_asked_twice_it_is_made_once_and_told_once(stage: Stage, tmp_path: Path) -> None:
    found = await filmed(stage, tmp_path)
    for _ in range(2):
        await found.ask()
    await rows.postpone(found.id, timedelta())
    await stage.run_jobs()
    assert (await found.row()).attempts == 1
    stage.clock.advance(rows.PATIENCE)
    await stage.run_jobs()
    assert await heard() == everybody(stage)


async def test_progress_rises_and_says_how_long_it_takes(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await filmed(stage, tmp_path, 4000)
    await found.ask()
    monkeypatch.setattr(making, "TOLD_S", 0.0)
    seen: list[tuple[str, int, int, int | None]] = []

    async def watched(job: Any, told: running.OnProgress) -> Any:
        async def note(progress: Progress) -> None:
            stage.clock.advance(timedelta(seconds=2))
            await told(progress)
            view = await lesson_file(found.id)
            assert view is not None
            seen.append((view.state, view.done_ms, view.total_ms, view.left_s))

        return await compose(job, note)

    monkeypatch.setattr(making, "compose", watched)
    await stage.run_jobs()
    assert [done for _, done, _, _ in seen] == [0, 1000, 2000, 3000, 4000]
    assert {(state, total) for state, _, total, _ in seen} == {("composing", 4000)}
    assert [left for _, _, _, left in seen] == [None, None, 6, 3, 0]


async def test_progress_is_written_once_a_second(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    async def progress(recording_id: Any, attempt: int, done_ms: int) -> bool:
        written.append(done_ms)
        return True

    monkeypatch.setattr(rows, "progress", progress)
    meter = making._Meter((await reel(stage, tmp_path)).id, 1)
    for done_ms in range(0, 50_000, 1000):
        await meter.note(Progress(done_ms=done_ms, total_ms=50_000))
    assert written == [0]


# --- what gets in between


async def long_film(stage: Stage, folder: Path) -> Reel:
    """It takes seconds to make: the last picture stays for half an hour."""
    found = await filmed(stage, folder)
    await found.track("Lea", "camera", tapes.pictures(tapes.flashing([]), 1000), start_ms=1_800_000)
    await found.ask()
    return found


async def test_deleted_while_it_is_made_nothing_is_kept_or_told(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await long_film(stage, tmp_path)
    monkeypatch.setattr(making, "TOLD_S", 0.0)
    told: list[int] = []

    async def deleted(job: Any, note: running.OnProgress) -> Any:
        async def after(progress: Progress) -> None:
            told.append(progress.done_ms)
            if len(told) == 3:
                await Recording.filter(id=found.id).update(state="deleted")
            await note(progress)

        return await compose(job, after)

    monkeypatch.setattr(making, "compose", deleted)
    await stage.run_jobs()
    assert len(told) == 3  # and not half an hour
    assert (stored_films(found), left_over()) == ([], [])
    assert await heard() == []
    stage.clock.advance(rows.PATIENCE)
    await stage.run_jobs()
    assert await heard() == []


async def test_expired_between_storing_and_saying_so_the_film_is_thrown_away(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await filmed(stage, tmp_path)
    await found.ask()
    done = rows.done

    async def late(*told: Any) -> bool:
        assert len(stored_films(found)) == 2
        await Recording.filter(id=found.id).update(state="expired")
        return await done(*told)

    monkeypatch.setattr(rows, "done", late)
    await stage.run_jobs()
    assert stored_films(found) == []
    assert await heard() == []


async def test_killed_between_storing_and_the_end_of_its_recording_nothing_stays(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await filmed(stage, tmp_path)
    await found.ask()

    async def killed(*told: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rows, "done", killed)
        (claimed,) = await compose_claims()
        with pytest.raises(KeyboardInterrupt):
            await outbox.handle(claimed)
    assert len(stored_films(found)) == 2
    await Recording.filter(id=found.id).update(state="deleted")
    stage.clock.advance(outbox.LEASE)
    await stage.run_jobs()
    assert stored_films(found) == []


async def compose_claims() -> list[outbox.Claim]:
    await OutboxRow.exclude(job=rows.COMPOSE).delete()
    return await outbox.claim(10)


async def test_a_later_attempt_makes_an_earlier_one_void(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await filmed(stage, tmp_path)
    await found.ask()

    async def overtaken(job: Any, note: running.OnProgress) -> Any:
        await LessonFile.filter(recording_id=found.id).update(attempts=2)
        return await compose(job, note)

    monkeypatch.setattr(making, "compose", overtaken)
    await stage.run_jobs()
    row = await found.row()
    assert (row.state, row.storage_key) == ("composing", "")
    assert stored_films(found) == []
    assert await heard() == []


async def test_a_server_that_stops_leaves_no_process_and_starts_over(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await long_film(stage, tmp_path)
    begun = asyncio.Event()

    async def noticed(job: Any, note: running.OnProgress) -> Any:
        async def after(progress: Progress) -> None:
            begun.set()
            await note(progress)

        return await compose(job, after)

    (claimed,) = await compose_claims()
    with monkeypatch.context() as patched:
        patched.setattr(making, "compose", noticed)
        task = asyncio.create_task(run_claimed(claimed))
        await asyncio.wait_for(begun.wait(), 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert left_over() == []
    monkeypatch.setattr(making, "compose", quickly)
    await stage.run_jobs()
    row = await found.row()
    assert (row.state, row.attempts) == ("ready", 2)
    assert await heard() == everybody(stage)


async def quickly(job: Any, note: running.OnProgress) -> Any:
    """The first two seconds of it."""
    return await compose(job.model_copy(update={"duration_ms": 2000}), note)
