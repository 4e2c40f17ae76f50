"""A media node that records a call of two is killed (SIGKILL) at twenty random moments.

The pictures carry their numbers, so that what a file holds is compared with what was sent. After each
kill the node starts again and repairs what it finds: every file must be decodable from beginning to end,
hold everything but the last two seconds, and every segment that was said to be open must be said to be
closed, or lost where nothing of it can be there. `--kills N`, `--seed N` for other moments, `--json FILE`
keeps the figures."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp
import aioice.ice
import av

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from media.node import wall_ms  # noqa: E402
from tests.e2e.mortal_nodes import NodeProcess  # noqa: E402
from tests.media.counting import CountingTrack, numbers  # noqa: E402
from tests.media.node.conftest import Server  # noqa: E402

SECRET = "s" * 40
SHORTEST_S, LONGEST_S = 0.1, 12.0  # of recording before a kill
LOST_MS = 2000
FRAME_MS = 1000 / 30
PEOPLE = ("ann", "bob")


@dataclass(frozen=True)
class Found:
    """What was left of one track. `lost_ms` is what had been sent and is in no file."""

    kill: int
    kind: str
    state: str
    recorded_ms: int
    lost_ms: float
    whole: bool = True


class Call:
    """Two who send into one node, and the server's end of its control link."""

    def __init__(self, http: aiohttp.ClientSession, node: NodeProcess) -> None:
        self._http = http
        self._node = node
        self.cameras: dict[str, CountingTrack] = {}

    async def link(self) -> Server:
        socket = await self._http.ws_connect(self._node.url + "/control")
        return Server(self._http, socket, self._node)  # type: ignore[arg-type]

    async def record(self, server: Server, recording: str, origin_ms: int) -> list[dict[str, Any]]:
        """Both are there and written; what was said of their segments."""
        for name in PEOPLE:
            client = await server.client(name, None, 440, offers=False)
            camera = self.cameras[name] = CountingTrack()
            client.pc.addTrack(camera)
            await client.offer()
            await server.say("record", name, recording=recording, origin_ms=origin_ms, on=True)
        return [await server.expect("segment-opened") for _ in range(2 * len(PEOPLE))]

    async def download(self, segment: str, folder: Path) -> Path:
        path = folder / f"{segment}.webm"
        async with self._http.get(f"{self._node.url}/segments/{segment}") as answer:
            assert answer.status == 200, answer.status
            path.write_bytes(await answer.read())
        return path


async def one_kill(
    call: Call, node: NodeProcess, number: int, after_s: float, folder: Path
) -> list[Found]:
    server, origin_ms = await call.link(), wall_ms()
    opened = await call.record(server, f"rec-{number}", origin_ms)
    await asyncio.sleep(after_s)
    sent = {name: camera.sent for name, camera in call.cameras.items()}
    await node.kill()
    killed_ms = wall_ms() - origin_ms
    await server.close()
    await node.start()
    server = await call.link()
    told = await told_of(server, {segment["segment"] for segment in opened})
    found = []
    for segment in opened:
        name = segment["segment"]
        found.append(await judge(call, number, segment, told[name], sent, killed_ms, folder))
        await server.say("segment-ack", segment=name)
    await server.close()
    return found


async def told_of(server: Server, segments: set[str]) -> dict[str, dict[str, Any]]:
    """What the node says of each of them after its start."""
    found: dict[str, dict[str, Any]] = {}
    async with asyncio.timeout(60):
        while found.keys() < segments:
            message = await server.inbox.get()
            if message["type"] in ("segment-closed", "segment-lost"):
                found[message["segment"]] = message
    return found


async def judge(
    call: Call,
    number: int,
    opened: dict[str, Any],
    told: dict[str, Any],
    sent: dict[str, int],
    killed_ms: int,
    folder: Path,
) -> Found:
    kind = "audio" if opened["source"] == "microphone" else "video"
    ran_ms = killed_ms - opened["start_ms"]
    if told["type"] == "segment-lost":
        return Found(number, kind, "lost", 0, ran_ms)
    path = await call.download(opened["segment"], folder)
    if kind == "audio":
        length = await asyncio.to_thread(sound_ms, path)
        whole = told["salvaged"] and abs(length - told["duration_ms"]) < 60
        return Found(number, kind, "salvaged", length, ran_ms - length, whole)
    shown = await asyncio.to_thread(numbers, path)
    lost = (sent[opened["participant"]] - max(shown, default=0)) * FRAME_MS
    whole = told["salvaged"] and shown == sorted(set(shown))
    return Found(number, kind, "salvaged", told["duration_ms"], lost, whole)


def sound_ms(path: Path) -> int:
    """Decoded from beginning to end."""
    with av.open(str(path)) as container:
        return sum(frame.samples for frame in container.decode(audio=0)) // 48


async def run(kills: int, seed: int, folder: Path) -> list[Found]:
    moments = random.Random(seed)
    node = NodeProcess("media-1", folder, SECRET)
    await node.start()
    found: list[Found] = []
    try:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {SECRET}"}) as http:
            for number in range(kills):
                after_s = moments.uniform(SHORTEST_S, LONGEST_S)
                left = await one_kill(Call(http, node), node, number, after_s, folder)
                found += left
                lost = ", ".join(f"{one.kind} {one.state} -{one.lost_ms:.0f} ms" for one in left)
                print(f"{number + 1}: after {after_s:.1f} s: {lost}", flush=True)
    finally:
        await node.kill()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    with tempfile.TemporaryDirectory(prefix="peerlearn-recorder-kills-") as folder:
        found = asyncio.run(run(asked.kills, asked.seed, Path(folder)))
    for kind in ("video", "audio"):
        lost = sorted(one.lost_ms for one in found if one.kind == kind)
        middle, most = lost[len(lost) // 2], lost[-1]
        print(f"{kind}: {len(lost)} files, lost {middle:.0f} ms in the middle, {most:.0f} at most")
    gone = sum(one.state == "lost" for one in found)
    broken = sum(not one.whole for one in found)
    print(f"segments of which nothing was left: {gone}; not whole or not in order: {broken}")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in found], indent=2))
    if broken or any(one.lost_ms > LOST_MS for one in found):
        sys.exit("missed")


if __name__ == "__main__":
    main()
