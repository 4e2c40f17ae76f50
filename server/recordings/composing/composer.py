"""Makes the film: goes through the lesson once, picture by picture, with one second of sound ahead."""

from __future__ import annotations

from collections.abc import Callable

from server.recordings.composing.canvas import Canvas
from server.recordings.composing.errors import Stopped
from server.recordings.composing.film import Film
from server.recordings.composing.job import Job
from server.recordings.composing.layout import Scene, arrange
from server.recordings.composing.lesson import Lesson, Moment, tracks
from server.recordings.composing.painting import Painter
from server.recordings.composing.pictures import PictureTrack
from server.recordings.composing.poster import Poster
from server.recordings.composing.reading import Tally
from server.recordings.composing.sound import SoundOfLesson

STILL_S = 2  # a picture that stays is written again so often: players like to have one near


class Composer:
    """`progress` is told how many milliseconds are done, once a second of film; `stopped` is asked for
    each picture."""

    def __init__(
        self, job: Job, progress: Callable[[int], None], stopped: Callable[[], bool], tally: Tally
    ) -> None:
        self._job = job
        self._progress = progress
        self._stopped = stopped
        self._lesson = Lesson(job)
        self._sound = SoundOfLesson(job, tally)
        self._canvas = Canvas(job.width, job.height)
        pictures = tracks(job.segments, "camera", "screen").items()
        shown = {track: PictureTrack(segments, tally) for track, segments in pictures}
        self._painter = Painter(job.title, self._lesson.people, shown, self._canvas)
        self._frames = -(-job.total_ms * job.fps // 1000)
        self._cuts = {one.at_ms * job.fps // 1000 for one in job.chapters}
        self._poster = Poster(self._frames)
        self._scenes: tuple[tuple[Moment, str | None], Scene] | None = None
        self._written = -1

    def compose(self, film: Film) -> bytes:
        """Fill the film, up to its closing; gives the poster (JPEG).

        Raises Stopped, or what `Film` does."""
        for number in range(self._frames):
            if self._stopped():
                raise Stopped("it was told to stop")
            self._listen(film, number)
            self._show(film, number)
            if number % self._job.fps == 0:
                self._progress(number * 1000 // self._job.fps)
        return self._poster.jpeg()

    def _listen(self, film: Film, number: int) -> None:
        while self._sound.heard < self._frames and not self._sound.ready_for(number):
            pictures = min(self._job.fps, self._frames - self._sound.heard)
            film.hear(self._sound.next(pictures))

    def _show(self, film: Film, number: int) -> None:
        ms = number * 1000 / self._job.fps
        scene = self._scene(ms, number)
        changed = self._painter.paint(scene, ms)
        self._poster.offer(self._canvas.pixels, self._canvas.planes.luma, scene, number)
        cut, last = number in self._cuts, number == self._frames - 1
        if changed or cut or last or number - self._written >= STILL_S * self._job.fps:
            film.show(self._canvas.pixels, number, cut=cut)
            self._written = number

    def _scene(self, ms: float, number: int) -> Scene:
        key = self._lesson.at(ms), self._sound.speaker(number)
        if self._scenes is None or self._scenes[0] != key:
            job = self._job
            grid = job.without_screen == "grid"
            self._scenes = key, arrange(*key, job.width, job.height, grid=grid)
        return self._scenes[1]
