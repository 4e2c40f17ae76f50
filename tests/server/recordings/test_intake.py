"""Segments on their way from a node into the storage."""

from __future__ import annotations

from datetime import timedelta

from media.protocol import control
from server.infra.models import OutboxRow
from server.recordings.depot import depot
from server.recordings.fetch import alone
from server.recordings.intake import GIVE_UP_AFTER
from server.recordings.models import Segment
from tests.databases import BOTH
from tests.server.classroom.stage import Stage
from tests.server.recordings.lesson import CONTENT, stored, taped_lesson

LONG = CONTENT * 20  # more than the buffers between the node and us hold


@BOTH
async def test_a_closed_segment_is_stored_whole_and_acknowledged(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    segment = await taped.write(taped.mentor, duration_ms=2000)
    await stage.node.hear(control.SegmentAck, segment=segment)
    row = await Segment.get(node_segment=segment)
    assert await stored(row.storage_key) == CONTENT
    assert list(depot().incoming.iterdir()) == []
    (track,) = (await taped.shown())["tracks"]
    assert (track["state"], track["participant"]) == ("ready", taped.mentor.id)
    assert (track["duration_ms"], track["size"]) == (2000, len(CONTENT))


def starts(stage: Stage) -> list[int]:
    """Where each request for the file began."""
    return [int(asked[6:-1]) if asked else 0 for asked in stage.node.ranges]


async def test_a_copy_that_breaks_off_goes_on_where_it_stopped(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    stage.node.cut_after = [2_000_000, 2_000_000]
    segment = await taped.write(taped.mentor, LONG)
    await stage.node.hear(control.SegmentAck, segment=segment)
    first, second, third = starts(stage)
    assert first == 0 < second < third
    row = await Segment.get(node_segment=segment)
    assert await stored(row.storage_key) == LONG


async def test_a_copy_goes_on_with_the_next_try_of_the_job(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    stage.node.cut_after = [2_000_000, 1, 1]
    segment = await taped.write(taped.mentor, LONG)
    assert (await taped.shown())["tracks"][0]["state"] == "finalising"
    stage.clock.advance(timedelta(minutes=1))
    await stage.run_jobs()
    await stage.node.hear(control.SegmentAck, segment=segment)
    assert starts(stage)[-1] > 0


async def test_a_file_with_another_checksum_is_never_stored(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    segment = await taped.write(taped.mentor, sha256="0" * 64)
    assert not stage.node.said(control.SegmentAck)
    row = await Segment.get(node_segment=segment)
    assert (row.state, row.storage_key) == ("finalising", "")


async def test_a_file_of_another_size_is_never_stored(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    for size in (len(CONTENT) - 1, len(CONTENT) + 1):
        await taped.write(taped.mentor, size=size)
    assert not stage.node.said(control.SegmentAck)
    assert not await Segment.exists(state="ready")


async def test_a_segment_announced_again_is_acknowledged_and_not_copied_again(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    closed = stage.node.keep(CONTENT, **taped.where(taped.mentor))
    await taped.announce(closed, closed)
    await taped.announce(closed.model_copy(update={"round": 1}))
    for _ in range(2):
        await stage.node.hear(control.SegmentAck, segment=closed.segment)
    assert len(stage.node.ranges) == 1
    assert await Segment.all().count() == 1


async def test_an_open_track_is_shown_while_it_is_written(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    where = taped.where(taped.learner)
    opened = control.SegmentOpened(**where, segment="one", source="microphone", start_ms=1500)
    await taped.announce(opened)
    shown = await taped.shown()
    assert shown["state"] == "recording"
    (track,) = shown["tracks"]
    assert (track["state"], track["kind"], track["start_ms"]) == ("recording", "audio", 1500)
    assert track["url"] is None


async def test_news_in_the_wrong_order_make_one_track(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    closed = stage.node.keep(CONTENT, **taped.where(taped.mentor))
    opened = control.SegmentOpened(
        **taped.where(taped.mentor), segment=closed.segment, source="camera", start_ms=0
    )
    await taped.announce(closed)
    await taped.announce(opened)
    assert [track["state"] for track in (await taped.shown())["tracks"]] == ["ready"]


async def test_what_a_crashed_node_left_is_fetched_when_it_is_back(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    closed = stage.node.keep(CONTENT, **taped.where(taped.mentor), salvaged=True)
    opened = control.SegmentOpened(
        **taped.where(taped.mentor), segment=closed.segment, source="camera", start_ms=0
    )
    await taped.announce(opened)
    await stage.node.restart()
    await taped.announce(closed)
    await stage.node.hear(control.SegmentAck, segment=closed.segment)
    (track,) = (await taped.shown())["tracks"]
    assert (track["state"], track["salvaged"]) == ("ready", True)


async def test_segments_of_another_recording_are_left_alone(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    where = {**taped.where(taped.mentor), "recording": "00000000-0000-0000-0000-000000000000"}
    await taped.announce(stage.node.keep(CONTENT, **where))
    await taped.announce(stage.node.keep(CONTENT, **{**where, "room": "no uuid"}))
    assert await Segment.all().count() == 0
    assert not stage.node.said(control.SegmentAck)


async def test_what_a_node_calls_a_segment_is_no_path_of_ours(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    closed = stage.node.keep(CONTENT, **taped.where(taped.mentor))
    evil = closed.model_copy(update={"segment": "../../evil"})
    await taped.announce(evil)
    assert not (depot().incoming.parent / "evil").exists()
    assert not stage.node.said(control.SegmentAck)


# --- the end


@BOTH
async def test_it_is_ready_when_the_last_segment_is_here(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    closed = stage.node.keep(CONTENT, **taped.where(taped.mentor))
    opened = control.SegmentOpened(
        **taped.where(taped.mentor), segment=closed.segment, source="camera", start_ms=0
    )
    await taped.announce(opened)
    await stage.end()
    assert (await taped.shown())["state"] == "finalising"
    await stage.node.say(closed)
    await stage.node.hear(control.CloseRoom)
    await fetched(stage, closed.segment)
    assert (await taped.shown())["state"] == "ready"


async def fetched(stage: Stage, segment: str) -> None:
    """Run jobs until the node hears that the segment is stored."""
    while not await Segment.exists(node_segment=segment, state="ready"):
        await stage.run_jobs()
    await stage.node.hear(control.SegmentAck, segment=segment)


async def test_a_track_that_never_comes_is_given_up(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    await taped.write(taped.mentor)
    where = taped.where(taped.learner)
    await taped.announce(control.SegmentOpened(**where, segment="x", source="camera", start_ms=5))
    await stage.end()
    stage.clock.advance(GIVE_UP_AFTER)
    await stage.run_jobs()
    shown = await taped.shown()
    assert shown["state"] == "ready"
    assert [track["state"] for track in shown["tracks"]] == ["ready", "lost"]


async def test_a_segment_announced_to_several_servers_is_one_job(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    closed = stage.node.keep(CONTENT, **taped.where(taped.mentor))
    opened = control.SegmentOpened(
        **taped.where(taped.mentor), segment=closed.segment, source="camera", start_ms=0
    )
    for _ in range(3):  # as if each came by the link of another server
        await taped.announce(opened, closed)
    assert await OutboxRow.filter(job__startswith="recordings.").count() == 2
    await stage.node.hear(control.SegmentAck, segment=closed.segment)
    assert not stage.node.said(control.SegmentAck)


async def test_a_file_that_another_process_fetches_is_left_to_it(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    closed = stage.node.keep(CONTENT, **taped.where(taped.mentor))
    opened = control.SegmentOpened(
        **taped.where(taped.mentor), segment=closed.segment, source="camera", start_ms=0
    )
    await taped.announce(opened)
    row = await Segment.get(node_segment=closed.segment)
    with alone(depot().incoming / f"segment-{row.id}.part"):
        await taped.announce(closed)
        assert stage.node.ranges == []
    stage.clock.advance(timedelta(minutes=1))
    await stage.run_jobs()
    await stage.node.hear(control.SegmentAck, segment=closed.segment)
    assert len(stage.node.ranges) == 1


async def test_nobody_waits_for_what_a_crash_left_nothing_of(stage: Stage) -> None:
    taped = await taped_lesson(stage)
    await taped.write(taped.mentor)
    where = taped.where(taped.learner)
    await taped.announce(control.SegmentOpened(**where, segment="x", source="camera", start_ms=5))
    lost = control.SegmentLost(**where, segment="x")
    await taped.announce(lost, lost.model_copy(update={"segment": "never heard of"}))
    for segment in ("x", "never heard of"):
        await stage.node.hear(control.SegmentAck, segment=segment)
    await stage.end()
    shown = await taped.shown()
    assert shown["state"] == "ready"
    assert [track["state"] for track in shown["tracks"]] == ["ready", "lost"]


async def test_a_lesson_without_consent_has_no_recording(stage: Stage) -> None:
    await stage.enter(stage.mentor)
    await stage.go_live()
    await stage.end()
    path = f"/api/v1/sessions/{stage.session_id}/recordings"
    answer = await stage.http.get(path, headers=await stage.bearer(stage.mentor))
    data = (await answer.json())["data"]
    assert (data["id"], data["state"], data["tracks"]) == (None, "off", [])
