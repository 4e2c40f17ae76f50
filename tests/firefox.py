"""How tests drive Firefox: the distribution's, quiet, with fake devices, over WebDriver BiDi.

Its package brings no driver; the browser speaks the protocol itself on its remote debugging port.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox") or "firefox-esr"
START_WITHIN_S = 60
ANSWER_WITHIN_S = 30
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.gmp-manager.updateEnabled": False,
    "media.gmp-provider.enabled": False,
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "remote.active-protocols": 1,
    "remote.prefs.recommended": True,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.server": "",
}


class ScriptError(Exception):
    """An exception of the page."""


class Firefox:
    """One browser with one tab. `complaints` are console errors and exceptions of its pages."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._http = aiohttp.ClientSession()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._context = ""
        self.complaints: list[str] = []

    @classmethod
    async def open(cls, folder: Path, preferences: Mapping[str, Any] | None = None) -> Firefox:
        """Start with a fresh profile below `folder`, and `preferences` beside the usual ones."""
        profile = folder / "firefox"
        profile.mkdir(parents=True)
        wanted = PREFERENCES | dict(preferences or {})
        lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});" for key, value in wanted.items()]
        (profile / "user.js").write_text("\n".join(lines))
        process = await asyncio.create_subprocess_exec(
            *(FIREFOX, "--headless", "--no-remote", "--profile", str(profile)),
            *("--remote-debugging-port", "0", "about:blank"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        browser = cls(process)
        try:
            await asyncio.wait_for(browser._begin(), START_WITHIN_S)
        except BaseException:
            await browser.close()
            raise
        return browser

    async def _begin(self) -> None:
        address = await self._listening()
        self._socket = await self._http.ws_connect(f"{address}/session", max_msg_size=0)
        self._tasks += [asyncio.create_task(self._read()), asyncio.create_task(self._swallow())]
        await self.send("session.new", capabilities={})
        await self.send("session.subscribe", events=["log.entryAdded"])
        tree = await self.send("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    async def _listening(self) -> str:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            found = LISTENING.search(line.decode(errors="replace"))
            if found:
                return found[1]
        raise RuntimeError("Firefox ended before it listened")

    async def _swallow(self) -> None:
        """What nobody reads would block the browser in the end."""
        assert self._process.stderr is not None
        while await self._process.stderr.read(4096):
            pass

    async def _read(self) -> None:
        async for frame in self._socket:
            message = json.loads(frame.data)
            waiting = self._waiting.pop(message.get("id") or 0, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
            elif message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.complaints.append(str(message["params"]["text"]))

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One command; gives its result."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": params}))
        message = await asyncio.wait_for(answer, ANSWER_WITHIN_S)
        if message["type"] == "error":
            raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
        result: dict[str, Any] = message["result"]
        return result

    async def goto(self, address: str) -> None:
        await self.send("browsingContext.navigate", context=self._context, url=address, wait="complete")

    async def evaluate(self, function: str, *arguments: Any) -> Any:
        """What the page's `function` gives for `arguments`, awaited; both ways as JSON."""
        call = f"async (...given) => JSON.stringify(await ({function})(...given.map(JSON.parse)) ?? null)"
        answer = await self.send(
            "script.callFunction",
            functionDeclaration=call,
            target={"context": self._context},
            arguments=[{"type": "string", "value": json.dumps(each)} for each in arguments],
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise ScriptError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    async def until(self, function: str, *arguments: Any, within: float = 15) -> Any:
        """The first true value that `function` gives."""
        async with asyncio.timeout(within):
            while True:
                found = await self.evaluate(function, *arguments)
                if found:
                    return found
                await asyncio.sleep(0.05)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()
        if self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
