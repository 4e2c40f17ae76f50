"""How long recordings are kept, with the clock moved by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.infra.models import OutboxRow, StateTransition
from server.notifications.models import Delivery
from server.recordings.depot import depot
from server.recordings.keeping import removing, retention
from server.recordings.models import LessonFile, Recording, Segment
from tests.databases import BOTH
from tests.server.recordings.keeping.finished import Finished, nothing_left
from tests.server.recordings.lesson import put, stored_keys

DAY = timedelta(days=1)


async def notices() -> list[tuple[int, str, str]]:
    rows = Delivery.filter(kind="recording_expiring").order_by("id")
    return [(row.user_id, row.channel, row.status) for row in await rows]


@BOTH
async def test_it_is_kept_for_ninety_days_from_its_end_and_no_longer(finished: Finished) -> None:
    await finished.sweep()
    row = await finished.row()
    assert row.finished_at is not None
    assert row.expires_at == row.finished_at + 90 * DAY
    assert (await finished.shown())["expires_at"] is not None
    assert len(await stored_keys()) == 4
    finished.stage.clock.set(row.expires_at - timedelta(seconds=1))
    await finished.sweep()
    assert (await finished.row()).state == "ready"
    assert (await finished.ask(finished.film)).status == 200
    finished.stage.clock.set(row.expires_at)
    await finished.sweep()
    assert (await finished.row()).state == "expired"
    assert await stored_keys() == []
    assert await nothing_left(finished)
    moved = await StateTransition.get(entity="recording", new="expired")
    assert (moved.old, moved.actor_id) == ("ready", None)


async def test_an_expired_one_says_so_and_gives_nothing(finished: Finished) -> None:
    await finished.sweep()
    finished.stage.clock.advance(90 * DAY)
    await finished.sweep()
    shown = await finished.shown()
    assert (shown["state"], shown["tracks"], shown["film"], shown["chapters"]) == (
        "expired",
        [],
        None,
        [],
    )
    for part in ("file", f"file?track={finished.track}", "poster", "captions"):
        assert (await finished.ask(f"/api/v1/recordings/{finished.id}/{part}")).status == 404, part
    page = await finished.ask(f"/sessions/{finished.stage.session_id}/recordings")
    assert page.status == 200


@BOTH
async def test_its_mentor_hears_of_it_a_week_before_once(finished: Finished) -> None:
    await finished.sweep()
    row = await finished.row()
    assert row.expires_at is not None
    finished.stage.clock.set(row.expires_at - timedelta(days=7, seconds=1))
    await finished.sweep()
    assert await notices() == []
    finished.stage.clock.advance(timedelta(seconds=1))
    for _ in range(3):
        await finished.sweep()
        await retention.give_notice(finished.id, row.expires_at)
        finished.stage.clock.advance(timedelta(hours=1))
    mentor = finished.stage.mentor.user_id
    assert await notices() == [(mentor, "page", "sent"), (mentor, "mail", "sent")]
    delivery = await Delivery.get(kind="recording_expiring", channel="page")
    assert delivery.subject == "The recording of “Closures by example” is deleted in 7 days"


async def test_of_one_that_was_deleted_nobody_hears(finished: Finished) -> None:
    await finished.sweep()
    await removing.delete_recording(finished.id, finished.stage.mentor)
    finished.stage.clock.advance(84 * DAY)
    await finished.sweep()
    assert await notices() == []
    assert not await OutboxRow.filter(job=retention.NOTICE).exists()


async def test_one_from_before_anybody_counted_goes_with_a_notice_too(finished: Finished) -> None:
    finished.stage.clock.advance(400 * DAY)
    await finished.sweep()
    assert (await finished.row()).expires_at == finished.stage.clock.now() + 7 * DAY
    assert len(await notices()) == 2
    finished.stage.clock.advance(7 * DAY)
    await finished.sweep()
    assert (await finished.row()).state == "expired"


async def test_one_that_is_still_written_has_no_end_yet(finished: Finished) -> None:
    for state in ("recording", "finalising"):
        await Recording.all().update(state=state)
        finished.stage.clock.advance(100 * DAY)
        await finished.sweep()
        row = await finished.row()
        assert (row.state, row.expires_at) == (state, None)


async def test_what_could_not_be_erased_is_erased_when_the_storage_is_back(
    finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    await finished.sweep()
    finished.stage.clock.advance(90 * DAY)
    storage = depot().storage
    deleting = storage.delete

    async def down(key: str) -> None:
        raise OSError("away")

    monkeypatch.setattr(storage, "delete", down)
    await finished.sweep()
    assert len(await stored_keys()) == 4
    await OutboxRow.filter(job="recordings.erase").update(failed_at=finished.stage.clock.now())
    monkeypatch.setattr(storage, "delete", deleting)
    finished.stage.clock.advance(DAY)
    await finished.sweep()
    assert await stored_keys() == []
    assert await removing.left_behind() == []


async def test_a_track_whose_arrival_was_never_noted_is_erased_too(finished: Finished) -> None:
    await Segment.all().update(storage_key="", state="lost")
    await removing.delete_recording(finished.id, finished.stage.mentor)
    await finished.stage.run_jobs()
    assert await stored_keys() == []


async def test_files_of_the_lesson_that_are_not_the_recording_stay(finished: Finished) -> None:
    await put("room-files/one", b"said in the chat", "text/plain")
    await removing.delete_recording(finished.id, finished.stage.mentor)
    await finished.stage.run_jobs()
    assert await stored_keys() == ["room-files/one"]
    assert (await LessonFile.get()).chapters == []
