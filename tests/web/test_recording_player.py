"""The player of a recording: the voice follows the picture on the recording's time line."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser

from tests.web.pages import environment, for_every_page
from tests.web.recording_samples import recording
from tests.web.samples import PAGES
from web import STATIC

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SECONDS = 8
LATE_S = 2  # the voice begins that long after the picture
TOGETHER = """([at, late]) => {
  const picture = document.querySelector("[data-stage]");
  const voice = document.querySelector("audio[data-voice]");
  return picture.currentTime > at && Math.abs(picture.currentTime - late - voice.currentTime) < 0.3;
}"""


def _picture() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for number in range(SECONDS * 10):
            frame = av.VideoFrame.from_ndarray(np.full((36, 64, 3), number * 2, np.uint8), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def _voice() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=48000)
        for number in range(SECONDS * 50):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.int16), "s16", "mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, number * 960, Fraction(1, 48000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def _track(kind: str, start_ms: int) -> SimpleNamespace:
    source = "camera" if kind == "video" else "microphone"
    sizes = {"duration_ms": SECONDS * 1000, "size": 1000, "sha256": "9f2c" * 16}
    address = f"/file/{kind}"
    return SimpleNamespace(
        participant_name="Ana",
        source=source,
        kind=kind,
        start_ms=start_ms,
        state="ready",
        url=address,
        **sizes,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address() -> AsyncIterator[str]:
    template, context, viewer = PAGES["recordings-tracks"]
    tracks = (_track("video", 0), _track("audio", LATE_S * 1000))
    shown = replace(context["playing"], recording=recording(tracks=tracks))
    whole = {**for_every_page(viewer, "/"), **context, "playing": shown}
    text = environment().get_template(template).render(whole)
    files = {"video": _picture(), "audio": _voice()}

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    async def file(request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        whole, wanted = files[kind], request.http_range
        body = whole[wanted]
        headers = {"Accept-Ranges": "bytes", "Content-Type": f"{kind}/webm"}
        if wanted.start is None:
            return web.Response(body=body, headers=headers)
        last = wanted.start + len(body) - 1
        headers["Content-Range"] = f"bytes {wanted.start}-{last}/{len(whole)}"
        return web.Response(status=206, body=body, headers=headers)

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/file/{kind}", file)
    app.router.add_static("/static", STATIC)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def test_voice_begins_at_its_place_and_follows_a_seek(chromium: Browser, address: str) -> None:
    page = await chromium.new_page()
    await page.goto(address)
    stage = page.locator("[data-stage]")
    await stage.evaluate("async (stage) => { stage.currentTime = 3; await stage.play(); }")
    await page.wait_for_function(TOGETHER, arg=[3.2, LATE_S])
    await stage.evaluate("(stage) => { stage.currentTime = 5; }")
    await page.wait_for_function(TOGETHER, arg=[5.2, LATE_S])
    await stage.evaluate("(stage) => { stage.currentTime = 1; }")
    await page.wait_for_function("() => document.querySelector('audio[data-voice]').paused")
    await page.close()
