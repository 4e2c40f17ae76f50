"""The production shape, as people reach it: through nginx, over TLS, on PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import pyotp
import pytest
import pytest_asyncio
from aioice.stun import TransactionFailed
from aioice.turn import create_turn_endpoint

from tests.deploy.shape import NODES, ROOT

PASSWORD = "correct horse battery staple"
READY_S = 120
CONTENT = hashlib.shake_128(b"a picture").digest(300_000)

pytestmark = [pytest.mark.xdist_group("deploy-shape"), pytest.mark.asyncio(loop_scope="module")]


@dataclass
class Running:
    """What `scripts/deploy-shape` said when it was ready, and a client that trusts its certificate."""

    url: str
    home: Path
    servers: list[str]
    pids: dict[str, int]
    http: aiohttp.ClientSession

    async def api(self, method: str, path: str, bearer: str = "", **body: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        url = f"{self.url}/api/v1{path}"
        async with self.http.request(method, url, json=body, headers=headers) as answer:
            return answer.status, (await answer.json())["data"]

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        connection = await asyncpg.connect((self.home / "secrets/database_url").read_text())
        try:
            return await connection.fetch(sql, *values)
        finally:
            await connection.close()

    async def command(self, *words: str, text: str = "") -> str:
        """`python -m server …` with the settings of the shape, as an operator types it."""
        settings = json.loads((self.home / "settings.json").read_text())
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", *words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**settings, "PEERLEARN_DATA_DIR": str(self.home / "command")},
            cwd=ROOT,
        )
        out, _ = await process.communicate(text.encode())
        assert process.returncode == 0
        return out.decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shape() -> AsyncIterator[Running]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.deploy.shape"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout and process.stdin
    line = await asyncio.wait_for(process.stdout.readline(), READY_S)
    ready = json.loads(line or b"{}")["ready"]
    trusted = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=ready["certificate"]))
    async with aiohttp.ClientSession(connector=trusted, cookie_jar=aiohttp.DummyCookieJar()) as http:
        home = Path(ready["home"])
        yield Running(ready["url"], home, ready["servers"], ready["pids"], http)
    process.stdin.close()
    await asyncio.wait_for(process.wait(), READY_S)
    assert not home.exists()
    assert not [name for name, pid in ready["pids"].items() if Path(f"/proc/{pid}").exists()]


@dataclass
class Lesson:
    """A published lesson of a mentor, made through nginx alone."""

    mentor: str
    session_id: str


async def register(shape: Running, name: str, role: str) -> str:
    """A new account; gives the token of its login."""
    wanted = {"email": f"{name}@example.org", "username": name, "password": PASSWORD, "role": role}
    assert (await shape.api("POST", "/auth/register", **wanted))[0] == 201
    return await login(shape, name)


async def login(shape: Running, name: str) -> str:
    status, data = await shape.api("POST", "/auth/login", identifier=name, password=PASSWORD)
    assert status == 200
    return str(data["token"])


async def confirm(shape: Running, email: str) -> None:
    """By the token of the mail, which waits in the database because there is no SMTP_URL."""
    async with asyncio.timeout(20):
        found: list[Any] = []
        while not found:
            await asyncio.sleep(0.1)  # the worker is another process: nothing here hears of it
            found = await shape.rows("SELECT text FROM mail WHERE recipient = $1", email)
    token = re.search(re.escape(shape.url) + r"/auth/verify\?token=([\w-]+)", found[0]["text"])
    assert token
    assert (await shape.api("POST", "/auth/verify-email", token=token[1]))[0] == 200


async def protect(shape: Running, owner: str) -> None:
    """Set a second factor up: whoever administers needs one."""
    _, setup = await shape.api("POST", "/auth/2fa/setup", owner)
    code = pyotp.TOTP(setup["secret"]).now()
    assert (await shape.api("POST", "/auth/2fa/enable", owner, code=code))[0] == 200


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lesson(shape: Running) -> Lesson:
    mentor = await register(shape, "mira", "mentor")
    await confirm(shape, "mira@example.org")
    said = await shape.command("create-owner", "olga@example.org", text=PASSWORD + "\n")
    assert "owner" in said
    owner = await login(shape, "olga@example.org")
    assert (await shape.api("POST", "/admin/mentors/mira/approve", owner))[0] == 403
    await protect(shape, owner)
    assert (await shape.api("POST", "/admin/mentors/mira/approve", owner))[0] == 200
    now = datetime.now(UTC)
    starts_at = now.replace(second=0, microsecond=0) + timedelta(minutes=10 - now.minute % 5)
    status, made = await shape.api(
        "POST",
        "/sessions",
        mentor,
        title="Reading a flame graph",
        description="We profile a small service together and read what the graph says.",
        skills=["python"],
        level="beginner",
        language="en",
        objectives=["Read a flame graph"],
        starts_at=starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        duration_minutes=30,
        capacity=4,
        price_minor=0,
        currency="EUR",
        recording="auto",
    )
    assert status == 201
    assert (await shape.api("POST", f"/sessions/{made['id']}/publish", mentor))[0] == 200
    return Lesson(mentor, str(made["id"]))


async def test_all_parts_are_there(shape: Running) -> None:
    nodes = {f"media-{number + 1}" for number in range(NODES)}
    assert shape.pids.keys() == {"server-1", "server-2", "worker", "nginx", "coturn"} | nodes
    for server in shape.servers:
        async with shape.http.get(server + "/readyz") as answer:
            assert (await answer.json())["status"] == "ready"


async def test_somebody_registers_and_logs_in_over_tls(shape: Running) -> None:
    await register(shape, "lena", "learner")
    form = {"identifier": "lena", "password": PASSWORD}
    async with shape.http.post(f"{shape.url}/api/v1/auth/login", json=form) as answer:
        cookie = answer.cookies["__Host-peerlearn"]
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    headers = {"Cookie": f"__Host-peerlearn={cookie.value}"}
    async with shape.http.get(f"{shape.url}/dashboard/", headers=headers) as answer:
        assert answer.status == 200
        assert "no-store" in answer.headers["Cache-Control"]


async def test_plain_http_leads_to_tls(shape: Running) -> None:
    conf = (shape.home / "peerlearn.conf").read_text()
    port = re.search(r"listen (127\.0\.0\.1:\d+);", conf)
    assert port
    async with shape.http.get(f"http://{port[1]}/mentors?q=a", allow_redirects=False) as answer:
        assert answer.status == 308
        assert answer.headers["Location"] == "https://127.0.0.1/mentors?q=a"


async def test_the_clients_address_comes_through_the_proxy_and_can_not_be_made_up(
    shape: Running,
) -> None:
    await register(shape, "lars", "learner")
    form = {"identifier": "lars", "password": PASSWORD}
    made_up = {"X-Forwarded-For": "198.51.100.7"}
    async with shape.http.post(f"{shape.url}/api/v1/auth/login", json=form, headers=made_up) as answer:
        assert answer.status == 200
    rows = await shape.rows("SELECT DISTINCT address FROM login")
    assert [row["address"] for row in rows] == ["127.0.0.1"]


@asynccontextmanager
async def room_socket(shape: Running, lesson: Lesson) -> AsyncIterator[tuple[Any, dict[str, Any]]]:
    """The mentor's socket through nginx, and what it heard first."""
    _, data = await shape.api("POST", f"/sessions/{lesson.session_id}/ticket", lesson.mentor)
    address = f"{shape.url}/ws/session/{lesson.session_id}/?ticket={data['ticket']}"
    async with shape.http.ws_connect(address, origin=shape.url) as socket:
        yield socket, await socket.receive_json(timeout=10)


async def test_nodes_have_registered_with_both_servers(shape: Running) -> None:
    expected = {f"media-{number + 1}" for number in range(NODES)}
    logs = [shape.home / f"server-{number + 1}.log" for number in range(len(shape.servers))]
    async with asyncio.timeout(10):
        while True:
            if all(linked_nodes(log) == expected for log in logs):
                return
            await asyncio.sleep(0.1)  # a log tells nobody when it grows


def linked_nodes(log: Path) -> set[str]:
    """The ids of the nodes that the server has a link to, as its log says."""
    events = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return {event["node"] for event in events if event.get("event") == "media node linked"}


async def test_the_relay_takes_the_credentials_that_browsers_get(shape: Running, lesson: Lesson) -> None:
    """Something is sent by the relay to a peer that may be reached, and comes back."""
    async with room_socket(shape, lesson) as (_, joined):
        (given,) = joined["ice_servers"]
    port = int(re.findall(r":(\d+)\?", given["urls"][0])[0])
    loop = asyncio.get_running_loop()
    echo, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    relayed, inbox = await create_turn_endpoint(
        Inbox, ("127.0.0.1", port), given["username"], given["credential"]
    )
    try:
        relayed.sendto(b"through the relay", echo.get_extra_info("sockname")[:2])
        async with asyncio.timeout(10):
            assert await inbox.heard.get() == b"through the relay"
    finally:
        relayed.close()
        echo.close()


async def test_the_relay_refuses_made_up_credentials(shape: Running, lesson: Lesson) -> None:
    async with room_socket(shape, lesson) as (_, joined):
        (given,) = joined["ice_servers"]
    port = int(re.findall(r":(\d+)\?", given["urls"][0])[0])
    with pytest.raises(TransactionFailed):
        await create_turn_endpoint(Inbox, ("127.0.0.1", port), given["username"], "made up")


class Echo(asyncio.DatagramProtocol):
    """Sends back what it gets."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        self._transport.sendto(data, address)


class Inbox(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, address: Any) -> None:
        self.heard.put_nowait(data)


async def test_a_room_socket_goes_through_the_proxy(shape: Running, lesson: Lesson) -> None:
    async with room_socket(shape, lesson) as (socket, joined):
        assert (joined["type"], joined["protocol"]) == ("joined", 1)
        await socket.send_json({"type": "chat", "text": "through the proxy"})
        async with asyncio.timeout(10):
            while (said := await socket.receive_json())["type"] != "chat":
                pass
        assert said["text"] == "through the proxy"


async def test_all_sockets_of_a_room_come_to_one_server(shape: Running, lesson: Lesson) -> None:
    """Else each line said crosses Redis. By turns, six of them would do so once in 32 times."""
    taken = set()
    for _ in range(6):
        async with room_socket(shape, lesson):
            taken |= {server for server in shape.servers if await open_sockets(shape, server)}
    assert len(taken) == 1


async def open_sockets(shape: Running, server: str) -> int:
    async with shape.http.get(server + "/metrics") as answer:
        found = re.search(r"^peerlearn_ws_connections ([\d.]+)$", await answer.text(), re.M)
    assert found
    return int(float(found[1]))


async def test_a_foreign_page_gets_no_socket(shape: Running, lesson: Lesson) -> None:
    address = f"{shape.url}/ws/session/{lesson.session_id}/"
    async with shape.http.ws_connect(address, origin="https://evil.example") as socket:
        assert (await socket.receive_json(timeout=10))["code"] == "foreign_origin"
        assert (await socket.receive(timeout=10)).type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 4403


async def test_recordings_are_served_by_ranges(shape: Running, lesson: Lesson) -> None:
    recording, track = await keep_recording(shape, lesson)
    url = f"{shape.url}/api/v1/recordings/{recording}/file?track={track}"
    bearer = {"Authorization": f"Bearer {lesson.mentor}"}
    for asked, status, first, end in (
        ({}, 200, 0, 300_000),
        ({"Range": "bytes=0-99"}, 206, 0, 100),
        ({"Range": "bytes=299990-"}, 206, 299_990, 300_000),
        ({"Range": "bytes=300000-"}, 416, 0, 0),
    ):
        async with shape.http.get(url, headers={**bearer, **asked}) as answer:
            assert answer.status == status
            assert await answer.read() == CONTENT[first:end]
            assert answer.headers["Accept-Ranges"] == "bytes"


async def keep_recording(shape: Running, lesson: Lesson) -> tuple[str, str]:
    """A stored recording of the lesson with one track, as the worker leaves one."""
    recording, track, key = uuid4(), uuid4(), f"recordings/{uuid4()}.webm"
    path = shape.home / "storage" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CONTENT)
    now, digest = datetime.now(UTC), hashlib.sha256(CONTENT).hexdigest()
    await shape.rows(
        "INSERT INTO recording (id, session_id, state, origin_at) VALUES ($1, $2, 'ready', $3)",
        recording,
        lesson.session_id,
        now,
    )
    await shape.rows(
        "INSERT INTO recording_segment (public_id, recording_id, node_segment, node_url, participant,"
        " source, kind, start_ms, duration_ms, size, sha256, salvaged, storage_key, state, opened_at)"
        " VALUES ($1, $2, 'one', 'http://node', 'somebody',"
        " 'camera', 'video', 0, 9, $3, $4, false, $5, 'ready', $6)",
        track,
        recording,
        len(CONTENT),
        digest,
        key,
        now,
    )
    return str(recording), str(track)


async def test_static_files_are_kept_for_ever_under_their_hash(shape: Running) -> None:
    async with shape.http.get(shape.url) as answer:
        page = await answer.text()
    address = re.search(r'"(/static/[^"]+\.css\?v=\w+)"', page)
    assert address
    async with shape.http.get(shape.url + address[1]) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Encoding"] == "gzip"
    async with shape.http.get(shape.url + address[1].partition("?")[0]) as answer:
        assert answer.headers["Cache-Control"] == "no-cache"


async def test_operators_addresses_stay_inside(shape: Running) -> None:
    for path in ("/metrics", "/readyz"):
        async with shape.http.get(shape.url + path) as answer:
            assert answer.status == 404
    async with shape.http.get(shape.servers[0] + "/metrics") as answer:
        assert "peerlearn_http_request_seconds" in await answer.text()


async def test_a_body_that_is_too_large_is_refused_by_the_application(shape: Running) -> None:
    large = {"identifier": "x" * 2_000_000, "password": "x"}
    async with shape.http.post(f"{shape.url}/api/v1/auth/login", json=large) as answer:
        assert answer.status == 413
        assert (await answer.json())["success"] is False
