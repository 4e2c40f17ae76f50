"""From a job to its files: each appears whole under its name, or not at all."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av

from server.recordings.composing.composer import Composer
from server.recordings.composing.errors import BadJob, Busy, NotWritten, Stopped
from server.recordings.composing.film import Film, Form, form_of
from server.recordings.composing.job import Composed, Job
from server.recordings.composing.reading import Tally
from server.recordings.composing.subtitles import webvtt

WAIT_S = 10.0  # for one that was told to stop, and has not yet
PART = ".part"

WriteError = (OSError, av.FFmpegError, ValueError)


def make(
    job: Job,
    progress: Callable[[int], None],
    stopped: Callable[[], bool],
    *,
    wait_s: float = WAIT_S,
) -> Composed:
    """Compose a job; what another attempt left is begun anew.

    Raises BadJob, NotWritten, Stopped, Busy."""
    form = form_of(job)
    _check_segments(job)
    target = named(job.output, form.suffix)
    try:
        with _part(target, stopped, wait_s) as part:
            return _make(job, form, part, progress, stopped)
    except WriteError as error:
        raise NotWritten(f"the film could not be written: {error}") from error


def named(stem: Path, suffix: str) -> Path:
    """With a suffix more, whatever dots its name has."""
    return stem.with_name(stem.name + suffix)


def _check_segments(job: Job) -> None:
    missing = [one.path for one in job.segments if not one.path.is_file()]
    if missing:
        raise BadJob(f"{len(missing)} of {len(job.segments)} segments are not there: {missing[0]}")


def _make(
    job: Job, form: Form, part: Path, progress: Callable[[int], None], stopped: Callable[[], bool]
) -> Composed:
    tally = Tally()
    composer = Composer(job, progress, stopped, tally)
    film = Film(part, form, job)
    try:
        poster = composer.compose(film)
    except BaseException:
        film.abandon()
        raise
    if tally.unreadable and tally.unreadable == tally.opened:
        film.abandon()
        raise BadJob("none of the segments can be read")
    film.close()
    progress(job.total_ms)
    return _publish(job, form, part, poster, tally)


def _publish(job: Job, form: Form, part: Path, poster: bytes, tally: Tally) -> Composed:
    """The film last: where it is, the others are too."""
    composed = Composed(
        film=named(job.output, form.suffix),
        poster=named(job.output, ".jpg"),
        captions=named(job.output, ".vtt") if job.captions else None,
        media_type=form.media_type,
        duration_ms=job.total_ms,
        unreadable=tally.unreadable,
    )
    _put(composed.poster, poster)
    if composed.captions is not None:
        _put(composed.captions, webvtt(job.captions).encode())
    part.replace(composed.film)
    return composed


def _put(path: Path, content: bytes) -> None:
    fresh = named(path, PART)
    fresh.write_bytes(content)
    fresh.replace(path)


@contextmanager
def _part(target: Path, stopped: Callable[[], bool], wait_s: float) -> Iterator[Path]:
    """Where the film is written, ours alone; gone afterwards, unless it got its name.

    Raises Busy, Stopped."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = named(target, PART)
    with part.open("ab") as file:
        _lock(file.fileno(), stopped, time.monotonic() + wait_s)
        try:
            yield part
        finally:
            part.unlink(missing_ok=True)


def _lock(descriptor: int, stopped: Callable[[], bool], until: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise Busy("another process is writing this film") from error
        if stopped():
            raise Stopped("it was told to stop")
        time.sleep(0.1)
