"""Has a lesson file made by a process of its own, and hears how far it is.

A child that says nothing for too long is ended; so is one whose film nobody wants any more (the task is
cancelled), or whose parent dies: it watches its input."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from pathlib import Path

from pydantic import BaseModel, ValidationError

from server.recordings.composing.errors import (
    BadJob,
    Busy,
    ComposingError,
    NotWritten,
    Stalled,
    Stopped,
)
from server.recordings.composing.job import Composed, Job

COMMAND = (sys.executable, "-m", "server.recordings.composing")
STALL_S = 120.0  # without a line: it hangs
STOP_S = 15.0  # to take its leave; more than it gives itself
ERROR_TAIL = 2000  # bytes of what it complained, for our log

BY_STATUS = {error.status: error for error in (BadJob, NotWritten, Stopped, Busy)}


class Progress(BaseModel):
    """In milliseconds of film."""

    done_ms: int
    total_ms: int


class _Line(BaseModel):
    done_ms: int | None = None
    total_ms: int | None = None
    composed: Composed | None = None
    error: str | None = None


OnProgress = Callable[[Progress], Awaitable[None]]


async def compose(
    job: Job,
    on_progress: OnProgress,
    *,
    stall_s: float = STALL_S,
    command: tuple[str, ...] = COMMAND,
) -> Composed:
    """Wait for the film. `on_progress` is told about each second of film, in order.

    What it needs besides lies beside the film.

    Raises BadJob (don't try again), or another ComposingError (starting over may help). When it is
    cancelled the process is ended, and nothing of the film is left."""
    with tempfile.TemporaryDirectory(prefix="composing-", dir=job.output.parent) as folder:
        path = Path(folder) / "job.json"
        await asyncio.to_thread(path.write_text, job.model_dump_json(), "utf-8")
        with (Path(folder) / "complaints").open("w+b") as complaints:
            process = await asyncio.create_subprocess_exec(
                *command, str(path), stdin=PIPE, stdout=PIPE, stderr=complaints
            )
            try:
                last = await _listen(process, on_progress, stall_s)
                await asyncio.wait_for(process.wait(), STOP_S)
            except TimeoutError as error:
                raise Stalled(f"the film did not go on for {stall_s:.0f} s") from error
            finally:
                await asyncio.shield(_end(process))
            complaints.seek(0)
            return _result(process, last, complaints.read()[-ERROR_TAIL:])


async def _listen(process: Process, on_progress: OnProgress, stall_s: float) -> _Line:
    """Until it has said all; gives its last line. Raises TimeoutError."""
    assert process.stdout is not None
    last = _Line()
    while line := await asyncio.wait_for(process.stdout.readline(), stall_s):
        try:
            last = _Line.model_validate_json(line)
        except ValidationError:
            continue
        if last.done_ms is not None and last.total_ms is not None:
            await on_progress(Progress(done_ms=last.done_ms, total_ms=last.total_ms))
    return last


async def _end(process: Process) -> None:
    """Close its input, and use force when that does not end it."""
    if process.returncode is not None:
        return
    if process.stdin:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _result(process: Process, last: _Line, complaints: bytes) -> Composed:
    """Raises ComposingError."""
    if process.returncode == 0 and last.composed is not None:
        return last.composed
    tail = complaints.decode(errors="replace").strip()
    said = last.error or f"the process ended with {process.returncode}: {tail}"
    raise BY_STATUS.get(process.returncode or 0, ComposingError)(said)
