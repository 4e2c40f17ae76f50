"""Chromium in a network that lets no UDP out joins a real lesson, by coturn over TCP and over TLS.

The platform, its media node and coturn (with our configuration) are in one network namespace, the
learner's browser in another. Pages come over a socket file, so that nothing but media crosses the cable.
Tried: with UDP, without it by TURN over TCP, by TURN over TLS, and without any relay, when page and check
have to say so. Needs root. `--json FILE` keeps the figures; fails when a case does not do what it should.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import BrowserContext, Page, Playwright, async_playwright, expect

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts.benchmarks.needs import need  # noqa: E402
from scripts.benchmarks.viewers.town import NODE_IP, TRIED, town  # noqa: E402
from tests.chromium import ALLOW_DEVICES, CHROMIUM, FLAGS  # noqa: E402
from tests.e2e.platform import Person, Platform, Town  # noqa: E402

SECRET = "a secret of the relay and the servers alone"
PORT, TLS_PORT = 3478, 5349
WATCHED_S = 10.0
POLL_S = 0.1
SAID_WITHIN_MS = 60_000
NO_UDP = """
add table inet office
add chain inet office leaving { type filter hook output priority 0; }
add chain inet office arriving { type filter hook input priority 0; }
add rule inet office leaving oifname != "lo" meta l4proto udp drop
add rule inet office arriving iifname != "lo" meta l4proto udp drop
"""
KEEP_CONNECTIONS = """{
  const Made = window.RTCPeerConnection;
  window.made = [];
  window.RTCPeerConnection = class extends Made {
    constructor(...all) { super(...all); window.made.push(this); }
  };
}"""
LOOK = """async () => {
  const pc = window.made.findLast((one) => one.connectionState === "connected");
  if (!pc) return null;
  const report = await pc.getStats();
  const all = [...report.values()];
  const id = all.find(({type}) => type === "transport")?.selectedCandidatePairId;
  const pair = report.get(id);
  const local = report.get(pair.localCandidateId);
  const inbound = all.filter(({type}) => type === "inbound-rtp");
  const sum = (name) => inbound.reduce((total, one) => total + (one[name] ?? 0), 0);
  return {
    way: local.candidateType === "relay" ? `TURN over ${local.relayProtocol}` : local.protocol,
    rtt_ms: Math.round(1000 * (pair.currentRoundTripTime ?? 0)),
    bytes: sum("bytesReceived"), packets: sum("packetsReceived"), lost: sum("packetsLost"),
    frames: sum("framesDecoded"),
  };
}"""


# --- the relay


def relay_config(folder: Path) -> Path:
    """What docs/operations.md says, with a certificate of our own and the addresses of here."""
    pem = folder / "relay.pem"
    subject = ("-subj", "/CN=relay", "-addext", f"subjectAltName=IP:{NODE_IP}")
    files = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files],
        check=True,
        capture_output=True,
    )
    pem.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    text = (ROOT / "config/coturn/turnserver.conf").read_text()
    text = re.sub(r"(?m)^(cert|pkey)=.*$", rf"\1={pem}", text)
    here = {"static-auth-secret": SECRET, "external-ip": NODE_IP, "listening-ip": NODE_IP}
    here |= {"relay-ip": NODE_IP, "allowed-peer-ip": NODE_IP, "pidfile": str(folder / "turn.pid")}
    config = folder / "turnserver.conf"
    config.write_text(text + "".join(f"\n{name}={value}" for name, value in here.items()) + "\n")
    return config


@contextlib.contextmanager
def relay(folder: Path) -> Iterator[None]:
    with (folder / "turn.log").open("wb") as log:
        process = subprocess.Popen(
            ["turnserver", "-c", str(relay_config(folder))], stdout=log, stderr=log
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


# --- the way of pages: a socket file, at both of its ends


async def forward(listen: str, to: str) -> None:
    """Carry connections on: to and from `PORT` of 127.0.0.1, or a socket file."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await (
            asyncio.open_unix_connection(to)
            if "/" in to
            else asyncio.open_connection("127.0.0.1", int(to))
        )
        await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))

    await (
        asyncio.start_unix_server(carry, listen)
        if "/" in listen
        else asyncio.start_server(carry, "127.0.0.1", int(listen))
    )
    await asyncio.Event().wait()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def pages_at(office: list[str], port: int, folder: Path) -> AsyncIterator[None]:
    """127.0.0.1:`port` of the office is that of here."""
    path = str(folder / f"pages-{port}.socket")
    here = asyncio.create_task(forward(path, str(port)))
    command = [*office, sys.executable, __file__, "--forward", str(port), path]
    there = await asyncio.create_subprocess_exec(*command)
    try:
        yield
    finally:
        there.terminate()
        await there.wait()
        here.cancel()


# --- the lesson


class Lesson:
    """A mentor in the room at home, and a learner in the office."""

    def __init__(self, page: Page, session_id: str) -> None:
        self.page = page
        self.path = f"/sessions/{session_id}"

    async def join(self) -> dict[str, Any]:
        """Seconds from pressing "Join" to the mentor's moving picture, and what the way is like."""
        await self._press_join()
        began = time.monotonic()
        async with asyncio.timeout(SAID_WITHIN_MS / 1000):
            while not (before := await self._look()).get("frames"):  # noqa: ASYNC110 statistics tell nobody
                await asyncio.sleep(POLL_S)
        joined_s = time.monotonic() - began
        await asyncio.sleep(WATCHED_S)
        after = await self._look()
        packets, lost = (after[name] - before[name] for name in ("packets", "lost"))
        return {
            "way": after["way"],
            "picture_after_s": round(joined_s, 1),
            "rtt_ms": after["rtt_ms"],
            "kbps": round((after["bytes"] - before["bytes"]) * 8 / 1000 / WATCHED_S),
            "fps": round((after["frames"] - before["frames"]) / WATCHED_S, 1),
            "lost_percent": round(100 * lost / max(1, packets + lost), 2),
        }

    async def _look(self) -> dict[str, Any]:
        return dict(await self.page.evaluate(LOOK) or {})

    async def is_told(self) -> dict[str, Any]:
        """What the room says when nothing gets through, and after how long."""
        await self._press_join()
        began = time.monotonic()
        banner = self.page.locator("[data-banner]")
        await expect(banner).to_contain_text("can't get through", timeout=SAID_WITHIN_MS)
        return {"way": "none", "said_after_s": round(time.monotonic() - began, 1)}

    async def _press_join(self) -> None:
        await self.page.goto(f"{self.path}/room")
        await self.page.locator("[data-join]").click()

    async def check(self) -> dict[str, str]:
        """The check's verdict, what it says of the connection, and its figures."""
        await self.page.goto(f"{self.path}/check")
        await self.page.get_by_role("button", name="Start the check").click()
        await self.page.get_by_role("button", name="Yes, I heard it").click()
        title = self.page.locator("[data-verdict-title]:focus")
        await title.wait_for(timeout=2 * SAID_WITHIN_MS)
        rows = self.page.locator("[data-figures] div")
        names = await rows.locator("dt").all_inner_texts()
        figures = dict(zip(names, await rows.locator("dd").all_inner_texts(), strict=True))
        words = await self.page.locator("[data-step=connection] [data-words]").inner_text()
        return {"verdict": await title.inner_text(), "said": words, **figures}


async def browser(playwright: Playwright, base: str, folder: Path, program: str) -> BrowserContext:
    context = await playwright.chromium.launch_persistent_context(
        str(folder),
        executable_path=program,
        args=[*FLAGS, ALLOW_DEVICES, "--ignore-certificate-errors"],
        base_url=base,
    )
    await context.add_init_script(KEEP_CONNECTIONS)
    return context


async def sign_in(context: BrowserContext, person: Person) -> Page:
    said = {"identifier": person.email, "password": person.password}
    answer = await context.request.post(f"{person.platform.base}/api/v1/auth/login", data=said)
    assert answer.ok, await answer.text()
    return context.pages[0]


@contextlib.asynccontextmanager
async def lesson(folder: Path, office: list[str], urls: str) -> AsyncIterator[Lesson]:
    """`urls` of the relay as the server names them to browsers."""
    settings = {"PEERLEARN_TURN_URLS": urls, "PEERLEARN_TURN_SECRET": SECRET} if urls else {}
    settings |= {"PEERLEARN_MEDIA_BIND": NODE_IP, "PEERLEARN_MEDIA_ADVERTISED_IPS": NODE_IP}
    platform = Platform(folder / "platform", **settings)
    program = folder / "chromium-in-the-office"
    program.write_text(f'#!/bin/sh\nexec {" ".join(office)} {CHROMIUM} "$@"\n')
    program.chmod(0o755)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(platform.stop)
        await platform.start()
        http = await stack.enter_async_context(aiohttp.ClientSession())
        playwright = await stack.enter_async_context(async_playwright())
        await stack.enter_async_context(pages_at(office, platform.port, folder))
        people = Town(platform, http)
        mentor, learner = await people.mentor(), await people.register("learner")
        session_id = await people.lesson(mentor)
        await learner.call("POST", f"/sessions/{session_id}/bookings")
        home = await browser(playwright, platform.base, folder / "home", CHROMIUM)
        stack.push_async_callback(home.close)
        away = await browser(playwright, platform.base, folder / "away", str(program))
        stack.push_async_callback(away.close)
        teaching = await sign_in(home, mentor)
        await teaching.goto(f"/sessions/{session_id}/room")
        await teaching.locator("[data-join]").click()
        yield Lesson(await sign_in(away, learner), session_id)


# --- the cases

TURN = f"turn:{NODE_IP}:{PORT}"
OVER_TCP = f"{TURN}?transport=tcp"
OVER_TLS = f"turns:{NODE_IP}:{TLS_PORT}?transport=tcp"
CASES: tuple[tuple[str, str, bool, str], ...] = (
    ("UDP open", f"{TURN}?transport=udp,{OVER_TCP},{OVER_TLS}", True, "udp"),
    ("UDP blocked, TURN over TCP", f"{TURN}?transport=udp,{OVER_TCP}", False, "TURN over tcp"),
    ("UDP blocked, TURN over TLS", OVER_TLS, False, "TURN over tls"),
    ("UDP blocked, no relay", "", False, "none"),
)


async def inside(office: list[str], wanted: list[str]) -> dict[str, Any]:
    """All cases, from within the platform's namespace."""
    results: dict[str, Any] = {}
    for name, urls, udp, way in CASES:
        if wanted and not any(name.endswith(each) for each in wanted):
            continue
        with tempfile.TemporaryDirectory() as made, relay(Path(made)), udp_of(office, udp):
            async with lesson(Path(made), office, urls) as held:
                seen = await (held.join() if urls else held.is_told())
                seen["check"] = await held.check()
        assert seen["way"] == way, (name, seen)
        results[name] = seen
        print(f"{name}: {seen}", file=sys.stderr, flush=True)
    return results


@contextlib.contextmanager
def udp_of(office: list[str], udp: bool) -> Iterator[None]:
    if udp:
        yield
        return
    subprocess.run([*office, "nft", "-f", "-"], input=NO_UDP, text=True, check=True)
    try:
        yield
    finally:
        subprocess.run([*office, "nft", "delete", "table", "inet", "office"], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", action="append", default=[], help="only cases whose name ends so")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--inside", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--forward", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.forward:
        asyncio.run(forward(*options.forward))
    elif options.inside:
        print(json.dumps(asyncio.run(inside(options.inside, options.case))))
    else:
        outside(options)


def outside(options: argparse.Namespace) -> None:
    wanted = (("ip", "iproute2"), ("nft", "nftables"), ("turnserver", "coturn"), ("openssl", "openssl"))
    for program, package in wanted:
        need(program, package)
    with town((TRIED,)) as built:
        cases = [word for each in options.case for word in ("--case", each)]
        command = built.at_node(sys.executable, __file__, *cases, "--inside", *built.at(TRIED))
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ})
    results = json.loads(done.stdout)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
