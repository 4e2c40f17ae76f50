"""The film's file: encodes what it is given into MP4 (H.264, AAC), or WebM (VP8, Opus) where the encoders
for that are missing."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from server.recordings.composing.canvas import Plane
from server.recordings.composing.errors import BadJob
from server.recordings.composing.job import SOUND_RATE, Chapter, Job
from server.recordings.composing.mixing import Sound

KEYFRAME_S = 5  # a jump lands at most so far before where it goes
SOUND_BITS = 128_000  # a second


@dataclass(frozen=True)
class Form:
    """A container with codecs that browsers play in it."""

    suffix: str
    media_type: str
    container: str
    video: str
    audio: str
    container_options: dict[str, str]
    video_options: dict[str, str]


H264 = Form(
    ".mp4",
    "video/mp4",
    "mp4",
    "libx264",
    "aac",
    {"movflags": "+faststart"},
    {"preset": "superfast", "crf": "24", "forced-idr": "1"},
)
VP8 = Form(
    ".webm",
    "video/webm",
    "webm",
    "libvpx",
    "libopus",
    {"cluster_time_limit": "2000"},
    {"deadline": "realtime", "cpu-used": "6", "crf": "14", "auto-alt-ref": "0", "lag-in-frames": "0"},
)


def form_of(job: Job) -> Form:
    """Raises BadJob when the encoders that were asked for are not there."""
    asked = {"best": (H264, VP8), "h264": (H264,), "vp8": (VP8,)}[job.codecs]
    for form in asked:
        if {form.video, form.audio} <= av.codecs_available:
            return form
    raise BadJob("there is no encoder for this film")


class Film:
    """Takes sound and pictures, each in the order of time. Every method may raise OSError, ValueError or
    av.FFmpegError where disk or encoder do.

    Pictures that did not change may be left out: each stays until the next."""

    def __init__(self, path: Path, form: Form, job: Job) -> None:
        self._container = av.open(str(path), "w", format=form.container, options=form.container_options)
        self._container.metadata["title"] = job.title
        self._container.set_chapters(chapter_marks(job.chapters, job.title, job.total_ms))
        self._fps = job.fps
        self._video = self._add_video(form, job)
        self._audio = self._add_audio(form)
        self._key_at = 0
        self._heard = 0

    def _add_video(self, form: Form, job: Job) -> av.VideoStream:
        stream = self._container.add_stream(form.video, rate=job.fps, options=form.video_options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = job.width, job.height, "yuv420p"
        context = stream.codec_context
        context.time_base = Fraction(1, job.fps)
        context.gop_size = 100 * KEYFRAME_S * job.fps  # ours are by time, not by number
        context.bit_rate = 0 if form is H264 else 2_500_000 * job.width * job.height // (1280 * 720)
        context.thread_count = 1  # more than one core is others'
        context.colorspace = Colorspace.ITU601  # what browsers' VP8 is; players guess another for HD
        context.color_primaries = ColorPrimaries.SMPTE170M
        context.color_trc = ColorTrc.SMPTE170M
        context.color_range = ColorRange.MPEG
        return stream

    def _add_audio(self, form: Form) -> av.AudioStream:
        stream = self._container.add_stream(form.audio, rate=SOUND_RATE)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "stereo"
        stream.bit_rate = SOUND_BITS
        return stream

    def hear(self, block: Sound) -> None:
        """What sounds next, without holes."""
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", "stereo")
        frame.sample_rate, frame.time_base = SOUND_RATE, Fraction(1, SOUND_RATE)
        frame.pts = self._heard
        self._heard += block.shape[1]
        self._container.mux(self._audio.encode(frame))

    def show(self, pixels: Plane, number: int, *, cut: bool = False) -> None:
        """The picture (yuv420p, shape (height · 3/2, width)) from frame `number` on.

        `cut`: others jump here, so that it is made a keyframe."""
        frame = av.VideoFrame.from_ndarray(pixels, "yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, self._fps)
        if cut or number >= self._key_at:
            frame.pict_type = PictureType.I
            self._key_at = number + KEYFRAME_S * self._fps
        self._container.mux(self._video.encode(frame))

    def close(self) -> None:
        """Write what is held back, and the index to the front."""
        self._container.mux(self._audio.encode(None))
        self._container.mux(self._video.encode(None))
        self._container.close()

    def abandon(self) -> None:
        """Let go of a film that nobody will see."""
        with contextlib.suppress(OSError, ValueError, av.FFmpegError):
            self._container.close()


def chapter_marks(chapters: Sequence[Chapter], title: str, total_ms: int) -> list[Any]:
    """For the container: each up to the next, from the very start. Those after the end are left out.

    Of several at one moment the last is kept."""
    titles = {one.at_ms: one.title for one in sorted(chapters, key=lambda one: one.at_ms)}
    starts = sorted(at for at in titles if at < total_ms)
    if not starts:
        return []
    if starts[0] > 0:
        starts, titles[0] = [0, *starts], title or "Start"
    return [
        {
            "id": place + 1,
            "start": start,
            "end": end,
            "time_base": Fraction(1, 1000),
            "metadata": {"title": titles[start]},
        }
        for place, (start, end) in enumerate(zip(starts, [*starts[1:], total_ms], strict=True))
    ]
