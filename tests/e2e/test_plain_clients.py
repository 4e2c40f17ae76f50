"""Programs that know offer, answer and candidates take part in a lesson through the whole platform."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import socket
from pathlib import Path

import av
import pytest

from tests.e2e.caller import Caller
from tests.e2e.platform import Person, Town
from tests.media.client import colour_of, near, tone_of

RED, GREEN, BLUE = (200, 30, 30), (30, 180, 30), (30, 30, 200)

DROPPED = "peerlearn_media_dropped_total{"

pytestmark = pytest.mark.media


async def lesson_of_two(town: Town) -> tuple[Person, Person, str]:
    mentor, learner = await town.mentor(), await town.register("learner")
    session_id = await town.lesson(mentor)
    await learner.call("POST", f"/sessions/{session_id}/bookings", expect=201)
    return mentor, learner, session_id


async def test_first_and_second_to_join_see_and_hear_each_other(town: Town) -> None:
    mentor, learner, session_id = await lesson_of_two(town)
    ann = await Caller.enter(mentor, session_id, RED, 440)
    bob = await Caller.enter(learner, session_id, GREEN, 1000)
    assert near(await colour_of((await bob.client.tracks("video", 1))[0]), RED)
    assert near(await colour_of((await ann.client.tracks("video", 1))[0]), GREEN)
    assert abs(await tone_of((await bob.client.tracks("audio", 1))[0]) - 440) < 20
    assert abs(await tone_of((await ann.client.tracks("audio", 1))[0]) - 1000) < 20
    await ann.leave()
    await bob.leave()


async def test_one_who_only_answers_is_seen_too(town: Town) -> None:
    mentor, learner, session_id = await lesson_of_two(town)
    ann = await Caller.enter(mentor, session_id, RED, 440)
    bob = await Caller.enter(learner, session_id, BLUE, 1000, offers=False)
    assert near(await colour_of((await ann.client.tracks("video", 1))[0]), BLUE)
    assert near(await colour_of((await bob.client.tracks("video", 1))[0]), RED)
    await ann.leave()
    await bob.leave()


async def test_bad_messages_get_an_error_and_the_call_goes_on(town: Town) -> None:
    mentor, learner, session_id = await lesson_of_two(town)
    ann = await Caller.enter(mentor, session_id, RED, 440)
    bob = await Caller.enter(learner, session_id)
    await bob.say({"type": "offer", "offer": {"type": "offer", "sdp": "v=0\r\nm=audio x y z"}})
    assert (await bob.expect("error"))["code"] == "bad_description"
    await bob.say({"type": "levitate"})
    assert (await bob.expect("error"))["code"] == "unknown_type"
    await bob.say({"type": "chat", "text": "x" * 4001})
    assert (await bob.expect("error"))["code"] == "too_long"
    await bob.socket.send_str("{")
    assert (await bob.expect("error"))["code"] == "malformed"
    await bob.say({"type": "chat", "text": "still here"})
    assert (await ann.expect("chat"))["text"] == "still here"
    await ann.leave()
    await bob.leave()


async def test_hostile_datagrams_are_counted_and_the_call_goes_on(town: Town) -> None:
    mentor, learner, session_id = await lesson_of_two(town)
    ann = await Caller.enter(mentor, session_id, RED, 440)
    bob = await Caller.enter(learner, session_id, GREEN, 1000)
    picture = (await bob.client.tracks("video", 1))[0]
    await colour_of(picture)
    info = await town.dev("info.json")
    before = await dropped(town, info["media_nodes"][0])
    randomness = random.Random(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for first in (b"", b"\x00", b"\x16\xfe", b"\x80\x60", b"\x81\xc9", b"\xff"):
            for _ in range(20):
                noise = first + randomness.randbytes(randomness.randrange(200)) if first else b""
                stranger.sendto(noise, ("127.0.0.1", info["media_udp_ports"][0]))
    assert near(await colour_of(picture, frames=30), RED)
    assert await dropped(town, info["media_nodes"][0]) >= before + 120
    assert near(await colour_of((await ann.client.tracks("video", 1))[0]), GREEN)
    await ann.leave()
    await bob.leave()


async def dropped(town: Town, node: str) -> float:
    """All that the node's metrics count as dropped."""
    async with town.http.get(node + "/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(DROPPED))


async def test_wrong_or_used_ticket_is_turned_away(town: Town) -> None:
    _, learner, session_id = await lesson_of_two(town)
    used = await learner.ticket(session_id)
    bob = await Caller.enter(learner, session_id, query=f"ticket={used}")
    for ticket in (used, "nonsense"):
        address = f"{learner.platform.base}/ws/session/{session_id}/?ticket={ticket}"
        async with learner.http.ws_connect(address) as door:
            await door.receive(timeout=10)
            assert door.close_code == 4401
    await bob.say({"type": "chat", "text": "undisturbed"})
    assert (await bob.expect("chat"))["text"] == "undisturbed"
    await bob.leave()


async def test_recording_holds_those_who_agreed_and_nobody_else(town: Town, tmp_path: Path) -> None:
    mentor, learner, session_id = await lesson_of_two(town)
    ann = await Caller.enter(mentor, session_id, RED, 440)
    bob = await Caller.enter(learner, session_id, GREEN, 1000)
    await mentor.call("POST", f"/sessions/{session_id}/start")
    await ann.say({"type": "recording", "consent": True})
    await bob.say({"type": "recording", "consent": False})
    await ann.expect("recording", state="recording")
    await colour_of((await bob.client.tracks("video", 1))[0], frames=120, within=30)
    await mentor.call("POST", f"/sessions/{session_id}/end")
    await ann.expect("ended")
    recording = await ready_recording(mentor, session_id)
    tracks = {(track["participant"], track["source"]): track for track in recording["tracks"]}
    assert set(tracks) == {(ann.id, "camera"), (ann.id, "microphone")}
    track = tracks[ann.id, "camera"]
    file = await download(mentor, recording["id"], track["id"], tmp_path / "camera.webm")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == track["sha256"]
    assert near(colour_in(file), RED)
    stranger = await town.register("learner")
    await stranger.call("GET", f"/sessions/{session_id}/recordings", expect=404)
    await stranger.call("GET", f"/recordings/{recording['id']}/file", expect=404)
    await ann.leave()
    await bob.leave()


async def test_node_killed_in_a_call_is_back_and_what_was_written_plays(
    town: Town, tmp_path: Path
) -> None:
    mentor, learner, session_id = await lesson_of_two(town)
    ann = await Caller.enter(mentor, session_id, RED, 440)
    bob = await Caller.enter(learner, session_id, GREEN, 1000)
    await mentor.call("POST", f"/sessions/{session_id}/start")
    await ann.say({"type": "recording", "consent": True})
    await colour_of((await bob.client.tracks("video", 1))[0], frames=120, within=30)
    os.kill(media_pid(town.platform.pid), signal.SIGKILL)
    await ann.expect("reset", within=20)
    await mentor.call("POST", f"/sessions/{session_id}/end")
    recording = await ready_recording(mentor, session_id)
    camera = next(track for track in recording["tracks"] if track["source"] == "camera")
    file = await download(mentor, recording["id"], camera["id"], tmp_path / "camera.webm")
    assert near(colour_in(file), RED)
    assert camera["duration_ms"] > 1000
    await ann.leave()
    await bob.leave()


def media_pid(server_pid: int) -> int:
    """The child of the server that runs `python -m media`."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                command = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if parent == server_pid and b"media" in command:
                return int(entry.name)
    raise AssertionError("the server has no media node")


async def ready_recording(person: Person, session_id: str) -> dict:
    async with asyncio.timeout(30):
        while True:
            data = await person.call("GET", f"/sessions/{session_id}/recordings")
            recording = data["items"][0] if "items" in data else data
            if recording and recording["state"] == "ready":
                return recording
            await asyncio.sleep(0.2)


async def download(person: Person, recording_id: str, track_id: str, path: Path) -> Path:
    address = f"{person.platform.base}/api/v1/recordings/{recording_id}/file?track={track_id}"
    headers = {"Authorization": f"Bearer {person.token}"}
    async with person.http.get(address, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        path.write_bytes(await answer.read())
    async with person.http.get(address, headers=headers | {"Range": "bytes=0-9"}) as answer:
        assert answer.status == 206
        assert len(await answer.read()) == 10
    return path


def colour_in(path: Path) -> tuple[int, int, int]:
    """The mean RGB of the last decoded picture of a file."""
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            picture = frame.to_ndarray(format="rgb24")
    return tuple(int(part) for part in picture.reshape(-1, 3).mean(axis=0))
