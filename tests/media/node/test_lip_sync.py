"""What flashes and beeps at one moment in a real Chromium does so in the recording, and in its film."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from media.node import wall_ms
from server.recordings.composing.job import Job, Segment
from server.recordings.composing.running import compose
from tests.media.node.conftest import Server
from tests.media.node.test_browsers_adapt import Tab, tabs
from tests.media.node.test_recording import Tape, tape
from tests.server.recordings.composing.watching import beeps, flashes

__all__ = ["tabs", "tape"]  # fixtures

SCRIPT = Path(__file__).with_name("flashing.js").read_text()
TOGETHER_MS = 400.0  # flashes and beeps come each second: these belong together
SYNC_MS, DRIFT_MS = 80.0, 40.0
SETTLES_S = 3.0  # after a mute or another layer
WATCHED_S = 6.0
FILM_FPS = 50  # so that pictures of the film are not what is measured

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.alone]


@dataclass
class Shot:
    """One closed segment and where its file is."""

    told: dict[str, Any]
    path: Path

    def on_line(self, at_ms: list[float]) -> list[float]:
        return [self.told["start_ms"] + ms for ms in at_ms]


def errors(seen: list[float], heard: list[float]) -> list[tuple[float, float]]:
    """(when, by how much the picture comes after its sound) of each flash that has a beep."""
    found = []
    for flash in seen:
        nearest = min(heard, key=lambda beep: abs(beep - flash))
        if abs(nearest - flash) < TOGETHER_MS:
            found.append((flash, flash - nearest))
    return found


def between(found: list[tuple[float, float]], from_ms: float, to_ms: float) -> float:
    """The median error in a part of the time line."""
    part = [error for at, error in found if from_ms <= at < to_ms]
    assert len(part) >= 3, (from_ms, to_ms, found)
    return median(part)


async def segments(tape: Tape) -> list[Shot]:
    """All segments, once the room is closed: two tracks at least."""
    await tape.server.say("close-room")
    closed = await tape.closed(2)
    return [Shot(one, tape.folder / f"{one['segment']}.webm") for one in closed]


async def film(shots: list[Shot], folder: Path) -> Path:
    parts = tuple(
        Segment(
            path=shot.path,
            participant="ann",
            name="Ann",
            source=shot.told["source"],
            kind=shot.told["kind"],
            start_ms=shot.told["start_ms"],
            duration_ms=shot.told["duration_ms"],
        )
        for shot in shots
    )

    async def pass_by(_: object) -> None: ...

    job = Job(output=folder / "lesson", segments=parts, width=320, height=180, fps=FILM_FPS)
    return (await compose(job, pass_by)).film


async def test_picture_and_sound_stay_together_over_a_mute_and_a_change_of_layer(
    server: Server, tabs: dict[str, Tab], tape: Tape, tmp_path: Path
) -> None:
    ann = tabs["ann"]
    await ann.page.add_script_tag(content=SCRIPT)
    sdp = await ann.page.evaluate("flash()")
    await server.say("offer", "ann", offer={"type": "offer", "sdp": sdp})
    await server.expect("connected", participant="ann")
    await tape.write("ann")
    await tape.grows("ann")
    marks = [await after(tape, SETTLES_S)]
    for begin, end in (("mute(true)", "mute(false)"), ("best(false)", "best(true)")):
        marks.append(await after(tape, WATCHED_S))
        await ann.page.evaluate(begin)
        await after(tape, SETTLES_S)
        await ann.page.evaluate(end)
        marks.append(await after(tape, SETTLES_S))
    marks.append(await after(tape, WATCHED_S))
    shots = await segments(tape)
    by_kind = {shot.told["kind"]: shot for shot in shots}
    seen = by_kind["video"].on_line(flashes(by_kind["video"].path))
    heard = by_kind["audio"].on_line(beeps(by_kind["audio"].path))
    judge(errors(seen, heard), marks)
    made = await film(shots, tmp_path)
    judge(errors(flashes(made), beeps(made)), marks)


async def after(tape: Tape, seconds: float) -> float:
    """Let the browser go on for so long; where that is on the time line (ms)."""
    await asyncio.sleep(seconds)
    return float(wall_ms() - tape.origin_ms)


def judge(found: list[tuple[float, float]], marks: list[float]) -> None:
    """At the beginning, after the mute and after the change of layer."""
    parts = [between(found, *part) for part in zip(marks[::2], marks[1::2], strict=True)]
    assert all(abs(part) <= SYNC_MS for part in parts), (parts, found)
    assert max(parts) - min(parts) <= DRIFT_MS, (parts, found)
