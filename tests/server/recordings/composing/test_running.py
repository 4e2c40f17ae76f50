"""The process, and the server's side of it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from server.recordings.composing.errors import BadJob, ComposingError, Stalled
from server.recordings.composing.job import Job
from server.recordings.composing.running import COMMAND, Progress, compose
from tests.server.recordings.composing import watching
from tests.server.recordings.composing.tapes import Tapes


@pytest.fixture
def tapes(tmp_path: Path) -> Tapes:
    found = Tapes(tmp_path)
    found.person("ada", [600], 2000)
    return found


def script(tmp_path: Path, lines: str) -> tuple[str, ...]:
    """A process that is not ours but for what it says."""
    path = tmp_path / "child.py"
    path.write_text(f"import sys, time, os\n{lines}\n")
    return sys.executable, str(path)


async def test_a_film_is_made_and_its_progress_told(tapes: Tapes) -> None:
    told: list[Progress] = []

    async def note(progress: Progress) -> None:
        told.append(progress)

    made = await compose(tapes.job(), note)
    assert watching.flashes(made.film) == pytest.approx([600], abs=80)
    assert [one.done_ms for one in told] == [0, 1000, 2000]
    assert {one.total_ms for one in told} == {2000}


async def nothing(progress: Progress) -> None:
    pass


async def test_whoever_cancels_leaves_no_film_and_no_process(tapes: Tapes) -> None:
    begun = asyncio.Event()

    async def note(progress: Progress) -> None:
        begun.set()

    task = asyncio.create_task(compose(long_job(tapes), note))
    await asyncio.wait_for(begun.wait(), 120)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not list(tapes.folder.glob("lesson*"))


async def test_a_process_that_hangs_is_ended(tapes: Tapes, tmp_path: Path) -> None:
    hanging = script(tmp_path, 'print(\'{"done_ms":1,"total_ms":2}\', flush=True); sys.stdin.read()')
    with pytest.raises(Stalled):
        await compose(tapes.job(), nothing, stall_s=0.5, command=hanging)


async def test_a_process_that_dies_is_an_error_with_its_last_words(tapes: Tapes, tmp_path: Path) -> None:
    dying = script(tmp_path, "print('rubbish'); sys.stderr.write('out of memory'); os._exit(9)")
    with pytest.raises(ComposingError, match="ended with 9: out of memory"):
        await compose(tapes.job(), nothing, command=dying)


async def test_what_can_not_be_made_is_said(tapes: Tapes) -> None:
    tapes.segments[0].path.unlink()
    with pytest.raises(BadJob, match="1 of 2 segments are not there"):
        await compose(tapes.job(), nothing)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"segments": 7, "output": "x"}', b"\xff\xfe"])
def test_a_wrong_job_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "job.json").write_bytes(content)
    with subprocess.Popen(
        (*COMMAND, str(tmp_path / "job.json")), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        (line,) = process.stdout.readlines()
        assert process.wait() == BadJob.status
    assert json.loads(line)["error"].startswith("the job is wrong: ")


def test_it_ends_when_its_parent_is_gone(tapes: Tapes) -> None:
    path = tapes.folder / "job.json"
    path.write_text(long_job(tapes).model_dump_json())
    with subprocess.Popen(
        (*COMMAND, str(path)), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        assert json.loads(process.stdout.readline())["done_ms"] == 0
        process.stdin.close()
        assert process.wait(60) == 4
    assert not list(tapes.folder.glob("lesson*"))


def long_job(tapes: Tapes) -> Job:
    """Hours of title: it won't be done by the time somebody stops it."""
    return tapes.job(duration_ms=20 * 3600 * 1000)
