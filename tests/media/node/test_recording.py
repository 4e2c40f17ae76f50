"""What of real calls gets onto the disk and what never does: consent, withdrawal, pauses, health."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from media.node import wall_ms
from media.recording import files, pipeline
from media.rooms import recordings
from tests.media.client import PlainClient, colour_of, near
from tests.media.node.conftest import Server

RED, GREEN, BLUE = (200, 30, 30), (30, 180, 30), (30, 30, 200)
RECORDING = "rec-1"

pytestmark = pytest.mark.media


class Tape:
    """What a node has on disk, and how it is told to write."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.folder: Path = server.node._recorder._files.directory
        self.origin_ms = wall_ms()

    async def write(self, who: str, *, on: bool = True) -> None:
        order = {"recording": RECORDING, "origin_ms": self.origin_ms, "on": on}
        await self.server.say("record", who, **order)

    def owners(self) -> set[str]:
        """Whose files there are, of whatever kind; a file without a sidecar is nobody's."""
        found = set()
        for path in self.folder.iterdir():
            sidecar = path.with_name(f"{path.name.split('.')[0]}.json")
            opened = json.loads(sidecar.read_text())["opened"] if sidecar.exists() else None
            found.add(opened["key"]["participant"] if opened else path.name)
        return found

    def octets(self) -> int:
        return sum(path.stat().st_size for path in self.folder.glob("*.webm"))

    async def health(self, **wanted: Any) -> dict[tuple[str, str], dict[str, Any]]:
        """The next word on how it goes, by participant and source; `wanted`: the alarm of a source."""
        while True:
            said = await self.server.expect("recording-health", recording=RECORDING)
            found = {(one["participant"], one["source"]): one for one in said["tracks"]}
            by_source = {source: one.get("alarm", "") for (_, source), one in found.items()}
            if wanted.items() <= by_source.items():
                return found

    async def grows(self, *who: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Wait until there is something of all of them on disk, picture and sound."""
        wanted = {(name, source) for name in who for source in ("camera", "microphone")}
        while True:
            said = await self.health()
            if {key for key, one in said.items() if one["bytes"] > 1000} >= wanted:
                return said

    async def closed(self, count: int) -> list[dict[str, Any]]:
        return [await self.server.expect("segment-closed") for _ in range(count)]

    def pictures(self, closed: dict[str, Any]) -> list[tuple[int, ...]]:
        """The mean RGB of each picture of a segment."""
        with av.open(str(self.folder / f"{closed['segment']}.webm")) as container:
            frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        return [tuple(int(part) for part in np.mean(one, axis=(0, 1))) for one in frames]


@pytest.fixture
def tape(server: Server) -> Tape:
    return Tape(server)


async def paint(client: PlainClient, rgb: tuple[int, int, int], seen_by: PlainClient) -> None:
    """Turn the camera of `client` to another colour; returns when the other one sees it."""
    (sender,) = [one for one in client.pc.getSenders() if one.kind == "video"]
    sender.track._picture[:] = rgb  # type: ignore[attr-defined]
    (track,) = await seen_by.tracks("video", 1)
    while not near(await colour_of(track, frames=1), rgb):
        pass


# --- consent


async def test_nothing_of_those_who_did_not_agree_gets_onto_the_disk(server: Server, tape: Tape) -> None:
    for name, look in (("ann", (RED, 440)), ("bob", (GREEN, 1000)), ("cat", (BLUE, 1800))):
        await server.client(name, *look)
        await server.expect("connected", participant=name)
    cat = server.clients["cat"]
    for track in await cat.tracks("video", 2):
        await colour_of(track)  # all of them really send
    await tape.write("ann")
    said = await tape.grows("ann")
    await tape.health()
    assert {who for who, _ in said} == {"ann"}
    assert tape.owners() == {"ann"}
    await server.say("close-room")
    closed = await tape.closed(2)
    assert {one["participant"] for one in closed} == {"ann"}
    assert tape.owners() == {"ann"}


async def test_nothing_more_is_written_soon_after_a_withdrawal(server: Server, tape: Tape) -> None:
    await server.client("ann", RED, 440)
    bob = await server.client("bob", GREEN, 1000)
    (track,) = await bob.tracks("video", 1)
    await tape.write("ann")
    await tape.grows("ann")
    withdrawn, at_ms = time.time(), wall_ms() - tape.origin_ms
    await tape.write("ann", on=False)
    closed = await tape.closed(2)
    changed = [path.stat().st_mtime for path in tape.folder.iterdir()]
    assert max(changed) - withdrawn < 2.0
    assert all(one["start_ms"] + one["duration_ms"] - at_ms < 2000 for one in closed)
    before = {path.name: path.stat().st_size for path in tape.folder.iterdir()}
    await colour_of(track, frames=60)  # two seconds of a camera that still sends
    assert {path.name: path.stat().st_size for path in tape.folder.iterdir()} == before


async def test_who_comes_back_is_not_recorded_by_what_was_said_before(server: Server, tape: Tape) -> None:
    bob = await server.client("bob", GREEN, 1000)
    await server.client("ann", RED, 440)
    await tape.write("ann")
    await tape.write("bob")
    await tape.grows("ann")
    await server.clients.pop("ann").close()
    await server.say("leave", "ann")
    await tape.closed(2)
    before = len(list(tape.folder.glob("*.webm")))
    await server.client("ann", BLUE, 440)
    await server.expect("connected", participant="ann")
    tracks = await bob.tracks("video", 1)
    while not near(await colour_of(tracks[-1], frames=1), BLUE):
        tracks = await bob.tracks("video", 1)
    await tape.health()
    assert {who for who, _ in await tape.health()} == {"bob"}
    assert len(list(tape.folder.glob("*.webm"))) == before


# --- pauses


async def test_what_was_shown_in_a_pause_is_in_no_file(server: Server, tape: Tape) -> None:
    ann = await server.client("ann", RED, 440)
    bob = await server.client("bob", None, 1000)
    await tape.write("ann")
    await tape.grows("ann")
    await tape.write("ann", on=False)
    first = await tape.closed(2)
    await paint(ann, GREEN, bob)
    await colour_of((await bob.tracks("video", 1))[0], frames=30)
    await paint(ann, BLUE, bob)
    resumed_ms = wall_ms() - tape.origin_ms
    await tape.write("ann")
    await tape.grows("ann")
    await server.say("close-room")
    second = await tape.closed(2)
    shown = {one["start_ms"]: tape.pictures(one) for one in first + second if one["kind"] == "video"}
    before, after = (shown[start] for start in sorted(shown))
    assert before
    assert all(near(one, RED) for one in before)
    assert after
    assert all(near(one, BLUE) for one in after)
    assert all(one["start_ms"] >= resumed_ms for one in second)
    gap = min(one["start_ms"] for one in second) - max(
        one["start_ms"] + one["duration_ms"] for one in first
    )
    assert gap > 900  # the pause is a hole in the one time line


# --- health


async def test_health_tells_what_is_really_on_disk(server: Server, tape: Tape) -> None:
    await server.client("ann", RED, 440)
    await tape.write("ann")
    first = await tape.grows("ann")
    assert sum(one["bytes"] for one in first.values()) <= tape.octets()
    later = await tape.grows("ann")
    for key, one in later.items():
        assert one["bytes"] > first[key]["bytes"]
        assert 0 <= one["last_write_ms"] < 2000
        assert one.get("alarm", "") == ""
    assert later["ann", "camera"]["keyframes"] >= 1


async def test_alarm_rings_within_seconds_of_the_last_byte_and_ends_with_the_next(
    server: Server, tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.client("ann", RED, 440)
    await tape.write("ann")
    await tape.grows("ann")
    take = pipeline.TrackPipeline.take
    monkeypatch.setattr(pipeline.TrackPipeline, "take", lambda *_: None)
    began = time.monotonic()
    await tape.health(camera="stalled", microphone="stalled")
    assert time.monotonic() - began < 8.0
    async with server.http.get(server.node.control_url + "/metrics") as answer:
        assert "peerlearn_media_recording_alarms 2.0" in await answer.text()
    monkeypatch.setattr(pipeline.TrackPipeline, "take", take)
    await tape.health(microphone="")


async def test_who_sends_nothing_raises_no_alarm(server: Server, tape: Tape) -> None:
    ann = await server.client("ann", RED, 440)
    await tape.write("ann")
    await tape.grows("ann")
    for sender in ann.pc.getSenders():
        sender.replaceTrack(None)
    last = await tape.health()
    for _ in range(4):
        before, last = last, await tape.health(camera="", microphone="")
    assert last["ann", "camera"]["bytes"] == before["ann", "camera"]["bytes"]


async def test_recording_goes_on_when_the_disk_has_room_again(
    server: Server, tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "RETRY_S", 0.0)
    monkeypatch.setattr(recordings, "HEALTH_S", 0.2)
    await server.client("ann", RED, 440)
    await tape.write("ann")
    await tape.grows("ann")
    recorder = server.node._recorder
    enough, recorder._min_free_bytes = recorder._min_free_bytes, 1 << 62
    trouble = await server.expect("recording-trouble")
    assert (trouble["reason"], trouble["participant"]) == ("disk_full", "ann")
    full = await tape.health(camera="disk_full", microphone="disk_full")
    recorder._min_free_bytes = enough
    await server.expect("segment-opened")
    again = await tape.health(camera="", microphone="")
    while again["ann", "camera"]["bytes"] <= full["ann", "camera"]["bytes"]:
        again = await tape.health(camera="", microphone="")


async def test_a_disk_that_hangs_never_touches_the_call(
    server: Server, tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = asyncio.Event()
    loop = asyncio.get_running_loop()
    go_on = threading.Event()

    def hang(*_: Any) -> Path:
        loop.call_soon_threadsafe(hangs.set)
        assert go_on.wait(60)
        raise OSError("the disk came back broken")

    monkeypatch.setattr(files.SegmentFiles, "open", hang)
    await server.client("ann", RED, 440)
    bob = await server.client("bob", GREEN, 1000)
    (track,) = await bob.tracks("video", 1)
    await tape.write("ann")
    await asyncio.wait_for(hangs.wait(), 20)
    began = time.monotonic()
    await colour_of(track, frames=30)
    assert time.monotonic() - began < 10
    await tape.health(camera="stalled")
    go_on.set()
    trouble = await server.expect("recording-trouble")
    assert trouble["reason"] == "write_failed"
