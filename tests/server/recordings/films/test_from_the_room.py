"""From a live room to its film: what everybody saw is on its time line, what is theirs alone is not."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from server.classroom.conduct.models import RoomEvent
from server.classroom.happenings import happenings
from server.recordings.films.service import lesson_file
from tests.databases import BOTH
from tests.server.classroom.stage import Stage
from tests.server.recordings.composing import tapes, watching
from tests.server.recordings.films.reel import everybody, heard, reel
from tests.server.recordings.lesson import stored, taped_lesson


@BOTH
async def test_a_lesson_becomes_a_film_when_it_is_over(stage: Stage, tmp_path: Path) -> None:
    taped = await taped_lesson(stage)
    recording = UUID(taped.recording)
    await taped.mentor.say("moment", label="The point")
    await taped.learner.say("moment", label="My own note")
    await taped.learner.hear("moment")
    for source, packets in (
        ("camera", tapes.pictures(tapes.flashing([600]), 2000)),
        ("microphone", tapes.sounds([600], 2000)),
    ):
        path = tmp_path / f"{source}.webm"
        tapes.write(path, packets, video=source == "camera")
        kind = "video" if source == "camera" else "audio"
        content = path.read_bytes()
        await taped.write(taped.mentor, content, source=source, kind=kind, duration_ms=2000)
    assert await lesson_file(recording) is None
    await stage.end()
    await stage.run_jobs()
    view = await lesson_file(recording)
    assert view is not None
    assert (view.state, view.duration_ms, view.unreadable) == ("ready", 2000, 0)
    assert [(one.title, one.kind) for one in view.chapters] == [("The point", "moment")]
    film = tmp_path / f"film{Path(view.storage_key).suffix}"
    film.write_bytes(await stored(view.storage_key))
    assert watching.flashes(film) == pytest.approx([600], abs=80)
    assert await heard() == everybody(stage)


@BOTH
async def test_what_is_read_of_a_lesson_is_what_everybody_saw(stage: Stage, tmp_path: Path) -> None:
    found = await reel(stage, tmp_path)
    for at, (name, kind) in enumerate(
        [
            ("Mira", "moment"),
            ("Lea", "moment"),
            ("Lea", "lost-me"),
            ("Lea", "reaction"),
            ("Lea", "hand"),
            ("Mira", "moderation"),
            ("Mira", "poll"),
            ("Mira", "screen"),
        ]
    ):
        await found.happened(name, at, kind, poll="taken back")
    read = await happenings(stage.session_id)
    assert [(one.kind, one.participant == str(found.seats["Mira"].public_id)) for one in read] == [
        ("moment", True),
        ("hand", False),
        ("screen", True),
    ]


async def test_a_ticked_objective_and_a_hand_that_left_are_kept_with_their_time(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await mentor.say("objective", index=0, reached=True)
    await learner.say("hand", raised=True)
    await mentor.hear("objective")
    await learner.sync()
    await learner.leave()
    await mentor.hear("participant-left")
    await stage.run_jobs()
    kept = {row.kind: row.detail for row in await RoomEvent.all()}
    assert kept["objective"] == {"index": 0, "reached": True}
    assert kept["hand-lowered"] == {"left": True}
