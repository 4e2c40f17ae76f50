"""Shows the page of one recording with a film that really plays, and hears what the page reports."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import av
import numpy as np
from aiohttp import web

from server.recordings.films.service import Chapter
from server.recordings.views import asked_ms, resume_ms
from server.recordings.watching.playing import Missed
from server.recordings.watching.service import Watch
from tests.web.pages import environment, for_every_page
from tests.web.recording_samples import IDENTITY, NOW, context, film, recording, said, track
from tests.web.samples import ENDED, LEARNER
from web import STATIC

SECONDS = 30
LENGTH_MS = SECONDS * 1000
CHAPTERS = (
    Chapter(0, "Beginning", "start"),
    Chapter(5_000, "Mira shares the screen", "screen"),
    Chapter(12_000, "A question", "poll"),
    Chapter(20_000, "The end in sight", "moment"),
)
MISSED = (Missed(10_000, 13_000), Missed(22_000, 26_000))
CHAT = (
    said(-5, "Jun", "Good evening!"),
    said(3, "Mira", "Welcome."),
    said(8, "Jun", "Which page?"),
    said(15, "Mira", "The last one, " + "with a long story to it. " * 12),
    said(25, "Jun", "Thanks."),
)
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:29.000\n<v Mira>Said all the time\n"
FILE = f"/api/v1/recordings/{IDENTITY}"


def picture(seconds: int) -> bytes:
    """A small film without sound."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        stream.codec_context.gop_size = 10
        for number in range(seconds * 10):
            shade = np.full((36, 64, 3), number * 2 % 256, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, "rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def voice(seconds: int) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=48000)
        for number in range(seconds * 50):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.int16), "s16", "mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, number * 960, Fraction(1, 48000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


@dataclass
class FilmHouse:
    """`state` is the film's, and decides about the page; `reports` are what the page told, in order."""

    files: dict[str, bytes]
    url: str = ""
    state: str = "ready"
    done_ms: int = 0
    left_s: int | None = None
    media_type: str = "video/webm"
    late_ms: int = 0  # the voice begins that long after the picture
    broken: bool = False  # what is polled answers with an error
    watch: Watch | None = None
    reports: list[dict[str, Any]] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def page(self, begin_ms: int = 0) -> str:
        made = film(self.state, duration_ms=LENGTH_MS, chapters=CHAPTERS, left_s=self.left_s)
        made = replace(made, done_ms=self.done_ms, total_ms=LENGTH_MS)
        tracks = (
            track(0, "Ana", "camera", 1000, start_ms=0, url="/file/video"),
            track(1, "Ana", "microphone", 1000, start_ms=self.late_ms, url="/file/audio"),
        )
        kept = recording("ready", tracks, film=made, duration_ms=LENGTH_MS)
        shown = context(
            ENDED, recording=kept, missed=MISSED, chat=CHAT, watch=self.watch, begin_ms=begin_ms
        )
        if not begin_ms:
            shown["resume_ms"] = resume_ms(shown["playing"])
        template = environment().get_template("recordings/list.html")
        return template.render({**for_every_page(LEARNER, "/"), **shown})

    async def show(self, request: web.Request) -> web.Response:
        begin_ms = asked_ms(request.query.get("t", ""))
        return web.Response(text=self.page(begin_ms), content_type="text/html")

    async def told(self, request: web.Request) -> web.Response:
        if self.broken:
            return web.Response(status=503, text="not now")
        made = {
            "state": self.state,
            "done_ms": self.done_ms,
            "total_ms": LENGTH_MS,
            "left_s": self.left_s,
        }
        return web.json_response({"data": {"state": "ready", "film": made}})

    async def watched(self, request: web.Request) -> web.Response:
        said_now = await request.json()
        self.reports.append({**said_now, "token": request.headers.get("X-CSRF-Token")})
        self.heard.set()
        self.watch = Watch(said_now["position_ms"], 0, False, NOW)
        return web.json_response({"data": None})

    async def file(self, request: web.Request) -> web.Response:
        kind = request.match_info.get("kind", "film")
        whole, wanted = self.files[kind], request.http_range
        body = whole[wanted]
        media = {"film": self.media_type, "audio": "audio/webm"}.get(kind, "video/webm")
        headers = {"Accept-Ranges": "bytes", "Content-Type": media}
        if wanted.start is None:
            return web.Response(body=body, headers=headers)
        last = wanted.start + len(body) - 1
        headers["Content-Range"] = f"bytes {wanted.start}-{last}/{len(whole)}"
        return web.Response(status=206, body=body, headers=headers)


async def _captions(request: web.Request) -> web.Response:
    return web.Response(text=CAPTIONS, content_type="text/vtt")


@asynccontextmanager
async def film_house() -> AsyncIterator[FilmHouse]:
    house = FilmHouse({"film": picture(SECONDS), "video": picture(8), "audio": voice(8)})
    app = web.Application()
    app.router.add_get("/", house.show)
    app.router.add_get("/file/{kind}", house.file)
    app.router.add_get(f"{FILE}/file", house.file)
    app.router.add_get(f"{FILE}/captions", _captions)
    app.router.add_post(f"{FILE}/watch", house.watched)
    app.router.add_get(f"/api/v1/sessions/{ENDED.id}/recordings", house.told)
    app.router.add_static("/static", STATIC)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    house.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield house
    await runner.cleanup()
