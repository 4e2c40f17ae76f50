"""A participant in a real Chromium: a process of its own, with a camera and a microphone from files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page, Playwright

from tests.chromium import ALLOW_DEVICES, CHROMIUM, FLAGS
from tests.e2e.footage import LOUD, SMALL, Look, write_tone, write_video
from tests.e2e.platform import Person

COLOUR = """([id, source]) => {
  const video = document.querySelector(`[data-participant="${id}"][data-source="${source}"] video`);
  if (!video || video.videoWidth < 16) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 16, 16);
  const dots = pen.getImageData(4, 4, 8, 8).data;
  const sum = [0, 0, 0];
  for (let at = 0; at < dots.length; at += 4) for (const part of [0, 1, 2]) sum[part] += dots[at + part];
  return sum.map((part) => Math.round(part / 64));
}"""

TONE = """async (id) => {
  const player = document.querySelector(`audio[data-participant="${id}"][data-source="microphone"]`);
  if (!player?.srcObject) return null;
  const context = window.testContext ??= new AudioContext({sampleRate: 48000});
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  const source = context.createMediaStreamSource(player.srcObject);
  source.connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const best = {level: -Infinity, hertz: 0};
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((done) => setTimeout(done, 100));
    analyser.getFloatFrequencyData(bins);
    const at = bins.indexOf(Math.max(...bins));
    if (bins[at] > best.level) Object.assign(best, {level: bins[at], hertz: at * 48000 / 8192});
  }
  source.disconnect();
  return best.level > -70 ? best.hertz : null;
}"""


class Browser:
    """One person at a computer. `complaints` are console errors and exceptions of the pages."""

    def __init__(self, person: Person, look: Look, context: BrowserContext) -> None:
        self.person = person
        self.look = look
        self.context = context
        self.page: Page = context.pages[0]
        self.complaints: list[str] = []
        self.page.on("console", lambda message: message.type == "error" and self._complain(message.text))
        self.page.on("pageerror", lambda error: self._complain(str(error)))

    def _complain(self, text: str) -> None:
        self.complaints.append(text)

    @classmethod
    async def open(
        cls,
        playwright: Playwright,
        person: Person,
        look: Look,
        folder: Path,
        *,
        size: tuple[int, int] = SMALL,
        loudness: int = LOUD,
    ) -> Browser:
        folder.mkdir(parents=True, exist_ok=True)
        video = write_video(look, folder / "camera.y4m", size)
        tone = write_tone(look, folder / "microphone.wav", loudness)
        context = await playwright.chromium.launch_persistent_context(
            str(folder / "profile"),
            executable_path=CHROMIUM,
            args=[
                *FLAGS,
                ALLOW_DEVICES,
                "--auto-select-desktop-capture-source=Entire screen",
                f"--use-file-for-fake-video-capture={video}",
                f"--use-file-for-fake-audio-capture={tone}",
            ],
            viewport={"width": 1280, "height": 800},
            base_url=person.platform.base,
        )
        browser = cls(person, look, context)
        answer = await context.request.post(
            "/api/v1/auth/login", data={"identifier": person.email, "password": person.password}
        )
        assert answer.ok, await answer.text()
        return browser

    async def enter(self, session_id: str) -> None:
        """Open the room's page and join with camera and microphone."""
        await self.page.goto(f"/sessions/{session_id}/room")
        join = self.page.locator("[data-join]")
        await join.wait_for()
        await self.page.wait_for_function(
            "() => document.querySelector('[data-preview-picture]')?.videoWidth > 0"
        )
        await join.click()
        await self.page.locator("[data-view=call]").wait_for()

    async def colour(
        self, participant: str, source: str = "camera", within: float = 15
    ) -> tuple[int, ...]:
        """The mean RGB in the middle of somebody's picture, once it has been painted."""
        async with asyncio.timeout(within):
            while True:
                seen = await self.page.evaluate(COLOUR, [participant, source])
                if seen is not None and sum(seen) > 20:
                    return tuple(seen)
                await asyncio.sleep(0.1)

    async def tone(self, participant: str, within: float = 25) -> float:
        async with asyncio.timeout(within):
            while True:
                heard = await self.page.evaluate(TONE, participant)
                if heard is not None:
                    return float(heard)

    async def press(self, action: str) -> None:
        """Press a control of the room's bar."""
        await self.page.locator(f".controls [data-action={action}]").click()

    async def json(self, path: str) -> Any:
        return await (await self.context.request.get(path)).json()

    async def close(self) -> None:
        await self.context.close()
